#include "fhir/terminology/operation/ask.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "fhir/terminology/compile.h"

namespace tasuki::fhir::terminology {
namespace {

std::string text_of(const json::Value& value) {
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  return std::string(value.text());
}

// RFC 5646 in its loosest reading: letters first, then subtags.
bool is_language(std::string_view tag) {
  if (tag == "*") return true;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const std::string_view first = tag.substr(0, tag.find('-'));
  return first.size() >= 2 && first.size() <= 8 && std::ranges::all_of(first, letter) &&
         !tag.ends_with('-');
}

}  // namespace

Ask Ask::of(const json::Value& parameters) {
  Ask ask;
  const json::Value* list = parameters.find("parameter");
  if (list == nullptr) return ask;
  for (const json::Value& one : list->items()) {
    Given given{.name = std::string(one.text_of("name")),
                .text = {},
                .value = nullptr,
                .resource = one.find("resource"),
                .parts = one.find("part")};
    for (const json::Member& member : one.members())
      if (member.name.starts_with("value")) {
        given.value = &member.value;
        given.text = text_of(member.value);
      }
    ask.given_.push_back(std::move(given));
  }
  return ask;
}

void Ask::add_missing(const Ask& other) {
  const size_t own = given_.size();
  for (const Given& one : other.given_) {
    const auto same = [&](const Given& each) { return each.name == one.name; };
    if (std::none_of(given_.begin(), given_.begin() + static_cast<std::ptrdiff_t>(own), same))
      given_.push_back(one);
  }
}

const Ask::Given* Ask::find(std::string_view name) const {
  const auto one = std::ranges::find(given_, name, &Given::name);
  return one == given_.end() ? nullptr : &*one;
}

std::string_view Ask::text(std::string_view name) const {
  const Given* one = find(name);
  return one == nullptr ? std::string_view() : std::string_view(one->text);
}

std::optional<bool> Ask::truth(std::string_view name) const {
  const std::string_view word = text(name);
  if (word == "true") return true;
  if (word == "false") return false;
  return std::nullopt;
}

Result<std::optional<size_t>> Ask::number(std::string_view name) const {
  const std::string_view word = text(name);
  if (word.empty()) return std::optional<size_t>();
  size_t number = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failed != std::errc() || end != word.data() + word.size())
    return Error{Error::Kind::invalid,
                 fmt::format("{} must be a whole number from 0, not \"{}\".", name, word),
                 std::string(name)};
  return std::optional<size_t>(number);
}

namespace {

// The resources that came along, as a layer over the snapshot.
Result<std::shared_ptr<const Terminology>> with_resources(
    const std::shared_ptr<const Terminology>& terms, const Ask& ask) {
  Compiler compiler;
  bool more = false;
  for (const Ask::Given& one : ask.all()) {
    if ((one.name != "tx-resource" && one.name != "codeSystem") || one.resource == nullptr)
      continue;
    TRY(compiler.add(*one.resource));
    more = true;
  }
  if (!more) return terms;
  return Terminology::make({TRY(Mapping::over(compiler.bytes()))}, terms);
}

VersionRules version_rules(const Ask& ask) {
  VersionRules rules;
  for (const Ask::Given& one : ask.all()) {
    const Canonical canonical = Canonical::of(one.text);
    const VersionRules::Rule rule{std::string(canonical.url), std::string(canonical.version)};
    if (one.name == "system-version") rules.defaults.push_back(rule);
    if (one.name == "check-system-version") rules.checks.push_back(rule);
    if (one.name == "force-system-version") rules.forces.push_back(rule);
    if (one.name == "default-valueset-version") rules.value_sets.push_back(rule);
  }
  return rules;
}

Reply no_language(std::string_view language) {
  return refused(Error::Kind::invalid,
                 {.code = "processing",
                  .kind = "invalid-display",
                  .text = fmt::format("Invalid displayLanguage: '{}'", language),
                  .ja = fmt::format("displayLanguage「{}」は言語の指定ではありません。", language),
                  .expression = {}});
}

}  // namespace

std::expected<Scope, Reply> Scope::of(std::shared_ptr<const Terminology> terms, const Ask& ask) {
  Scope scope;
  auto layered = with_resources(terms, ask);
  if (!layered) return std::unexpected(refused(layered.error()));
  scope.terms = *std::move(layered);
  scope.rules = version_rules(ask);
  for (const Ask::Given& one : ask.all()) {
    if (one.name != "useSupplement") continue;
    if (scope.terms->code_system(one.text) == nullptr)
      return std::unexpected(refused({Error::Kind::not_found,
                                      fmt::format("Required supplement not found: {}", one.text),
                                      {}}));
    scope.supplements.push_back(one.text);
  }
  const std::string_view asked = ask.text("displayLanguage");
  scope.languages = Languages::of(asked.empty() ? std::string_view(ask.accept_language) : asked);
  scope.languages_were_asked = !scope.languages.empty();
  const auto is_wrong = [](const Languages::One& one) { return !is_language(one.tag); };
  if (!asked.empty() && std::ranges::any_of(scope.languages.wanted, is_wrong))
    return std::unexpected(no_language(asked));
  return scope;
}

bool Scope::is_japanese() const {
  return languages.rank("ja") < languages.rank("en");
}

}  // namespace tasuki::fhir::terminology
