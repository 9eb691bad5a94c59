#include "server/api/subset.h"

#include <algorithm>

#include "json/parse.h"
#include "json/print.h"

namespace tasuki::server::api {
namespace {

using fhir::search::Query;
using fhir::search::Summary;

constexpr std::string_view tag_system = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";

bool is_always_kept(std::string_view name) {
  return name == "resourceType" || name == "id" || name == "meta";
}

class Subset {
 public:
  Subset(const fhir::Definitions& definitions, const Query& query)
      : definitions_(definitions), query_(query) {}

  std::string of(std::string body) {
    auto document = json::parse(body);
    const auto type = document ? definitions_.resource_type(document->root.text_of("resourceType"))
                               : std::nullopt;
    if (!type) return body;
    if (query_.summary == Summary::yes) {
      summarise(*type, document->root, true);
    } else {
      keep(document->root, [&](std::string_view name) { return is_kept(*type, name); });
    }
    add_tag(*document);
    return json::print(document->root);
  }

 private:
  // "_status" carries what "status" cannot: they go together. json.html#primitive
  static std::string_view base(std::string_view name) {
    return name.starts_with('_') ? name.substr(1) : name;
  }

  static void keep(json::Value& object, auto&& wanted) {
    std::vector<std::string> dropped;
    for (const auto& member : object.members())
      if (!wanted(base(member.name))) dropped.emplace_back(member.name);
    for (const auto& name : dropped)
      object.remove(name);
  }

  // Mandatory elements, and those that change what the others mean.
  bool must_stay(const fhir::Element& element) const {
    return element.min > 0 || element.is_modifier;
  }

  bool is_kept(fhir::TypeId type, std::string_view name) const {
    if (is_always_kept(name)) return true;
    const auto* element = definitions_.element(type, name);
    if (element == nullptr) return false;
    if (query_.summary == Summary::data) return name != "text";
    if (query_.summary == Summary::text) return name == "text" || element->min > 0;
    return must_stay(*element) ||
           std::ranges::any_of(query_.elements, [&](std::string_view wanted) {
             return wanted == element->stem || wanted == element->name;
           });
  }

  // The elements that their definition marks for a summary, at every depth: a summary of a
  // CodeSystem has no concepts, one of a Questionnaire no items.
  void summarise(fhir::TypeId type, json::Value& object, bool is_resource) {
    keep(object, [&](std::string_view name) {
      if (is_resource && is_always_kept(name)) return true;
      const auto* element = definitions_.element(type, name);
      if (element == nullptr) return !is_resource;  // id, extension, resourceType of an inner one
      return element->is_summary || (is_resource && element->min > 0);
    });
    for (auto& member : object.members()) {
      const auto* element = definitions_.element(type, member.name);
      if (element == nullptr || definitions_.category(element->type) != fhir::Category::backbone)
        continue;
      if (member.value.is_object()) summarise(element->type, member.value, false);
      for (auto& item : member.value.items())
        if (item.is_object()) summarise(element->type, item, false);
    }
  }

  static void add_tag(json::Document& document) {
    auto& arena = document.arena;
    auto* meta = document.root.find("meta");
    if (meta == nullptr) meta = &document.root.set(arena, "meta", json::Value::object());
    auto* tags = meta->find("tag");
    if (tags == nullptr) tags = &meta->set(arena, "tag", json::Value::array());
    const bool has_it = std::ranges::any_of(tags->items(), [](const json::Value& tag) {
      return tag.text_of("code") == "SUBSETTED" && tag.text_of("system") == tag_system;
    });
    if (has_it) return;
    auto& tag = tags->push(arena, json::Value::object());
    tag.set(arena, "system", json::Value::string(arena, tag_system));
    tag.set(arena, "code", json::Value::string(arena, "SUBSETTED"));
  }

  const fhir::Definitions& definitions_;
  const Query& query_;
};

}  // namespace

bool is_whole(const Query& query) {
  return query.elements.empty() &&
         (query.summary == Summary::no || query.summary == Summary::count);
}

std::string subset(const fhir::Definitions& definitions, const Query& query, std::string body,
                   bool included) {
  if (is_whole(query) || (included && !query.elements.empty())) return body;
  return Subset(definitions, query).of(std::move(body));
}

}  // namespace tasuki::server::api
