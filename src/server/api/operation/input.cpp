#include "server/api/operation/input.h"

#include <charconv>

#include "base/utf8.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

constexpr size_t given_max = 10'000;

Error wrong(const Given& given, std::string_view expected) {
  return {
      Error::Kind::invalid,
      fmt::format("{} must be {}, not \"{}\".", given.name, expected, utf8::head(given.text, 64)),
      given.name};
}

std::string text_in(const json::Value& value) {
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  return std::string(value.text());
}

// A JSON object that is no resource: its members are the parameters, as GraphQL's clients send
// them.
bool is_plain(const Call& call) {
  return call.media == "application/json" && call.resource->find("resourceType") == nullptr;
}

// Parameters.parameter: name and one of value[x], resource, part. parameters.html
Result<Given> given_of(const json::Value& value, size_t index) {
  Given given{.name = std::string(value.text_of("name"))};
  if (given.name.empty())
    return Error{Error::Kind::invalid, "A parameter needs a name.",
                 fmt::format("Parameters.parameter[{}]", index)};
  given.resource = value.find("resource");
  given.parts = value.find("part");
  for (const json::Member& member : value.members())
    if (member.name.starts_with("value") && member.name.size() > 5) given.value = &member.value;
  if (given.value != nullptr) given.text = text_in(*given.value);
  return given;
}

const ParameterRule* rule_of(std::span<const ParameterRule> rules, std::string_view name) {
  for (const ParameterRule& rule : rules)
    if (rule.name == name) return &rule;
  return nullptr;
}

bool is_resource(std::string_view type) {
  return type == "Resource";
}

Error unknown(std::string_view operation, std::string_view name,
              std::span<const ParameterRule> rules) {
  std::vector<std::string_view> names;
  for (const ParameterRule& rule : rules)
    names.push_back(rule.name);
  return {Error::Kind::invalid,
          names.empty()
              ? fmt::format("${} takes no parameters; \"{}\" was given.", operation,
                            utf8::head(name, 64))
              : fmt::format("${} does not know the parameter \"{}\"; the nearest is \"{}\".",
                            operation, utf8::head(name, 64), fhir::nearest(name, names)),
          std::string(utf8::head(name, 64))};
}

}  // namespace

std::vector<ParameterRule> rules_of(std::string_view parameters) {
  std::vector<ParameterRule> rules;
  while (!parameters.empty()) {
    const size_t space = parameters.find(' ');
    std::string_view word = parameters.substr(0, space);
    parameters =
        space == std::string_view::npos ? std::string_view() : parameters.substr(space + 1);
    if (word.empty() || word == "...") continue;
    ParameterRule rule;
    for (; word.ends_with('*') || word.ends_with('!'); word.remove_suffix(1))
      (word.ends_with('*') ? rule.many : rule.required) = true;
    const size_t colon = word.find(':');
    rule.name = word.substr(0, colon);
    rule.type = colon == std::string_view::npos ? "string" : word.substr(colon + 1);
    rules.push_back(rule);
  }
  return rules;
}

