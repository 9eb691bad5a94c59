// One value against rules written as FHIRPath, and against value sets. FHIR R4
// conformance-rules.html #constraints, terminologies.html#strength.
#include <algorithm>

#include <fmt/core.h>

#include "fhir/validate/checker.h"
#include "fhir/validate/narrative.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {
namespace {

using terminology::Truth;

// The rules about contained resources cost a look through the whole document; most have none.
bool is_about_contained(std::string_view key) {
  return key == "dom-3" || key == "dom-4" || key == "dom-5";
}

std::string coding_words(std::string_view system, std::string_view code) {
  if (system.empty()) return fmt::format("\"{}\"", shown(code));
  return fmt::format("\"{}\" ({})", shown(code), shown(system));
}

std::string words_of_codes(const json::Value& value) {
  if (!value.is_object()) return coding_words({}, value.text());
  const json::Value* codings = value.find("coding");
  if (codings == nullptr) return coding_words(value.text_of("system"), value.text_of("code"));
  std::string all;
  for (const json::Value& one : codings->items()) {
    all += (all.empty() ? "" : ", ") + coding_words(one.text_of("system"), one.text_of("code"));
  }
  return all;
}

struct StrengthWords {
  std::string_view english, japanese;
};

StrengthWords words_of_strength(Strength strength) {
  switch (strength) {
    case Strength::required:
      return {"required", "必須の"};
    case Strength::extensible:
      return {"extensible", "拡張可能な"};
    case Strength::preferred:
      return {"preferred", "推奨の"};
    case Strength::example:
    case Strength::none:
      return {"", ""};
  }
  return {};
}

}  // namespace

void Checker::invariants(const PreparedNode& node, std::string_view profile, const Instance& one,
                         const Scope& scope) {
  for (const Invariant& rule : node.invariants) {
    if (is_done()) return;
    const Constraint& source = *rule.source;
    if (is_silent() && !source.is_error) continue;
    if (is_about_contained(source.key) && one.value != nullptr &&
        one.value->find("contained") == nullptr)
      continue;
    const Source asks{source.key, profile};
    if (source.key == "txt-2") {
      if (one.value != nullptr && !narrative_says_something(one.value->text()))
        findings_->add(one.place, Problem::narrative_empty, {}, Finding::Severity::error, asks);
      continue;
    }
    if (!rule.expression) {
      findings_->add(one.place, Problem::rule_not_run, {source.key, rule.fault},
                     Finding::Severity::information, asks);
      continue;
    }
    const path::Item focus{.value = one.value == nullptr ? json::Value() : *one.value,
                           .sibling = one.sibling,
                           .type = one.type,
                           .element = one.element};
    // R4's own rules are written so that nothing (quantities of two units, a fullUrl that is not
    // there) breaks none: only false does. A guide's rule must be true, as conformance-rules.html
    // says.
    const auto answer = rule.expression->evaluate(focus, environment_of(scope), arena_);
    if (!answer) {
      findings_->add(one.place, Problem::rule_not_run, {source.key, answer.error().message},
                     Finding::Severity::information, asks);
      continue;
    }
    const bool is_false = answer->size() == 1 && answer->front().value.is_boolean() &&
                          !answer->front().value.boolean();
    if (!is_false && (profile.empty() || !answer->empty())) continue;
    findings_->add(one.place, Problem::rule_broken, {source.key, source.human, source.human},
                   source.is_error ? Finding::Severity::error : Finding::Severity::warning, asks);
  }
}

