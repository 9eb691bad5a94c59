#include "fhir/terminology/operation/status.h"

#include <algorithm>

namespace tasuki::fhir::terminology {
namespace {

constexpr std::string_view core = "http://hl7.org/fhir/StructureDefinition/";

const json::Value* extension(const json::Value& element, std::string_view name) {
  const json::Value* list = element.find("extension");
  if (list == nullptr) return nullptr;
  for (const json::Value& one : list->items()) {
    const std::string_view url = one.text_of("url");
    if (url.starts_with(core) && url.substr(core.size()) == name) return &one;
  }
  return nullptr;
}

bool is_experimental(const json::Value& resource) {
  const json::Value* flag = resource.find("experimental");
  return flag != nullptr && flag->boolean();
}

// Work in progress that stands on work in progress is nothing to report.
std::string_view word_of(const json::Value& resource, const json::Value* source) {
  if (const std::string_view word = standards_status(resource); !word.empty()) return word;
  const std::string_view status = resource.text_of("status");
  if (status == "retired") return "retired";
  if (is_experimental(resource) && (source == nullptr || !is_experimental(*source)))
    return "experimental";
  if (status == "draft" && (source == nullptr || source->text_of("status") != "draft"))
    return "draft";
  return {};
}

void add(std::vector<Standing>& all, std::string_view word, std::string_view type,
         std::string canonical) {
  if (word.empty()) return;
  const bool known = std::ranges::any_of(
      all, [&](const Standing& one) { return one.canonical == canonical && one.type == type; });
  if (!known) all.push_back({word, type, std::move(canonical)});
}

void add_set(std::vector<Standing>& all, const Composed& set, const json::Value* source) {
  add(all, word_of(*set.resource, source), "ValueSet", set.canonical());
  for (const auto* parts : {&set.includes, &set.excludes})
    for (const Part& part : *parts)
      for (const Composed* inner : part.sets)
        if (inner != nullptr) add_set(all, *inner, source);
}

}  // namespace

std::string_view standards_status(const json::Value& element) {
  const json::Value* one = extension(element, "structuredefinition-standards-status");
  if (one == nullptr) return {};
  const std::string_view code = one->text_of("valueCode");
  return code == "deprecated" || code == "withdrawn" ? code : std::string_view();
}

bool is_marked_deprecated(const json::Value& listed) {
  if (standards_status(listed) == "deprecated") return true;
  const json::Value* one = extension(listed, "valueset-deprecated");
  if (one == nullptr) return false;
  const json::Value* flag = one->find("valueBoolean");
  return (flag != nullptr && flag->boolean()) || one->text_of("valueCode") == "true";
}

std::vector<Standing> standings_of(const Composed* set, const CodeSystem* system) {
  std::vector<Standing> all;
  const json::Value* source = set == nullptr ? nullptr : set->resource;
  if (system != nullptr)
    add(all, word_of(system->resource(), source), "CodeSystem", system->canonical());
  if (set != nullptr) add_set(all, *set, source);
  return all;
}

}  // namespace tasuki::fhir::terminology
