#include "fhir/validate/context.h"

#include <algorithm>

#include <fmt/core.h>

namespace tasuki::fhir {
namespace {

Error refused(Error::Kind kind, std::string message) {
  return {kind, std::move(message), "context"};
}

std::string without_slice(std::string_view step) {
  return std::string(step.substr(0, step.find(':')));
}

// As R4 itself binds it, through the types of the path: "Patient.address.use" ends in Address.
std::optional<Binding> binding_at(const Definitions& definitions, std::string_view path) {
  const size_t dot = path.find('.');
  auto type = definitions.type(path.substr(0, dot));
  if (!type || dot == std::string_view::npos) return std::nullopt;
  const Element* found = nullptr;
  for (path.remove_prefix(dot + 1); !path.empty();) {
    const size_t end = std::min(path.find('.'), path.size());
    std::string step = without_slice(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    if (step.ends_with("[x]")) step.resize(step.size() - 3);
    const auto elements = definitions.elements(*type);
    const auto is_it = [&](const Element& one) {
      return (one.stem == step || one.name == step) &&
             (!path.empty() || !one.is_choice || !one.binding.value_set.empty());
    };
    const auto place = std::ranges::find_if(elements, is_it);
    if (place == elements.end()) return std::nullopt;
    found = &*place;
    type = found->type;
  }
  return found->binding;
}

}  // namespace

Result<std::string> bound_value_set(const Rulebook& rulebook, std::string_view context) {
  const size_t mark = context.find('#');
  if (mark == std::string_view::npos)
    return refused(Error::Kind::invalid,
                   "context is [structure definition]#[element]: "
                   "http://hl7.org/fhir/StructureDefinition/Patient#Patient.gender");
  const std::string_view url = context.substr(0, mark), element = context.substr(mark + 1);
  const Profile* profile = rulebook.profiles().find(url, nullptr);
  if (profile == nullptr) {
    const auto near = rulebook.packages().nearest_url("StructureDefinition", url);
    return refused(Error::Kind::not_found, fmt::format("{} is in no installed package{}{}{}.", url,
                                                       near.empty() ? "" : "; did you mean ", near,
                                                       near.empty() ? "" : "?"));
  }
  const PreparedNode* node = Profiles::part(*profile, context);
  if (node != nullptr && !node->source->value_set.empty()) return node->source->value_set;
  const auto binding = binding_at(rulebook.definitions(), element);
  if (!binding && node == nullptr)
    return refused(Error::Kind::not_found, fmt::format("{} has no element \"{}\".", url, element));
  if (!binding || binding->value_set.empty())
    return refused(Error::Kind::not_found,
                   fmt::format("{} of {} is bound to no value set.", element, url));
  return std::string(binding->value_set);
}

}  // namespace tasuki::fhir
