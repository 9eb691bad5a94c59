// A profile's tree laid over a value: cardinality, types, fixed values and patterns, bounds.
// FHIR R4 elementdefinition.html, profiling.html.
#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/core.h>

#include "fhir/validate/checker.h"
#include "fhir/validate/compare.h"
#include "fhir/validate/walker.h"
#include "json/print.h"

namespace tasuki::fhir {
namespace {

constexpr int depth_of_profiles_max = 200;

std::string short_json(const json::Value& value) {
  return shown(json::print(value));
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts)
    all += (all.empty() ? "" : ", ") + text;
  return all;
}

}  // namespace

void Checker::profile(const Profile& profile, const Instance& one, const Scope& scope) {
  if (!profile.structure.is_constraint) return;  // R4's own type: its rules run anyway
  value(profile.root, profile, one, scope);
}

void Checker::value(const PreparedNode& node, const Profile& profile, const Instance& one,
                    const Scope& scope) {
  if (is_done() || depth_ >= depth_of_profiles_max) return;
  ++depth_;
  const bool is_inner = definitions_.category(one.type) == Category::resource &&
                        one.value != nullptr && one.value != scope.resource;
  if (is_inner) {
    const Scope inner{&scope,
                      one.value,
                      one.type,
                      &one.place,
                      one.element != nullptr && one.element->stem == "contained",
                      scope.package};
    types(node, profile, one, inner);
    values(node, profile, one);
    // %resource of a rule that the bundle's profile makes about an entry is the bundle.
    invariants(node, profile.structure.url, one, scope);
    children(node, profile, one, inner);
  } else {
    types(node, profile, one, scope);
    values(node, profile, one);
    if (node.source->strength != Strength::none || !node.source->max_value_set.empty())
      binding(node, profile.structure.url, one, scope);
    invariants(node, profile.structure.url, one, scope);
    children(node, profile, one, scope);
  }
  --depth_;
}

void Checker::children(const PreparedNode& node, const Profile& profile, const Instance& one,
                       const Scope& scope) {
  std::vector<Instance> found;
  for (const PreparedNode& child : node.children) {
    if (is_done()) return;
    found.clear();
    gather(one, child.source->name, found);
    list(child, profile, found, one.place, scope);
  }
}

// The children called so, of a primitive those beside its value.
void Checker::gather(const Instance& of, std::string_view stem, std::vector<Instance>& out) const {
  const bool is_primitive = definitions_.category(of.type) == Category::primitive;
  const json::Value* object = is_primitive ? of.sibling : of.value;
  if (object == nullptr || !object->is_object()) return;
  const auto add = [&](const Element& element, const json::Value* value,
                       const json::Value* beside) {
    const auto type_of = [&](const json::Value* item) {
      if (item == nullptr || definitions_.category(element.type) != Category::resource)
        return element.type;
      return definitions_.resource_type(item->text_of("resourceType")).value_or(element.type);
    };
    if (!element.is_array) {
      out.push_back({value, beside, type_of(value), &element, {&of.place, element.stem, -1}});
      return;
    }
    const auto items = value == nullptr ? std::span<const json::Value>() : value->items();
    const auto halves = beside == nullptr ? std::span<const json::Value>() : beside->items();
    for (size_t i = 0; i < std::max(items.size(), halves.size()); ++i) {
      const json::Value* item = i < items.size() && !items[i].is_null() ? &items[i] : nullptr;
      const json::Value* half = i < halves.size() && !halves[i].is_null() ? &halves[i] : nullptr;
      if (item == nullptr && half == nullptr) continue;
      out.push_back(
          {item, half, type_of(item), &element, {&of.place, element.stem, static_cast<int>(i)}});
    }
  };
  for (const json::Member& member : object->members()) {
    std::string_view name = member.name;
    const bool is_sibling = name.starts_with('_');
    if (is_sibling) name.remove_prefix(1);
    if (!name.starts_with(stem)) continue;
    const Element* element = definitions_.element(of.type, name);
    if (element == nullptr || element->stem != stem) continue;
    if (is_sibling) {
      if (object->find(name) == nullptr) add(*element, nullptr, &member.value);
      continue;
    }
    const bool may_have = definitions_.category(element->type) == Category::primitive;
    add(*element, &member.value, may_have ? beside_member(*object, name) : nullptr);
  }
}

void Checker::list(const PreparedNode& node, const Profile& profile, std::vector<Instance>& all,
                   const Place& above, const Scope& scope) {
  count(node, profile, all.size(), above, nullptr);
  for (const Instance& one : all)
    value(node, profile, one, scope);
  if (node.source->is_sliced) slices(node, node, profile, all, above, scope);
}

void Checker::count(const PreparedNode& node, const Profile& profile, size_t found,
                    const Place& above, const PreparedNode* slicing) {
  const ProfileNode& source = *node.source;
  const Source asks{source.id, profile.structure.url};
  const bool too_few = source.min && found < *source.min;
  const bool too_many = source.max && *source.max != unbounded && found > *source.max;
  if (!too_few && !too_many) return;
  const std::string bound = std::to_string(too_few ? *source.min : *source.max);
  const std::string is = std::to_string(found);
  if (slicing == nullptr) {
    findings_->add(above, too_few ? Problem::too_few : Problem::too_many, {source.name, bound, is},
                   Finding::Severity::error, asks);
    return;
  }
  const std::string words = slice_words(node, *slicing);
  findings_->add(above, too_few ? Problem::slice_too_few : Problem::slice_too_many,
                 {source.name, bound, source.slice, words.empty() ? "" : " (" + words + ")", is,
                  words.empty() ? "" : " (" + words + ")"},
                 Finding::Severity::error, asks);
}

