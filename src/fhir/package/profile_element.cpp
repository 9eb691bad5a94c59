#include "fhir/package/profile_element.h"

#include <algorithm>
#include <charconv>

#include "json/print.h"

namespace tasuki::fhir {
namespace {

constexpr std::string_view system_prefix = "http://hl7.org/fhirpath/System.";

std::span<const json::Value> list_in(const json::Value& value, std::string_view name) {
  const json::Value* found = value.find(name);
  return found == nullptr ? std::span<const json::Value>() : found->items();
}

std::vector<std::string> texts_of(const json::Value& value, std::string_view name) {
  std::vector<std::string> texts;
  for (const json::Value& one : list_in(value, name))
    texts.emplace_back(one.text());
  return texts;
}

bool truth_of(const json::Value& value, std::string_view name) {
  const json::Value* found = value.find(name);
  return found != nullptr && found->boolean();
}

std::optional<uint32_t> number_of(std::string_view text) {
  uint32_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The value of the one member whose name begins so: fixedUri, patternCodeableConcept.
std::string json_of(const json::Value& element, std::string_view prefix) {
  for (const json::Member& member : element.members()) {
    const bool is_it = member.name.starts_with(prefix) && member.name.size() > prefix.size() &&
                       member.name[prefix.size()] >= 'A' && member.name[prefix.size()] <= 'Z' &&
                       member.name != "maxLength";
    if (is_it) return json::print(member.value);
  }
  return {};
}

// Part of a profile, "url#Composition.section:a". extension elementdefinition-profile-element
void name_parts(const json::Value& source, std::vector<std::string>& profiles) {
  const auto beside = list_in(source, "_profile");
  for (size_t i = 0; i < std::min(beside.size(), profiles.size()); ++i) {
    for (const json::Value& extension : list_in(beside[i], "extension")) {
      if (extension.text_of("url").ends_with("/elementdefinition-profile-element"))
        profiles[i] += "#" + std::string(extension.text_of("valueString"));
    }
  }
}

AllowedType type_from(const json::Value& source) {
  AllowedType type{.code = std::string(source.text_of("code")),
                   .profiles = texts_of(source, "profile"),
                   .targets = texts_of(source, "targetProfile")};
  name_parts(source, type.profiles);
  for (const json::Value& one : list_in(source, "aggregation")) {
    if (one.text() == "contained") type.aggregation |= AllowedType::contained;
    if (one.text() == "referenced") type.aggregation |= AllowedType::referenced;
    if (one.text() == "bundled") type.aggregation |= AllowedType::bundled;
  }
  return type;
}

Strength strength_of(std::string_view text) {
  if (text == "required") return Strength::required;
  if (text == "extensible") return Strength::extensible;
  if (text == "preferred") return Strength::preferred;
  return Strength::example;
}

std::string_view max_value_set_of(const json::Value& binding) {
  for (const json::Value& extension : list_in(binding, "extension")) {
    if (extension.text_of("url").ends_with("/elementdefinition-maxValueSet")) {
      const std::string_view canonical = extension.text_of("valueCanonical");
      return canonical.empty() ? extension.text_of("valueUri") : canonical;
    }
  }
  return {};
}

void read_slicing(const json::Value& slicing, ProfileNode& node) {
  using Kind = Discriminator::Kind;
  node.is_sliced = true;
  node.is_ordered = truth_of(slicing, "ordered");
  const std::string_view rules = slicing.text_of("rules");
  node.rules = rules == "closed"      ? SliceRules::closed
               : rules == "openAtEnd" ? SliceRules::open_at_end
                                      : SliceRules::open;
  node.discriminators.clear();
  for (const json::Value& one : list_in(slicing, "discriminator")) {
    const std::string_view type = one.text_of("type");
    node.discriminators.push_back({type == "pattern"   ? Kind::pattern
                                   : type == "type"    ? Kind::type
                                   : type == "profile" ? Kind::profile
                                   : type == "exists"  ? Kind::exists
                                                       : Kind::value,
                                   std::string(one.text_of("path"))});
  }
}

void read_constraints(const json::Value& element, ProfileNode& node) {
  for (const json::Value& source : list_in(element, "constraint")) {
    Constraint one{.key = std::string(source.text_of("key")),
                   .human = std::string(source.text_of("human")),
                   .expression = std::string(source.text_of("expression")),
                   .is_error = source.text_of("severity") != "warning"};
    const auto known = std::ranges::find(node.constraints, one.key, &Constraint::key);
    if (known == node.constraints.end()) {
      if (!one.expression.empty()) node.constraints.push_back(std::move(one));
    } else if (!one.expression.empty()) {
      *known = std::move(one);
    }
  }
}

}  // namespace

// What an ElementDefinition says, over what its base said.
void read_element(const json::Value& element, ProfileNode& node) {
  if (const json::Value* min = element.find("min")) node.min = number_of(min->text());
  if (const std::string_view max = element.text_of("max"); !max.empty())
    node.max = max == "*" ? unbounded : number_of(max);
  if (const auto types = list_in(element, "type"); !types.empty()) {
    node.types.clear();
    for (const json::Value& one : types) {
      AllowedType type = type_from(one);
      if (!type.code.starts_with(system_prefix)) node.types.push_back(std::move(type));
    }
  }
  const std::pair<std::string_view, std::string*> values[] = {{"fixed", &node.fixed},
                                                              {"pattern", &node.pattern},
                                                              {"minValue", &node.min_value},
                                                              {"maxValue", &node.max_value}};
  for (const auto& [prefix, target] : values) {
    std::string text = json_of(element, prefix);
    if (text.empty()) continue;
    // What the base fixed holds too: a profile that fixes another value can never be met.
    const bool is_other = prefix == "fixed" && !node.fixed.empty() && node.fixed != text;
    if (is_other && node.pattern.empty()) node.pattern = node.fixed;
    *target = std::move(text);
  }
  if (const json::Value* most = element.find("maxLength"))
    node.max_length = number_of(most->text()).value_or(0);
  for (const json::Value& extension : list_in(element, "extension")) {
    const std::string_view url = extension.text_of("url");
    if (url == "http://hl7.org/fhir/StructureDefinition/minLength") {
      if (const json::Value* least = extension.find("valueInteger"))
        node.min_length = number_of(least->text()).value_or(0);
    }
    if (url.ends_with("ElementDefinition.mustHaveValue")) {
      const json::Value* must = extension.find("valueBoolean");
      node.needs_value = must != nullptr && must->boolean();
    }
  }
  if (const json::Value* binding = element.find("binding")) {
    node.strength = strength_of(binding->text_of("strength"));
    node.value_set = binding->text_of("valueSet");
    if (const auto most = max_value_set_of(*binding); !most.empty()) node.max_value_set = most;
  }
  if (truth_of(element, "mustSupport")) node.must_support = true;
  if (const json::Value* slicing = element.find("slicing")) read_slicing(*slicing, node);
  read_constraints(element, node);
}

}  // namespace tasuki::fhir