Result<Input> Input::of(const Call& call, std::string_view parameters) {
  const auto rules = rules_of(parameters);
  const bool open = parameters.ends_with("...");
  Input input;
  for (Parameter& parameter : parameters_of(call.query)) {
    if (rule_of(rules, parameter.name) == nullptr) {
      if (!open) return unknown(call.target.operation, parameter.name, rules);
      if (!input.rest_.empty()) input.rest_ += '&';
      input.rest_ += parameter.raw;
    }
    input.given_.push_back({.name = std::move(parameter.name), .text = std::move(parameter.value)});
  }
  if (call.resource != nullptr && call.resource->text_of("resourceType") == "Parameters") {
    if (const json::Value* list = call.resource->find("parameter")) {
      if (list->size() > given_max)
        return Error{Error::Kind::too_costly,
                     fmt::format("At most {} parameters are taken.", given_max),
                     "Parameters.parameter"};
      for (size_t i = 0; i < list->items().size(); ++i) {
        Given given = TRY(given_of(list->items()[i], i));
        if (rule_of(rules, given.name) == nullptr) {
          if (!open) return unknown(call.target.operation, given.name, rules);
          if (!input.rest_.empty()) input.rest_ += '&';
          input.rest_ += percent_encoded(given.name) + "=" + percent_encoded(given.text);
        }
        input.given_.push_back(std::move(given));
      }
    }
  } else if (call.resource != nullptr) {
    // The one resource an operation takes may stand in the body alone. operations.html#request
    const auto rule = std::ranges::find_if(
        rules, [](const ParameterRule& each) { return is_resource(each.type); });
    if (rule != rules.end()) {
      input.given_.push_back(
          {.name = std::string(rule->name), .text = {}, .resource = call.resource});
    } else if (is_plain(call)) {
      for (const json::Member& member : call.resource->members()) {
        if (rule_of(rules, member.name) == nullptr)
          return unknown(call.target.operation, member.name, rules);
        input.given_.push_back({.name = std::string(member.name),
                                .text = text_in(member.value),
                                .value = &member.value});
      }
    } else {
      return Error{
          Error::Kind::invalid,
          fmt::format("${} takes a Parameters resource in its body.", call.target.operation),
          "resourceType"};
    }
  }
  for (const ParameterRule& rule : rules) {
    const auto count = std::ranges::count(input.given_, rule.name, &Given::name);
    if (rule.required && count == 0)
      return Error{Error::Kind::invalid,
                   fmt::format("${} needs the parameter {} ({}).", call.target.operation, rule.name,
                               rule.type),
                   std::string(rule.name)};
    if (!rule.many && count > 1)
      return Error{Error::Kind::invalid, fmt::format("{} may be given once.", rule.name),
                   std::string(rule.name)};
  }
  return input;
}

const Given* Input::find(std::string_view name) const {
  for (const Given& given : given_)
    if (given.name == name) return &given;
  return nullptr;
}

std::optional<std::string> Input::text(std::string_view name) const {
  const Given* given = find(name);
  return given == nullptr ? std::optional<std::string>() : given->text;
}

std::vector<std::string> Input::texts(std::string_view name) const {
  std::vector<std::string> texts;
  for (const Given& given : given_) {
    if (given.name != name) continue;
    for (std::string_view left = given.text; !left.empty();) {
      const size_t comma = left.find(',');
      if (comma != 0) texts.emplace_back(left.substr(0, comma));
      left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
    }
  }
  return texts;
}

Result<std::optional<size_t>> Input::number(std::string_view name) const {
  const Given* given = find(name);
  if (given == nullptr) return std::optional<size_t>();
  size_t number = 0;
  const char* const end = given->text.data() + given->text.size();
  const auto [stopped, failure] = std::from_chars(given->text.data(), end, number);
  if (failure != std::errc() || stopped != end || given->text.empty())
    return wrong(*given, "a whole number");
  return std::optional<size_t>(number);
}

Result<std::optional<Instant>> Input::instant(std::string_view name) const {
  const Given* given = find(name);
  if (given == nullptr) return std::optional<Instant>();
  // A '+' of the time zone that was not percent-encoded has become a space.
  std::string text = given->text;
  std::ranges::replace(text, ' ', '+');
  const auto instant = parse_instant(text);
  if (!instant) return wrong(*given, "an instant such as 2026-11-23T10:15:00+09:00");
  return std::optional<Instant>(*instant);
}

Result<bool> Input::truth(std::string_view name, bool otherwise) const {
  const Given* given = find(name);
  if (given == nullptr) return otherwise;
  if (given->text != "true" && given->text != "false") return wrong(*given, "true or false");
  return given->text == "true";
}

}  // namespace tasuki::server::api