void Checker::types(const PreparedNode& node, const Profile& profile, const Instance& one,
                    const Scope& scope) {
  const auto& allowed = node.source->types;
  if (allowed.empty()) return;
  bool is_allowed = false;
  std::vector<std::string> codes, profiles;
  bool has_free = false;
  for (const AllowedType& type : allowed) {
    codes.push_back(type.code);
    const auto id = definitions_.type(type.code);
    if (!id || !path::is_a(definitions_, one.type, *id)) continue;
    is_allowed = true;
    if (type.profiles.empty()) has_free = true;
    profiles.insert(profiles.end(), type.profiles.begin(), type.profiles.end());
  }
  if (!is_allowed) {
    findings_->add(one.place, Problem::type_not_allowed,
                   {node.source->name, definitions_.name(one.type), joined(codes)},
                   Finding::Severity::error, {node.source->id, profile.structure.url});
    return;
  }
  if (!has_free && !profiles.empty()) type_profiles(profiles, profile, node, one, scope);
  targets(node, profile, one, scope);
}

void Checker::type_profiles(const std::vector<std::string>& canonicals, const Profile& profile,
                            const PreparedNode& node, const Instance& one, const Scope& scope) {
  const bool is_extension = definitions_.name(one.type) == "Extension";
  const std::string_view url =
      is_extension && one.value != nullptr ? one.value->text_of("url") : std::string_view();
  const Profile* last = nullptr;
  for (const std::string& canonical : canonicals) {
    // Every extension is checked by its own definition once, by the walk of R4's rules.
    if (is_extension && std::string_view(canonical).substr(0, canonical.find('|')) == url) return;
    const Profile* found = rulebook_.profiles().find(canonical, profile.package);
    if (found == nullptr) {
      findings_->add(one.place, Problem::profile_unknown, {canonical, "", ""},
                     Finding::Severity::error, {node.source->id, profile.structure.url});
      return;
    }
    if (canonical.contains('#')) {
      const PreparedNode* part = Profiles::part(*found, canonical);
      if (part != nullptr) value(*part, *found, one, scope);
      return;
    }
    last = found;
    if (canonicals.size() > 1 && conforms(*found, one, scope)) return;
  }
  if (canonicals.size() == 1) {
    if (!path::is_a(definitions_, one.type, last->type)) {
      findings_->add(one.place, Problem::profile_other_type,
                     {canonicals.front(), last->structure.type, definitions_.name(one.type)},
                     Finding::Severity::error, {node.source->id, profile.structure.url});
      return;
    }
    return this->profile(*last, one, scope);
  }
  const Why why = why_not(*last, one, scope);
  findings_->add(
      one.place, Problem::no_profile_matches,
      {node.source->name, joined(canonicals), last->structure.name, why.english, why.japanese},
      Finding::Severity::error, {node.source->id, profile.structure.url});
}

void Checker::values(const PreparedNode& node, const Profile& profile, const Instance& one) {
  const ProfileNode& source = *node.source;
  const Source asks{source.id, profile.structure.url};
  if (one.value == nullptr) {
    if (source.needs_value || !node.fixed.is_null())
      findings_->add(one.place, Problem::value_missing, {source.name}, Finding::Severity::error,
                     asks);
    return;
  }
  using Severity = Finding::Severity;
  if (!node.fixed.is_null() && !json::equal(*one.value, node.fixed)) {
    findings_->add(one.place, Problem::fixed_differs,
                   {source.name, short_json(node.fixed), short_json(*one.value)}, Severity::error,
                   asks);
  }
  if (!node.pattern.is_null() && !contains_pattern(*one.value, node.pattern)) {
    findings_->add(one.place, Problem::pattern_differs,
                   {source.name, short_json(node.pattern), short_json(*one.value)}, Severity::error,
                   asks);
  }
  if (!node.min_value.is_null() && is_less(*one.value, node.min_value)) {
    findings_->add(one.place, Problem::below_minimum,
                   {source.name, short_json(node.min_value), short_json(*one.value)},
                   Severity::error, asks);
  }
  if (!node.max_value.is_null() && is_less(node.max_value, *one.value)) {
    findings_->add(one.place, Problem::above_maximum,
                   {source.name, short_json(node.max_value), short_json(*one.value)},
                   Severity::error, asks);
  }
  if (source.min_length > 0 && one.value->is_string()) {
    const size_t length = characters_in(one.value->text());
    if (length < source.min_length) {
      findings_->add(one.place, Problem::text_too_short,
                     {source.name, std::to_string(source.min_length), std::to_string(length)},
                     Severity::error, asks);
    }
  }
  if (source.max_length > 0 && one.value->is_string()) {
    const size_t length = characters_in(one.value->text());
    if (length > source.max_length) {
      findings_->add(one.place, Problem::text_too_long,
                     {source.name, std::to_string(source.max_length), std::to_string(length)},
                     Severity::error, asks);
    }
  }
}

bool Checker::conforms(const Profile& profile, const Instance& one, const Scope& scope) {
  if (!path::is_a(definitions_, one.type, profile.type)) return false;
  const auto key = std::pair(one.value, &profile);
  if (const auto known = decided_.find(key); known != decided_.end()) return known->second;
  decided_[key] =
      true;  // two that refer to each other: asked again on the way, it is taken for granted
  const bool is_so = silently([&] { this->profile(profile, one, scope); });
  return decided_[key] = is_so;
}

Checker::Why Checker::why_not(const Profile& profile, const Instance& one, const Scope& scope) {
  Findings quiet(1);
  Findings* const loud = std::exchange(findings_, &quiet);
  ++silent_;
  this->profile(profile, one, scope);
  --silent_;
  findings_ = loud;
  for (const Finding& first : quiet.all())
    return {first.location + ": " + first.message, first.location + ": " + first.message_ja};
  return {};
}

}  // namespace tasuki::fhir
