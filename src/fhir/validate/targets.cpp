// What references point to: a contained resource, an entry of the bundle around, or something that
// is not here. FHIR R4 references.html, bundle.html#references.
#include <algorithm>

#include <fmt/core.h>

#include "fhir/validate/checker.h"
#include "fhir/validate/reference.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {
namespace {

// "http://server/fhir/Patient/1" -> "http://server/fhir/"; empty when it does not end in Type/id.
std::string_view base_of(std::string_view url) {
  const size_t last = url.rfind('/');
  if (last == std::string_view::npos || last == 0) return {};
  const size_t before = url.rfind('/', last - 1);
  return before == std::string_view::npos ? std::string_view() : url.substr(0, before + 1);
}

}  // namespace

const Checker::BundleIndex& Checker::index_of(const json::Value& bundle) {
  auto& index = bundles_[&bundle];
  if (index != nullptr) return *index;
  index = std::make_unique<BundleIndex>();
  const json::Value* entries = bundle.find("entry");
  for (const json::Value& entry :
       entries == nullptr ? std::span<const json::Value>() : entries->items()) {
    const json::Value* resource = entry.find("resource");
    if (resource == nullptr) continue;
    const std::string_view url = entry.text_of("fullUrl");
    if (!url.empty()) index->by_url[url].push_back(resource);
    index->url_of[resource] = url;
    const std::string_view id = resource->text_of("id");
    if (!id.empty()) {
      index->by_id[fmt::format("{}/{}", resource->text_of("resourceType"), id)].push_back(resource);
    }
  }
  return *index;
}

Checker::Target Checker::in_bundle(std::string_view reference, const Scope& scope) {
  // From the resource, or the container it is in, up to the nearest bundle.
  for (const Scope *inner = &scope, *at = scope.above; at != nullptr; inner = at, at = at->above) {
    if (at->resource->text_of("resourceType") != "Bundle") continue;
    const BundleIndex& index = index_of(*at->resource);
    std::string_view wanted = reference.substr(0, reference.find("/_history/"));
    const auto found_in = [&](const auto& map, const auto& key) -> const json::Value* {
      const auto found = map.find(key);
      return found == map.end() ? nullptr : found->second.front();
    };
    const json::Value* resource = found_in(index.by_url, wanted);
    if (resource == nullptr && shape_of(wanted).kind == ReferenceShape::Kind::relative) {
      const auto own = index.url_of.find(inner->resource);
      const std::string_view base =
          own == index.url_of.end() ? std::string_view() : base_of(own->second);
      const std::string absolute = std::string(base) + std::string(wanted);
      if (!base.empty()) resource = found_in(index.by_url, std::string_view(absolute));
      // Without a base of its own: by type and id, as most senders mean it.
      if (resource == nullptr) resource = found_in(index.by_id, std::string(wanted));
    }
    if (resource != nullptr) {
      const auto type = definitions_.resource_type(resource->text_of("resourceType"));
      return {resource, type.value_or(no_type), false, at};
    }
  }
  return {};
}

Checker::Target Checker::target(const json::Value& reference, const Scope& scope) {
  const std::string_view text =
      reference.is_string() ? reference.text() : reference.text_of("reference");
  const auto named = [&](std::string_view name) {
    return definitions_.resource_type(name).value_or(no_type);
  };
  if (text.empty()) return {nullptr, named(reference.text_of("type")), false, nullptr};
  if (text.starts_with('#')) {
    const Scope* container = &scope;
    while (container->is_contained && container->above != nullptr)
      container = container->above;
    if (text == "#") return {container->resource, container->type, false, container->above};
    const json::Value* list = container->resource->find("contained");
    for (const json::Value& one :
         list == nullptr ? std::span<const json::Value>() : list->items()) {
      if (one.text_of("id") == text.substr(1))
        return {&one, named(one.text_of("resourceType")), true, container};
    }
    return {};
  }
  if (const Target found = in_bundle(text, scope); found.resource != nullptr) return found;
  const ReferenceShape shape = shape_of(text);
  TypeId type = named(shape.type);
  if (type == no_type) type = named(reference.text_of("type"));
  return {nullptr, type, false, nullptr};
}

// What a profile asks of a reference: where its target lies, and which profile the target meets.
void Checker::targets(const PreparedNode& node, const Profile& profile, const Instance& one,
                      const Scope& scope) {
  const bool is_reference = definitions_.name(one.type) == "Reference";
  if (!is_reference || one.value == nullptr || !one.value->is_object()) return;
  const Source asks{node.source->id, profile.structure.url};
  uint8_t aggregation = 0;
  std::vector<std::string_view> wanted;
  for (const AllowedType& type : node.source->types) {
    if (type.code != "Reference") continue;
    if (type.targets.empty() && type.aggregation == 0) return;
    aggregation |= type.aggregation;
    wanted.insert(wanted.end(), type.targets.begin(), type.targets.end());
  }
  const std::string_view text = one.value->text_of("reference");
  const Target found = target(*one.value, scope);
  if (aggregation != 0 && !text.empty()) {
    const uint8_t is = text.starts_with('#')       ? AllowedType::contained
                       : found.resource != nullptr ? AllowedType::bundled
                                                   : AllowedType::referenced;
    // A reference into the bundle is a reference all the same.
    const bool is_right = (aggregation & is) != 0 || (is == AllowedType::bundled &&
                                                      (aggregation & AllowedType::referenced) != 0);
    if (!is_right) {
      const auto words = [](uint8_t bits) {
        std::string all;
        for (const auto& [bit, word] : {std::pair(AllowedType::contained, "contained"),
                                        {AllowedType::referenced, "referenced"},
                                        {AllowedType::bundled, "bundled"}}) {
          if ((bits & bit) != 0) all += (all.empty() ? "" : ", ") + std::string(word);
        }
        return all;
      };
      findings_->add(one.place, Problem::aggregation, {shown(text), words(is), words(aggregation)},
                     Finding::Severity::error, asks);
    }
  }
  if (wanted.empty() || found.type == no_type) return;
  std::string names;
  const Profile* last = nullptr;
  for (const std::string_view canonical : wanted) {
    const Profile* other = rulebook_.profiles().find(canonical, profile.package);
    if (other == nullptr) return;  // not installed: it may be met
    names += (names.empty() ? "" : ", ") + other->structure.name;
    if (!path::is_a(definitions_, found.type, other->type)) continue;
    if (found.resource == nullptr || !other->structure.is_constraint) return;
    last = other;
    const Place* const place = &one.place;
    const Scope inner{found.above, found.resource,     found.type,
                      place,       found.is_contained, scope.package};
    if (conforms(*other,
                 {found.resource,
                  nullptr,
                  found.type,
                  nullptr,
                  {nullptr, definitions_.name(found.type), -1}},
                 inner))
      return;
  }
  if (last == nullptr) {
    findings_->add(one.place, Problem::wrong_target, {definitions_.name(found.type), names},
                   Finding::Severity::error, asks);
    return;
  }
  if (is_silent()) {
    findings_->add(one.place, Problem::target_profile, {shown(text), names, "", ""},
                   Finding::Severity::error, asks);
    return;
  }
  const Scope inner{found.above, found.resource,     found.type,
                    &one.place,  found.is_contained, scope.package};
  const Why why = why_not(
      *last,
      {found.resource, nullptr, found.type, nullptr, {nullptr, definitions_.name(found.type), -1}},
      inner);
  findings_->add(one.place, Problem::target_profile,
                 {shown(text), names, why.english, why.japanese}, Finding::Severity::error, asks);
}

}  // namespace tasuki::fhir
