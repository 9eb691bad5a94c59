// A bundle as a whole: full URLs, references between entries, and what documents and search results
// must hold. FHIR R4 bundle.html#references, documents.html, search.html.
#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "fhir/validate/checker.h"
#include "fhir/validate/reference.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {
namespace {

using Severity = Finding::Severity;

bool is_absolute(std::string_view url) {
  const auto kind = shape_of(url).kind;
  return kind == ReferenceShape::Kind::absolute || kind == ReferenceShape::Kind::urn;
}

std::string_view version_of(const json::Value& resource) {
  const json::Value* meta = resource.find("meta");
  return meta == nullptr ? std::string_view() : meta->text_of("versionId");
}

std::span<const json::Value> items_in(const json::Value& value, std::string_view name) {
  const json::Value* list = value.find(name);
  return list == nullptr ? std::span<const json::Value>() : list->items();
}

}  // namespace

void Checker::bundle(const json::Value& value, const Place& place, const Scope&) {
  const std::string_view type = value.text_of("type");
  const bool is_request = type == "transaction" || type == "batch";
  int at = 0;
  for (const json::Value& entry : items_in(value, "entry")) {
    const Place here{&place, "entry", at++};
    const std::string_view url = entry.text_of("fullUrl");
    const json::Value* resource = entry.find("resource");
    if (url.empty() || resource == nullptr) continue;
    const Place url_place{&here, "fullUrl", -1};
    if (!is_absolute(url)) {
      findings_->add(url_place, Problem::full_url_relative, {shown(url)}, Severity::error, {});
      continue;
    }
    // The id of a RESTful address is the resource's id. bundle.html#bundle-unique
    const ReferenceShape shape = shape_of(url);
    const std::string_view id = resource->text_of("id");
    if (shape.type != resource->text_of("resourceType") || shape.id.empty()) continue;
    if (id.empty() && !is_request) {
      findings_->add(url_place, Problem::full_url_without_id, {shown(url)}, Severity::error, {});
    } else if (!id.empty() && shape.id != id) {
      findings_->add(url_place, Problem::full_url_id, {shown(url), id}, Severity::warning, {});
    }
  }
  if (type == "searchset") search_set(value, place);
}

void Checker::search_set(const json::Value& value, const Place& place) {
  std::set<std::string_view> relations;
  int at = 0;
  for (const json::Value& link : items_in(value, "link")) {
    const Place here{&place, "link", at++};
    const std::string_view relation = link.text_of("relation");
    if (!relations.insert(relation).second)
      findings_->add(here, Problem::link_twice, {relation}, Severity::error, {});
  }
  at = 0;
  for (const json::Value& entry : items_in(value, "entry")) {
    const Place here{&place, "entry", at++};
    const json::Value *resource = entry.find("resource"), *search = entry.find("search");
    if (resource == nullptr) continue;
    const std::string_view mode = search == nullptr ? std::string_view() : search->text_of("mode");
    const std::string_view type = resource->text_of("resourceType");
    const Place resource_place{&here, "resource", -1};
    if (mode == "outcome" && type != "OperationOutcome")
      findings_->add(resource_place, Problem::outcome_expected, {type}, Severity::error, {});
    if (mode != "outcome" && type != "OperationOutcome" && resource->text_of("id").empty())
      findings_->add(resource_place, Problem::search_id_missing, {}, Severity::error, {});
  }
}

// A reference from one entry to another, by the strict rule: an absolute address as it stands, a
// relative one with the base of the entry's own fullUrl.
void Checker::reference_in_bundle(const Instance& one, const Scope& scope) {
  const std::string_view text = one.value->text_of("reference");
  const Scope* entry = &scope;
  while (entry->is_contained && entry->above != nullptr)
    entry = entry->above;
  const Scope* around = entry->above;
  const bool is_in_bundle =
      around != nullptr && around->resource->text_of("resourceType") == "Bundle";
  if (!is_in_bundle || text.empty() || text.starts_with('#')) return;
  const BundleIndex& index = index_of(*around->resource);
  const Place here{&one.place, "reference", -1};
  const size_t history = text.find("/_history/");
  const std::string_view plain = text.substr(0, history);
  const ReferenceShape shape = shape_of(plain);
  std::string wanted(plain);
  if (shape.kind == ReferenceShape::Kind::relative) {
    const auto own = index.url_of.find(entry->resource);
    const ReferenceShape own_shape =
        own == index.url_of.end() ? ReferenceShape{} : shape_of(own->second);
    if (!own_shape.id.empty()) {
      const size_t tail = own_shape.type.size() + 1 + own_shape.id.size();
      wanted = std::string(own->second.substr(0, own->second.size() - tail)) + wanted;
    }
  }
  const auto found = index.by_url.find(wanted);
  const bool is_composition = around->resource->text_of("type") == "document" &&
                              entry->resource->text_of("resourceType") == "Composition" &&
                              !scope.is_contained;
  const std::string_view bundle_type = around->resource->text_of("type");
  if (found == index.by_url.end()) {
    // "Practitioner/<uuid>" where the bundle has urn:uuid:<uuid>: meant, but of another type.
    const std::string uuid = fmt::format("urn:uuid:{}", shape.id);
    const auto same_uuid = index.by_url.find(std::string_view(uuid));
    if (!shape.id.empty() && same_uuid != index.by_url.end()) {
      const std::string_view is = same_uuid->second.front()->text_of("resourceType");
      if (is != shape.type)
        findings_->add(here, Problem::target_type_differs, {shown(text), is}, Severity::error, {});
    }
    if (is_composition) {
      findings_->add(here, Problem::not_in_bundle, {shown(text), "document", "文書"},
                     Severity::error, {});
    }
    return;
  }
  std::vector<const json::Value*> matches = found->second;
  if (history != std::string_view::npos) {
    const std::string_view version = text.substr(history + std::string_view("/_history/").size());
    std::erase_if(matches, [&](const json::Value* other) { return version_of(*other) != version; });
    if (matches.empty() && bundle_type == "document")
      findings_->add(here, Problem::version_not_in_bundle, {shown(text)}, Severity::error, {});
  } else if (matches.size() > 1 && bundle_type != "history") {
    findings_->add(here, Problem::ambiguous_reference, {shown(text)}, Severity::error, {});
  }
  if (matches.empty() || shape.type.empty()) return;
  const std::string_view type = matches.front()->text_of("resourceType");
  if (definitions_.resource_type(shape.type) && type != shape.type)
    findings_->add(here, Problem::target_type_differs, {shown(text), type}, Severity::error, {});
}

}  // namespace tasuki::fhir
