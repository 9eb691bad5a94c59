// R4's own rules, down the whole document: invariants and bindings of the base types, extensions by
// their definitions, and for each resource the profiles it declares.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "fhir/validate/checker.h"
#include "fhir/validate/compare.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {
namespace {

constexpr int levels_max = 64;

bool is_relative(std::string_view url) {
  return !url.contains(':');
}

}  // namespace

void Checker::check(const json::Value& root) {
  const Place place{nullptr, root.text_of("resourceType"), -1};
  resource(root, place, nullptr, false);
}

// Where canonicals without a version are read: as a person asked, else as what contains the
// resource, else by the first declared profile that is known.
const PackageImage* Checker::package_for(const json::Value& value, const Scope* above) const {
  if (above != nullptr && above->package != nullptr) return above->package;
  if (!options_.package.empty()) {
    if (const auto id = parse_package_id(options_.package))
      if (const PackageImage* package = rulebook_.packages().package(*id)) return package;
  }
  const json::Value* meta = value.find("meta");
  const json::Value* declared = meta == nullptr ? nullptr : meta->find("profile");
  if (declared == nullptr) return nullptr;
  for (const json::Value& one : declared->items()) {
    const Profile* profile = rulebook_.profiles().find(one.text(), nullptr);
    if (profile != nullptr) return profile->package;
  }
  return nullptr;
}

void Checker::resource(const json::Value& value, const Place& place, const Scope* above,
                       bool is_contained) {
  const auto type = definitions_.resource_type(value.text_of("resourceType"));
  if (!type || depth_ >= levels_max) return;  // said by the structural walk
  ++depth_;
  const Scope scope{above, &value, *type, &place, is_contained, package_for(value, above)};
  object({nullptr, &value, *type, nullptr}, place, scope);
  declared(value, scope, place);
  special(value, place, scope);
  --depth_;
}

void Checker::declared(const json::Value& value, const Scope& scope, const Place& place) {
  const Instance one{&value, nullptr, scope.type, nullptr, place};
  if (scope.above == nullptr) {
    for (const std::string& canonical : options_.profiles) {
      const Profile* found = rulebook_.profiles().find(canonical, scope.package);
      asked(found, canonical, one, scope, place, Finding::Severity::error);
    }
  }
  const json::Value* meta = value.find("meta");
  const json::Value* list = meta == nullptr ? nullptr : meta->find("profile");
  if (list == nullptr || !options_.checks_declared) return;
  const Place meta_place{&place, "meta", -1};
  int index = 0;
  for (const json::Value& canonical : list->items()) {
    const Place at{&meta_place, "profile", index++};
    if (!canonical.is_string()) continue;
    const Profile* found = rulebook_.profiles().find(canonical.text(), scope.package);
    asked(found, canonical.text(), one, scope, at, options_.unknown_profile);
  }
}

void Checker::asked(const Profile* found, std::string_view canonical, const Instance& one,
                    const Scope& scope, const Place& place, Finding::Severity unknown) {
  if (found == nullptr) {
    // Installed, but of no use: its base is nowhere, or it contradicts what it is derived from.
    if (rulebook_.packages().find("StructureDefinition", canonical, scope.package)) {
      findings_->add(place, Problem::profile_unusable, {canonical}, Finding::Severity::error,
                     {.profile = canonical});
      return;
    }
    const std::string_view near =
        rulebook_.packages().nearest_url("StructureDefinition", canonical);
    findings_->add(place, Problem::profile_unknown,
                   {canonical, near.empty() ? "" : fmt::format(" Did you mean {}?", near),
                    near.empty() ? "" : fmt::format("{} ではありませんか。", near)},
                   unknown, {.profile = canonical});
    return;
  }
  if (!path::is_a(definitions_, one.type, found->type)) {
    findings_->add(place, Problem::profile_other_type,
                   {canonical, found->structure.type, definitions_.name(one.type)},
                   Finding::Severity::error, {.profile = canonical});
    return;
  }
  profile(*found, one, scope);
}

