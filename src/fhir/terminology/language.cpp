#include "fhir/terminology/language.h"

#include <algorithm>
#include <charconv>

#include "fhir/terminology/text.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr size_t languages_max = 32;

double weight_of(std::string_view parameters) {
  const size_t q = parameters.find("q=");
  if (q == std::string_view::npos) return 1;
  const std::string_view digits = trimmed(parameters.substr(q + 2));
  double weight = 1;
  std::from_chars(digits.data(), digits.data() + digits.size(), weight);
  return weight;
}

// Not a name for people to read: an old spelling, a code of another system.
bool is_name(const Word& word) {
  if (word.is_withdrawn) return false;
  return word.is_display || word.use_code.empty() || word.use_code == "display" ||
         word.use_code == "preferredForLanguage";
}

}  // namespace

Languages Languages::of(std::string_view header) {
  Languages out;
  while (!header.empty() && out.wanted.size() < languages_max) {
    const size_t comma = header.find(',');
    const std::string_view item = trimmed(header.substr(0, comma));
    header = comma == std::string_view::npos ? std::string_view() : header.substr(comma + 1);
    const size_t semicolon = item.find(';');
    const std::string_view tag = trimmed(item.substr(0, semicolon));
    if (tag.empty()) continue;
    const double weight =
        semicolon == std::string_view::npos ? 1 : weight_of(item.substr(semicolon));
    if (weight <= 0) {
      out.others_forbidden |= tag == "*";
      continue;
    }
    out.wanted.push_back({std::string(tag), weight});
  }
  std::ranges::stable_sort(out.wanted, std::ranges::greater(), &One::weight);
  return out;
}

bool is_same_language(std::string_view wanted, std::string_view language) {
  if (language.size() < wanted.size()) return false;
  if (!same_letters(wanted, language.substr(0, wanted.size()))) return false;
  return language.size() == wanted.size() || language[wanted.size()] == '-';
}

size_t Languages::rank(std::string_view language) const {
  for (size_t i = 0; i < wanted.size(); ++i)
    if (is_same_language(wanted[i].tag, language)) return i;
  return std::string_view::npos;
}

bool Languages::allows_any() const {
  return std::ranges::find(wanted, "*", &One::tag) != wanted.end();
}

Words::Words(const CodeSystem& system, uint32_t number,
             const std::vector<const CodeSystem*>& supplements) {
  const auto read = [&](const CodeSystem& from, uint32_t place, bool is_supplement) {
    if (!from.display(place).empty())
      words_.push_back({.language = from.language(),
                        .use_system = {},
                        .use_code = {},
                        .use_display = {},
                        .value = from.display(place),
                        .is_display = !is_supplement,
                        .is_supplement = is_supplement});
    for (const image::Designation& one : from.designations(place))
      words_.push_back({.language = from.text(one.language),
                        .use_system = from.text(one.use_system),
                        .use_code = from.text(one.use_code),
                        .use_display = from.text(one.use_display),
                        .value = from.text(one.value),
                        .is_display = false,
                        .is_supplement = is_supplement,
                        .is_withdrawn = (one.flags & image::is_withdrawn) != 0});
  };
  read(system, number, false);
  for (const CodeSystem* supplement : supplements)
    if (const auto place = supplement->find(system.code(number))) read(*supplement, *place, true);
}

std::string_view Words::display_in(const Languages& languages) const {
  size_t best_rank = std::string_view::npos;
  std::string_view best;
  for (const Word& word : words_) {
    if (!is_name(word)) continue;
    const size_t rank = languages.rank(word.language);
    if (rank < best_rank) {
      best_rank = rank;
      best = word.value;
    }
  }
  return best;
}

std::string_view Words::display(const Languages& languages) const {
  if (!languages.empty())
    if (const std::string_view best = display_in(languages); !best.empty()) return best;
  for (const Word& word : words_)
    if (word.is_display) return word.value;
  return words_.empty() ? std::string_view() : words_.front().value;
}

bool Words::has(std::string_view text) const {
  return std::ranges::any_of(words_,
                             [&](const Word& word) { return same_letters(word.value, text); });
}

}  // namespace tasuki::fhir::terminology
