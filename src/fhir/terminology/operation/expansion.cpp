#include "fhir/terminology/operation/expansion.h"

#include <algorithm>
#include <unordered_map>

#include <fmt/core.h>

#include "base/text.h"
#include "fhir/terminology/operation/display.h"

namespace tasuki::fhir::terminology {
namespace {

// "every word of the filter is somewhere in the code or in one of its names", in any Japanese
// spelling (base/text.h).
class TextFilter {
 public:
  TextFilter(std::string_view filter) {
    while (!filter.empty()) {
      const size_t space = filter.find_first_of(" \t");
      if (const std::string word = folded(filter.substr(0, space)); !word.empty())
        words_.push_back(word);
      filter = space == std::string_view::npos ? std::string_view() : filter.substr(space + 1);
    }
  }

  bool accepts(const Scope& scope, const Composed& set, const Found& found) {
    if (words_.empty()) return true;
    if (says(found.code)) return true;
    if (found.listed != nullptr && says(found.listed->display)) return true;
    if (!found.number) return false;
    if (says(found.system->display(*found.number))) return true;
    for (const image::Designation& one : found.system->designations(*found.number))
      if (says(found.system->text(one.value))) return true;
    if (found.system != last_) {
      last_ = found.system;
      supplements_ = supplements_for(scope, &set, *found.system);
    }
    if (supplements_.empty()) return false;
    const Words words(*found.system, *found.number, supplements_);
    return std::ranges::any_of(words.all(), [&](const Word& word) { return says(word.value); });
  }

 private:
  bool says(std::string_view text) const {
    if (text.empty()) return false;
    const std::string plain = folded(text);
    return std::ranges::all_of(words_,
                               [&](const std::string& word) { return plain.contains(word); });
  }

  std::vector<std::string> words_;
  const CodeSystem* last_ = nullptr;
  std::vector<const CodeSystem*> supplements_;
};

class Collector {
 public:
  Collector(const Scope& scope, const Composed& set, const ExpansionRules& rules)
      : scope_(scope), set_(set), rules_(rules), filter_(rules.filter) {}

  Result<Expansion> run() {
    const bool has_page = rules_.offset || rules_.count;
    const size_t first = rules_.offset.value_or(0);
    const size_t last = rules_.count ? first + std::min(*rules_.count, count_max_page) : SIZE_MAX;
    bool too_many = false;
    walk(set_, rules_.versions, [&](const Found& found) {
      if (!is_wanted(found) || !is_new(found)) return true;
      const size_t place = out_.total++;
      too_many = !has_page && out_.total > rules_.count_max;
      if (place >= first && place < last) add(found);
      return !too_many;
    });
    if (too_many)
      return Error{Error::Kind::too_costly,
                   fmt::format("The value set {} has more than {} codes: ask for a page with count "
                               "and offset, or narrow it with filter.",
                               set_.canonical(), rules_.count_max),
                   {}};
    if (rules_.nested && !has_page) nest();
    return std::move(out_);
  }

 private:
  static constexpr size_t count_max_page = 100'000;

  bool is_excluded(const Found& found) const {
    return std::ranges::any_of(rules_.excluded, [&](std::string_view one) {
      const size_t bar = one.find('|');
      return one.substr(0, bar) == found.url &&
             (bar == std::string_view::npos || one.substr(bar + 1) == version_of(found));
    });
  }

  bool is_wanted(const Found& found) {
    if (is_excluded(found)) return false;
    if (found.number) {
      if (rules_.active_only && found.system->is_inactive(*found.number)) return false;
      if (rules_.selectable_only && found.system->is_abstract(*found.number)) return false;
    }
    return filter_.accepts(scope_, set_, found);
  }

  std::string_view version_of(const Found& found) const {
    return found.system == nullptr ? found.part->version : found.system->version();
  }

  // Only a compose of several parts can name a code twice.
  bool is_new(const Found& found) {
    if (set_.includes.size() == 1 && !set_.includes.front().is_listed &&
        set_.includes.front().system != nullptr)
      return true;
    const bool by_version = rules_.versions == Versions::differ;
    const auto [place, is_new] = seen_.try_emplace(
        fmt::format("{}|{}#{}", found.url, by_version ? version_of(found) : "", found.code),
        out_.entries.size());
    if (!is_new && !by_version && place->second < out_.entries.size()) {
      Entry& standing = out_.entries[place->second];
      if (is_older(standing.version, version_of(found))) standing.version = version_of(found);
    }
    return is_new;
  }

  void add(const Found& found) {
    out_.entries.push_back({.found = found, .version = version_of(found), .children = {}});
    if (found.system != nullptr &&
        std::ranges::find(out_.systems, found.system) == out_.systems.end())
      out_.systems.push_back(found.system);
  }

  // Under the nearest ancestor that is in the list. What the value set lists itself stays flat.
  void nest() {
    std::unordered_map<const CodeSystem*, std::unordered_map<uint32_t, size_t>> places;
    for (size_t i = 0; i < out_.entries.size(); ++i) {
      const Found& found = out_.entries[i].found;
      if (found.number && found.listed == nullptr) places[found.system][*found.number] = i;
    }
    for (auto& [system, numbers] : places)
      for (const auto& [number, place] : numbers)
        for (auto above = system->parent(number); above; above = system->parent(*above))
          if (const auto parent = numbers.find(*above); parent != numbers.end()) {
            out_.entries[place].is_root = false;
            out_.entries[parent->second].children.push_back(place);
            out_.is_nested = true;
            break;
          }
    for (Entry& entry : out_.entries)
      std::ranges::sort(entry.children);
  }

  const Scope& scope_;
  const Composed& set_;
  const ExpansionRules& rules_;
  TextFilter filter_;
  Expansion out_;
  std::unordered_map<std::string, size_t> seen_;
};

}  // namespace

Result<Expansion> expansion_of(const Scope& scope, const Composed& set,
                               const ExpansionRules& rules) {
  return Collector(scope, set, rules).run();
}

}  // namespace tasuki::fhir::terminology
