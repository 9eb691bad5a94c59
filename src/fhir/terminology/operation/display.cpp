#include "fhir/terminology/operation/display.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "fhir/terminology/text.h"

namespace tasuki::fhir::terminology {
namespace {

using Severity = Issue::Severity;

const Listed* listed_in(const Composed& set, std::string_view url, std::string_view code) {
  for (const Part& part : set.includes) {
    if (part.url == url && part.is_listed)
      if (const Listed* one = part.find(code)) return one;
    for (const Composed* inner : part.sets)
      if (inner != nullptr)
        if (const Listed* one = listed_in(*inner, url, code)) return one;
  }
  return nullptr;
}

// valueset-expansion-parameter, an extension of compose: the value set's own choice of language.
std::string_view language_of(const json::Value& value_set) {
  const json::Value* compose = value_set.find("compose");
  const json::Value* list = compose == nullptr ? nullptr : compose->find("extension");
  if (list != nullptr)
    for (const json::Value& one : list->items()) {
      const json::Value* parts = one.find("extension");
      if (!one.text_of("url").ends_with("valueset-expansion-parameter") || parts == nullptr)
        continue;
      std::string_view name, value;
      for (const json::Value& part : parts->items()) {
        if (part.text_of("url") == "name") name = part.text_of("valueCode");
        if (part.text_of("url") == "value")
          for (const json::Member& member : part.members())
            if (member.name.starts_with("value")) value = member.value.text();
      }
      if (name == "displayLanguage") return value;
    }
  return value_set.text_of("language");
}

}  // namespace

std::vector<const CodeSystem*> supplements_for(const Scope& scope, const Composed* set,
                                               const CodeSystem& system) {
  std::vector<const CodeSystem*> all;
  const auto add = [&](std::string_view canonical) {
    const CodeSystem* one = scope.terms->code_system(canonical);
    if (one == nullptr || std::ranges::find(all, one) != all.end()) return;
    if (Canonical::of(one->supplements()).url == system.url()) all.push_back(one);
  };
  for (const std::string& one : scope.supplements)
    add(one);
  if (set != nullptr)
    for (const std::string& one : set->supplements)
      add(one);
  return all;
}

Languages languages_for(const Scope& scope, const Composed* set) {
  if (scope.languages_were_asked || set == nullptr) return scope.languages;
  return Languages::of(language_of(*set->resource));
}

Names::Names(const Scope& scope, const Composed* set, const CodeSystem& system, uint32_t number,
             std::string_view url, const Listed* listed)
    : languages_(languages_for(scope, set)),
      supplements_(supplements_for(scope, set, system)),
      words_(system, number, supplements_),
      code_(system.code(number)),
      url_(url) {
  if (set == nullptr) return;
  if (listed == nullptr) listed = listed_in(*set, url, code_);
  if (listed == nullptr) return;
  listed_ = listed->display;
  if (!listed_.empty())
    words_.add({.language = set->resource->text_of("language"),
                .use_system = {},
                .use_code = {},
                .use_display = {},
                .value = listed_});
  const json::Value* designations = listed->given->find("designation");
  if (designations != nullptr)
    for (const json::Value& one : designations->items())
      words_.add({.language = one.text_of("language"),
                  .use_system = {},
                  .use_code = {},
                  .use_display = {},
                  .value = one.text_of("value")});
}

std::string Names::preferred() const {
  if (languages_.empty() && !listed_.empty()) return std::string(listed_);
  if (languages_.others_forbidden) return std::string(words_.display_in(languages_));
  return std::string(words_.display(languages_));
}

std::vector<const Word*> Names::wanted() const {
  std::vector<const Word*> out;
  for (const Word& word : words_.all())
    if (!word.is_withdrawn &&
        (languages_.empty() || languages_.allows_any() || word.language.empty() ||
         languages_.rank(word.language) != std::string_view::npos))
      out.push_back(&word);
  return out;
}

std::optional<Issue> Names::judge(std::string_view display, bool lenient) const {
  const auto is_it = [&](const Word& word) { return same_letters(word.value, display); };
  const std::vector<const Word*> valid = wanted();
  if (std::ranges::any_of(valid, [&](const Word* word) { return is_it(*word); }))
    return std::nullopt;

  std::vector<std::string> tags;
  for (const Languages::One& one : languages_.wanted)
    tags.push_back(one.tag);
  const std::string asked = tags.empty() ? "--" : fmt::format("{}", fmt::join(tags, ","));
  const std::string code = fmt::format("{}#{}", url_, code_);
  for (const Word& word : words_.all())
    if (word.is_withdrawn && is_it(word))
      return Issue{Severity::warning,
                   "invalid",
                   "display-comment",
                   fmt::format("'{}' is no longer considered a correct display for code '{}' "
                               "(status = withdrawn). The correct display is one of \"{}\".",
                               display, code_, preferred()),
                   fmt::format("「{}」は古い表示名です。いまは「{}」です。", display, preferred()),
                   {}};
  if (valid.empty() && std::ranges::any_of(words_.all(), is_it))
    return Issue{Severity::information,
                 "invalid",
                 "invalid-display",
                 fmt::format("There are no valid display names found for the code {} for "
                             "language(s) '{}'. The display is '{}' which is a valid display for "
                             "the default language",
                             code, asked, display),
                 fmt::format("{} には言語 {} の表示名がありません。", code, asked),
                 {}};
  const Severity severity = lenient ? Severity::warning : Severity::error;
  if (valid.empty())
    return Issue{severity,
                 "invalid",
                 "invalid-display",
                 fmt::format("Wrong Display Name '{}' for {}. There are no valid display names "
                             "found for language(s) '{}'. Default display is '{}'",
                             display, code, asked, preferred()),
                 fmt::format("「{}」は {} の表示名ではありません。正しくは「{}」です。", display,
                             code, preferred()),
                 {}};
  std::vector<std::string> choices;
  for (const Word* word : valid)
    choices.push_back(word->language.empty()
                          ? fmt::format("'{}'", word->value)
                          : fmt::format("'{}' ({})", word->value, word->language));
  return Issue{severity,
               "invalid",
               "invalid-display",
               fmt::format("Wrong Display Name '{}' for {}. Valid display is {}{} (for the "
                           "language(s) '{}')",
                           display, code,
                           choices.size() == 1 ? std::string()
                                               : fmt::format("one of {} choices: ", choices.size()),
                           fmt::join(choices, " or "), asked),
               fmt::format("「{}」は {} の表示名ではありません。正しくは「{}」です。", display,
                           code, preferred()),
               {}};
}

}  // namespace tasuki::fhir::terminology