void Checker::object(const Holder& holder, const Place& place, const Scope& scope) {
  if (!holder.value->is_object() || depth_ >= levels_max || is_done()) return;
  ++depth_;
  const TypeRules& rules = rulebook_.profiles().rules(holder.type);
  if (rules.node != nullptr) {
    const Instance whole{holder.value, nullptr, holder.type, holder.element, place};
    invariants(*rules.node, {}, whole, scope);
  }
  for (const json::Member& one : holder.value->members())
    member(one, holder, rules, place, scope);
  --depth_;
}

// One member: each of its items with what stands beside it in "_name".
void Checker::member(const json::Member& one, const Holder& holder, const TypeRules& rules,
                     const Place& place, const Scope& scope) {
  std::string_view name = one.name;
  const bool is_sibling = name.starts_with('_');
  if (is_sibling) name.remove_prefix(1);
  const Element* element = definitions_.element(holder.type, name);
  if (element == nullptr) return;
  if (is_sibling && holder.value->find(name) != nullptr) return;  // comes with the value
  const bool is_primitive = definitions_.category(element->type) == Category::primitive;
  const json::Value* beside = is_sibling      ? &one.value
                              : !is_primitive ? nullptr
                                              : beside_member(*holder.value, name);
  const json::Value* main = is_sibling ? nullptr : &one.value;
  const auto at = static_cast<size_t>(element - definitions_.elements(holder.type).data());
  const PreparedNode* known = at < rules.elements.size() ? rules.elements[at] : nullptr;
  if (!element->is_array) {
    return this->element({main, beside, element->type, element, {&place, element->stem, -1}}, known,
                         holder, scope);
  }
  const auto items = main == nullptr ? std::span<const json::Value>() : main->items();
  const auto halves = beside == nullptr ? std::span<const json::Value>() : beside->items();
  for (size_t i = 0; i < std::max(items.size(), halves.size()) && !is_done(); ++i) {
    const json::Value* item = i < items.size() && !items[i].is_null() ? &items[i] : nullptr;
    const json::Value* half = i < halves.size() && !halves[i].is_null() ? &halves[i] : nullptr;
    if (item == nullptr && half == nullptr) continue;
    this->element(
        {item, half, element->type, element, {&place, element->stem, static_cast<int>(i)}}, known,
        holder, scope);
  }
}

void Checker::element(const Instance& one, const PreparedNode* rules, const Holder& holder,
                      const Scope& scope) {
  const Category category = definitions_.category(one.type);
  if (rules != nullptr) {
    // A backbone element's own rules are those of its type, which object() runs.
    if (category != Category::backbone) invariants(*rules, {}, one, scope);
    if (!one.element->binding.required) binding(*rules, {}, one, scope);
  }
  if (one.value != nullptr && category == Category::resource)
    return resource(*one.value, one.place, &scope, one.element->stem == "contained");
  if (one.value != nullptr && category != Category::primitive) {
    object({&holder, one.value, one.type, one.element}, one.place, scope);
    special_value(one, holder, scope);
    return;
  }
  if (options_.refuses_html && one.value != nullptr) embedded_html(one);
  if (one.sibling != nullptr)
    object({&holder, one.sibling, one.type, one.element}, one.place, scope);
}

