// What an unmapped code probably is. Four witnesses: the name, the unit, the values, and what other
// facilities send under that name. Each says why; none decides.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.h"
#include "intake/workbench/codes.h"

namespace tasuki::intake::workbench {
namespace {

constexpr size_t suggestions_max = 5;
constexpr double score_min = 0.35;
constexpr double weight_name = 0.6, weight_unit = 0.2, weight_values = 0.2;

// Pairs of neighbouring characters (code points), after folding.
std::multiset<std::string> pairs_of(std::string_view name) {
  std::string text = folded(name);
  std::erase(text, ' ');
  std::vector<std::string> letters;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) == 0x80 && !letters.empty())
      letters.back() += c;
    else
      letters.emplace_back(1, c);
  }
  std::multiset<std::string> pairs;
  for (size_t i = 0; i + 1 < letters.size(); ++i)
    pairs.insert(letters[i] + letters[i + 1]);
  if (letters.size() == 1) pairs.insert(letters[0]);
  return pairs;
}

double best_name(const Usage& left, const Usage& right) {
  double best = 0;
  for (const auto& [one, count] : left.names)
    for (const auto& [other, other_count] : right.names)
      best = std::max(best, likeness(one, other));
  return best;
}

bool same_unit(const Usage& left, const Usage& right) {
  return !left.unit().empty() && folded(left.unit()) == folded(right.unit());
}

// How much of the one's range lies in the other's: 1 all, 0 nothing.
double overlap(const Usage& left, const Usage& right) {
  if (left.values.size() < 3 || right.values.size() < 3) return 0;
  const Spread a = spread_of(left.values), b = spread_of(right.values);
  const double both = std::min(a.highest, b.highest) - std::max(a.lowest, b.lowest);
  const double whole = std::max(a.highest, b.highest) - std::min(a.lowest, b.lowest);
  return whole <= 0 ? 1 : std::max(0.0, both / whole);
}

Suggestion judged(const Usage& usage, std::string_view key, const Usage& other) {
  Suggestion made;
  const size_t bar = key.find('|');
  made.system = key.substr(0, bar);
  made.code = key.substr(bar + 1);
  made.display = other.name();
  const double name = best_name(usage, other);
  const double values = overlap(usage, other);
  made.score =
      weight_name * name + (same_unit(usage, other) ? weight_unit : 0) + weight_values * values;
  if (name > 0.999)
    made.reasons.push_back(
        fmt::format("名称が同じです({0})。/ The same name ({0}).", other.name()));
  else if (name > 0)
    made.reasons.push_back(
        fmt::format("名称が {0:.0f} % 似ています({1})。/ The names are {0:.0f} % alike ({1}).",
                    name * 100, other.name()));
  if (same_unit(usage, other))
    made.reasons.push_back(
        fmt::format("単位が同じです({0})。/ The same unit ({0}).", usage.unit()));
  if (values > 0) {
    const Spread spread = spread_of(other.values);
    made.reasons.push_back(
        fmt::format("値の範囲が {0:.0f} % 重なります({1:g}〜{2:g})。/ The values overlap by "
                    "{0:.0f} % ({1:g} to {2:g}).",
                    values * 100, spread.lowest, spread.highest));
  }
  made.reasons.push_back(
      fmt::format("他の {0} 連携が {1} 件この標準コードで送っています。/ {0} feeds send this "
                  "standard code, {1} times.",
                  other.facilities.size(), other.count));
  return made;
}

}  // namespace

double likeness(std::string_view left, std::string_view right) {
  const auto a = pairs_of(left), b = pairs_of(right);
  if (a.empty() || b.empty()) return 0;
  std::vector<std::string> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return 2.0 * static_cast<double>(both.size()) / static_cast<double>(a.size() + b.size());
}

std::vector<Suggestion> suggest(const Usage& usage, const std::map<std::string, Usage>& known) {
  std::vector<Suggestion> all;
  for (const auto& [key, other] : known) {
    Suggestion one = judged(usage, key, other);
    if (one.score >= score_min) all.push_back(std::move(one));
  }
  std::ranges::stable_sort(all, [](const auto& a, const auto& b) { return a.score > b.score; });
  if (all.size() > suggestions_max) all.resize(suggestions_max);
  return all;
}

}  // namespace tasuki::intake::workbench