// What a rule may ask beyond its own value: the resources around it, value sets, other profiles.
path::Environment Checker::environment_of(const Scope& scope) {
  const auto item_of = [&](const Scope& of) {
    return path::Item{.value = *of.resource, .type = of.type};
  };
  path::Environment environment{.resource = item_of(scope)};
  if (scope.is_contained && scope.above != nullptr)
    environment.root_resource = item_of(*scope.above);
  environment.resolve = [this, &scope](std::string_view text) -> std::optional<path::Item> {
    const Target found = target(json::Value::borrowed(json::Kind::string, text), scope);
    if (found.resource == nullptr) return std::nullopt;
    return path::Item{.value = *found.resource, .type = found.type};
  };
  environment.member_of = [this, &scope](const path::Item& coded,
                                         std::string_view set) -> Result<std::optional<bool>> {
    const Instance one{&coded.value, nullptr, coded.type, nullptr, {}};
    const Binding found = is_bound(set, one, scope);
    if (found == Binding::unknown) return std::optional<bool>();
    return std::optional(found == Binding::inside);
  };
  environment.conforms_to = [this, &scope](const path::Item& item,
                                           std::string_view canonical) -> Result<bool> {
    const Profile* wanted = rulebook_.profiles().find(canonical, scope.package);
    if (wanted == nullptr) {
      return Error{Error::Kind::not_found,
                   fmt::format("The profile {} is in no installed package.", canonical),
                   {}};
    }
    const json::Value& kept =
        *std::construct_at(static_cast<json::Value*>(arena_.take(sizeof(json::Value))), item.value);
    const Instance one{
        &kept, nullptr, item.type, nullptr, {nullptr, definitions_.name(item.type), -1}};
    return conforms(*wanted, one, scope);
  };
  return environment;
}

Checker::Binding Checker::is_bound(std::string_view value_set, const Instance& one,
                                   const Scope& scope) const {
  if (one.value == nullptr) return Binding::unknown;
  const auto ask = [&](std::string_view system, std::string_view code) {
    if (const auto known = definitions_.has_code(value_set, system, code))
      return *known ? Binding::inside : Binding::outside;
    switch (terms_of(scope).contains(value_set, system, code)) {
      case Truth::yes:
        return Binding::inside;
      case Truth::no:
        return Binding::outside;
      case Truth::unknown:
        break;
    }
    return Binding::unknown;
  };
  const json::Value& value = *one.value;
  if (value.is_string()) return ask({}, value.text());
  if (!value.is_object()) return Binding::unknown;
  const json::Value* codings = value.find("coding");
  if (codings == nullptr) {
    // A concept of text alone, a quantity without a code: there is nothing to look up.
    if (value.text_of("code").empty())
      return definitions_.name(one.type) == "CodeableConcept" && value.find("text") != nullptr
                 ? Binding::outside
                 : Binding::unknown;
    return ask(value.text_of("system"), value.text_of("code"));
  }
  Binding best = Binding::outside;
  for (const json::Value& coding : codings->items()) {
    const Binding found = ask(coding.text_of("system"), coding.text_of("code"));
    if (found == Binding::inside) return found;
    if (found == Binding::unknown) best = found;
  }
  return best;
}

void Checker::binding(const PreparedNode& node, std::string_view profile, const Instance& one,
                      const Scope& scope) {
  const ProfileNode& source = *node.source;
  if (one.value == nullptr || (is_silent() && source.strength != Strength::required)) return;
  const Source asks{source.id, profile};
  const auto judge = [&](std::string_view value_set, Strength strength) {
    const Binding found = is_bound(value_set, one, scope);
    const StrengthWords words = words_of_strength(strength);
    const auto severity = strength == Strength::required     ? Finding::Severity::error
                          : strength == Strength::extensible ? Finding::Severity::warning
                                                             : Finding::Severity::information;
    if (found == Binding::outside) {
      findings_->add(one.place, Problem::code_outside,
                     {words_of_codes(*one.value), words.english, value_set, "", words.japanese, ""},
                     severity, asks);
    } else if (found == Binding::unknown && strength == Strength::required) {
      findings_->add(one.place, Problem::code_unknown, {words_of_codes(*one.value), value_set},
                     Finding::Severity::information, asks);
    }
  };
  if (source.strength >= Strength::preferred && !source.value_set.empty())
    judge(source.value_set, source.strength);
  if (!source.max_value_set.empty()) judge(source.max_value_set, Strength::required);
}

}  // namespace tasuki::fhir