void Checker::extension(const Instance& one, const Holder& holder, const Scope& scope) {
  const std::string_view url = one.value->text_of("url");
  if (url.empty()) return;
  const bool is_part = holder.type == one.type;  // of the extension around it
  if (is_part) part_of_extension(one, url, holder, scope);
  if (is_relative(url)) {
    if (!is_part) {
      findings_->add({&one.place, "url", -1}, Problem::extension_url_relative, {shown(url)},
                     Finding::Severity::error, {});
    }
    return;
  }
  const bool is_modifier = one.element->stem == "modifierExtension";
  const Profile* found = rulebook_.profiles().find(url, scope.package);
  if (found == nullptr || found->structure.type != "Extension") {
    const std::string_view near = rulebook_.packages().nearest_url("StructureDefinition", url);
    const bool helps = !near.empty() && near != url;
    const bool is_example = url.starts_with("http://example.org/");  // RFC 2606: nobody's
    findings_->add(
        one.place, is_modifier ? Problem::modifier_unknown : Problem::extension_unknown,
        {url, helps ? fmt::format(" Did you mean {}?", near) : "",
         helps ? fmt::format("{} ではありませんか。", near) : ""},
        is_modifier && !is_example ? Finding::Severity::error : Finding::Severity::warning);
    return;
  }
  profile(*found, one, scope);
  context(one, *found, holder);
}

// A complex extension has the parts that its definition names. defining-extensions.html
void Checker::part_of_extension(const Instance& one, std::string_view url, const Holder& holder,
                                const Scope& scope) {
  if (!is_relative(url)) return;
  const std::string_view whole = holder.value->text_of("url");
  const Profile* found =
      is_relative(whole) ? nullptr : rulebook_.profiles().find(whole, scope.package);
  const PreparedNode* list = found == nullptr ? nullptr : found->root.child("extension");
  if (list == nullptr || list->slices.empty()) return;
  std::string parts;
  for (const PreparedNode& slice : list->slices) {
    const PreparedNode* named = slice.child("url");
    const std::string_view name =
        named != nullptr && named->fixed.is_string() ? named->fixed.text() : slice.source->slice;
    if (name == url) return;
    parts += (parts.empty() ? "" : ", ") + std::string(name);
  }
  findings_->add(one.place, Problem::part_unknown, {shown(url), whole, parts},
                 Finding::Severity::error, {{}, whole});
}

// FHIR R4 defining-extensions.html#context
void Checker::context(const Instance& one, const Profile& profile, const Holder& holder) {
  const auto& contexts = profile.structure.contexts;
  if (contexts.empty()) return;
  const bool is_right = std::ranges::any_of(contexts, [&](const ExtensionContext& one_context) {
    return may_stand(one_context, holder);
  });
  if (is_right) return;
  std::string allowed;
  for (const ExtensionContext& other : contexts)
    allowed += (allowed.empty() ? "" : ", ") + other.expression;
  const std::string on = location_of(*one.place.above);
  findings_->add(one.place, Problem::extension_context, {profile.structure.url, on, allowed},
                 Finding::Severity::error, {.profile = profile.structure.url});
}

bool Checker::may_stand(const ExtensionContext& context, const Holder& holder) const {
  using Kind = ExtensionContext::Kind;
  if (context.kind == Kind::fhirpath) return true;  // not evaluated: it may be right
  if (context.kind == Kind::extension)
    return holder.value->text_of("url") ==
           context.expression.substr(0, context.expression.find('#'));
  std::string_view wanted = context.expression;
  if (wanted.ends_with("[x]")) wanted.remove_suffix(3);
  if (wanted == "Element") return true;  // R4's own extensions mean resources by it too
  // R4's own snapshots put structuredefinition-fhir-type on the type, not on its code.
  if (wanted == "ElementDefinition.type.code") wanted = "ElementDefinition.type";
  if (const auto type = definitions_.type(wanted)) {
    if (path::is_a(definitions_, holder.type, *type)) return true;
  }
  // "Patient.contact.name": the way down to the holder, from each object above it.
  std::string way;
  for (const Holder* at = &holder; at != nullptr; at = at->above) {
    if (at->element == nullptr) break;
    way = "." + std::string(at->element->stem) + way;
    if (at->above == nullptr) break;
    for (TypeId type = at->above->type; type != no_type; type = definitions_.parent(type)) {
      if (std::string(definitions_.name(type)) + way == wanted) return true;
    }
  }
  return false;
}

}  // namespace tasuki::fhir
