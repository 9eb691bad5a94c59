// Search parameters and the patient compartment. FHIR R4 searchparameter.html,
// compartmentdefinition.html.
#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "fhir/model/definitions.h"
#include "fhir/package/parts.h"

namespace tasuki::fhir {
namespace {

constexpr std::pair<std::string_view, ParameterType> parameter_types[] = {
    {"number", ParameterType::number},       {"date", ParameterType::date},
    {"string", ParameterType::string},       {"token", ParameterType::token},
    {"reference", ParameterType::reference}, {"composite", ParameterType::composite},
    {"quantity", ParameterType::quantity},   {"uri", ParameterType::uri},
    {"special", ParameterType::special},
};

std::vector<uint16_t> numbers_of(const json::Value* names, const TypeNumbers& types) {
  std::vector<uint16_t> numbers;
  if (names == nullptr) return numbers;
  for (const json::Value& name : names->items()) {
    if (const auto number = types.find(name.text())) numbers.push_back(*number);
  }
  return numbers;
}

Result<image::Parameter> parameter_of(const json::Value& source, const TypeNumbers& types,
                                      ImageWriter& writer) {
  const std::string_view type = source.text_of("type");
  const auto* known =
      std::ranges::find(parameter_types, type, &std::pair<std::string_view, ParameterType>::first);
  if (known == std::end(parameter_types)) {
    return Error{Error::Kind::invalid,
                 fmt::format("The search parameter type \"{}\" is not defined.", type),
                 std::string(source.text_of("url"))};
  }
  image::Parameter parameter{
      .url = writer.text(source.text_of("url")),
      .code = writer.text(source.text_of("code")),
      .expression = writer.text(source.text_of("expression")),
      .bases = writer.type_numbers(numbers_of(source.find("base"), types)),
      .targets = writer.type_numbers(numbers_of(source.find("target"), types)),
      .components = {static_cast<uint32_t>(writer.components.size()), 0},
      .type = static_cast<uint32_t>(known->second)};
  if (const json::Value* components = source.find("component")) {
    for (const json::Value& component : components->items()) {
      writer.components.push_back({.definition = writer.text(component.text_of("definition")),
                                   .expression = writer.text(component.text_of("expression"))});
      ++parameter.components.count;
    }
  }
  return parameter;
}

// A resource has its own parameters and those of the types it specialises; by code, for binary
// search.
void list_parameters(uint16_t resource, ImageWriter& writer) {
  std::vector<uint32_t> found;
  for (uint16_t type = resource; type != image::none; type = writer.types[type].parent) {
    for (uint32_t number = 0; number < writer.parameters.size(); ++number) {
      const image::Run bases = writer.parameters[number].bases;
      const auto first = writer.type_numbers_all.begin() + bases.first;
      if (std::find(first, first + bases.count, type) != first + bases.count)
        found.push_back(number);
    }
  }
  std::ranges::sort(found, {},
                    [&](uint32_t number) { return writer.view(writer.parameters[number].code); });
  writer.types[resource].parameters = {static_cast<uint32_t>(writer.parameter_lists.size()),
                                       static_cast<uint32_t>(found.size())};
  writer.parameter_lists.insert(writer.parameter_lists.end(), found.begin(), found.end());
}

}  // namespace

Result<size_t> compile_search(const Resources& parameters, const TypeNumbers& types,
                              ImageWriter& writer) {
  for (const json::Value* source : parameters) {
    if (!source->text_of("url").starts_with("http://hl7.org/fhir/SearchParameter/"))
      continue;  // not R4's own
    writer.parameters.push_back(TRY(parameter_of(*source, types, writer)));
  }
  for (size_t type = 0; type < writer.types.size(); ++type) {
    const bool is_resource =
        writer.types[type].category == static_cast<uint8_t>(Category::resource);
    if (is_resource)
      list_parameters(static_cast<uint16_t>(type),
                      writer);  // Resource's own: for searches over all types
  }
  return writer.parameters.size();
}

Result<size_t> compile_compartment(const json::Value& compartment, const TypeNumbers& types,
                                   ImageWriter& writer) {
  const json::Value* resources = compartment.find("resource");
  if (resources == nullptr)
    return Error{Error::Kind::invalid, "The compartment lists no resource.", "resource"};
  for (const json::Value& resource : resources->items()) {
    const auto number = types.find(resource.text_of("code"));
    const json::Value* codes = resource.find("param");
    if (!number || codes == nullptr) continue;
    writer.types[*number].links = {static_cast<uint32_t>(writer.links.size()),
                                   static_cast<uint32_t>(codes->size())};
    for (const json::Value& code : codes->items())
      writer.links.push_back(writer.text(code.text()));
  }
  return writer.links.size();
}

}  // namespace tasuki::fhir
