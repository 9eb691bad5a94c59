#include "fhir/search/defined.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fhir/search/criterion.h"
#include "fhir/search/plan.h"

namespace tasuki::fhir::search {
namespace {

constexpr std::array<std::string_view, 8> parameter_types = {
    "number", "date", "string", "token", "reference", "composite", "quantity", "uri"};

Error refused(std::string_view element, std::string message) {
  return {Error::Kind::invalid, std::move(message), "SearchParameter." + std::string(element)};
}

Result<std::string> text_of(const json::Value& resource, std::string_view element) {
  const auto text = resource.text_of(element);
  if (!text.empty()) return std::string(text);
  return refused(element,
                 fmt::format("A SearchParameter that is to be answered needs {}.", element));
}

// The letters that a parameter of a URL may have without being taken for something else.
Result<void> check_code(std::string_view code) {
  const bool is_plain = std::ranges::all_of(code, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (is_plain) return {};
  return refused("code", fmt::format("The code '{}' may have only A-Z a-z 0-9 - and _.", code));
}

Result<std::vector<TypeId>> types_named(const Definitions& definitions, const json::Value& resource,
                                        std::string_view element, bool may_be_abstract) {
  std::vector<TypeId> found;
  const auto* names = resource.find(element);
  if (names == nullptr) return found;
  std::vector<std::string_view> known;
  for (const auto type : definitions.resource_types())
    known.push_back(definitions.name(type));
  for (const auto& each : names->items()) {
    const auto name = each.text();
    const bool is_abstract = may_be_abstract && (name == "Resource" || name == "DomainResource");
    const auto type = is_abstract ? definitions.type(name) : definitions.resource_type(name);
    if (!type)
      return no_such("resource type", name, known, " in SearchParameter." + std::string(element));
    found.push_back(*type);
  }
  return found;
}

Result<std::vector<AddedParameter::Part>> parts_of(const Definitions& definitions,
                                                   const json::Value& resource) {
  std::vector<AddedParameter::Part> parts;
  const auto* components = resource.find("component");
  if (components == nullptr || components->items().size() < 2)
    return refused("component", "A composite has two components or more.");
  for (const auto& each : components->items()) {
    const auto url = each.text_of("definition");
    const auto all = definitions.search_parameters();
    const auto part = std::ranges::find(all, url, &SearchParameter::url);
    if (part == all.end() || part->type == ParameterType::composite) {
      return refused(
          "component.definition",
          fmt::format("{} is no search parameter of FHIR R4 that may be part of another.", url));
    }
    parts.push_back({std::string(url), std::string(each.text_of("expression"))});
  }
  return parts;
}

// The concrete parameter_types it is asked of; of Resource, all.
std::vector<TypeId> concrete(const Definitions& definitions, const std::vector<TypeId>& bases) {
  std::vector<TypeId> all;
  for (const auto base : bases) {
    if (!definitions.is_abstract(base)) all.push_back(base);
    for (const auto type : definitions.resource_types()) {
      if (definitions.is_abstract(base) && path::is_a(definitions, type, base)) all.push_back(type);
    }
  }
  return all;
}

Result<void> check_free(const Definitions& definitions, const AddedParameter& parameter,
                        Beside beside) {
  const size_t of_image = definitions.search_parameters().size();
  for (const auto type : concrete(definitions, parameter.bases)) {
    const auto* taken = definitions.search_parameter(type, parameter.code);
    if (taken == nullptr || taken->url == parameter.url) continue;
    if (beside == Beside::image && taken->number >= of_image) continue;
    return refused("code",
                   fmt::format("{} has a search parameter '{}' already, {}; choose another code.",
                               definitions.name(type), parameter.code, taken->url));
  }
  return {};
}

// Compiled as it will be, on each type, alone.
Result<void> check_expression(const Definitions& definitions, const AddedParameter& parameter) {
  std::vector<Component> components;
  for (const auto& part : parameter.parts)
    components.push_back({part.definition, part.expression});
  const SearchParameter alone{.number = UINT32_MAX,
                              .url = parameter.url,
                              .code = parameter.code,
                              .expression = parameter.expression,
                              .type = parameter.type,
                              .bases = parameter.bases,
                              .targets = parameter.targets,
                              .components = components};
  const Converter converter(definitions);
  bool leads_somewhere = false;
  std::string reason;
  for (const auto type : concrete(definitions, parameter.bases)) {
    const Plan plan(definitions, converter, type, alone);
    if (!plan.gaps().empty()) {
      reason = plan.gaps().front().reason;
      continue;
    }
    if (const auto data = plan.misfit(alone)) {
      return refused(
          "expression",
          fmt::format("'{}' leads to {}, which parameters of the type {} do not work on.",
                      parameter.expression, *data,
                      parameter_types[static_cast<size_t>(parameter.type)]));
    }
    leads_somewhere = leads_somewhere || plan.finds_something();
  }
  if (leads_somewhere) return {};
  return refused("expression",
                 fmt::format("'{}' {}.", parameter.expression,
                             reason.empty() ? "starts with none of the bases" : reason));
}

}  // namespace

Result<AddedParameter> read_parameter(const Definitions& definitions, const json::Value& resource,
                                      Beside beside) {
  AddedParameter parameter;
  parameter.url = TRY(text_of(resource, "url"));
  parameter.code = TRY(text_of(resource, "code"));
  TRY(check_code(parameter.code));
  const auto type = TRY(text_of(resource, "type"));
  const auto known = std::ranges::find(parameter_types, type);
  if (known == parameter_types.end())
    return refused("type", fmt::format("Parameters of the type '{}' cannot be added.", type));
  parameter.type = static_cast<ParameterType>(known - parameter_types.begin());
  parameter.bases = TRY(types_named(definitions, resource, "base", true));
  if (parameter.bases.empty())
    return refused("base", "A SearchParameter that is to be answered needs base.");
  parameter.targets = TRY(types_named(definitions, resource, "target", true));
  parameter.expression = TRY(text_of(resource, "expression"));
  if (parameter.type == ParameterType::composite)
    parameter.parts = TRY(parts_of(definitions, resource));
  TRY(check_free(definitions, parameter, beside));
  TRY(check_expression(definitions, parameter));
  return parameter;
}

bool is_active(const Definitions& definitions, const json::Value& resource) {
  if (resource.text_of("status") == "retired") return false;
  const auto expression = resource.text_of("expression");
  const auto says_the_same = [&](const SearchParameter& one) {
    return one.url == resource.text_of("url") ||
           (one.code == resource.text_of("code") && one.expression.ends_with(expression) &&
            (one.expression.size() == expression.size() ||
             one.expression == "Resource." + std::string(expression)));
  };
  return std::ranges::none_of(definitions.search_parameters(), says_the_same);
}

}  // namespace tasuki::fhir::search
