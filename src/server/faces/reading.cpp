#include "server/faces/reading.h"

#include "server/faces/chart.h"

namespace tasuki::server::faces {
namespace {

// An infusion's parts stand in a contained Medication.
std::string contained_text(const json::Value& request) {
  const json::Value* ingredients = value_at(request, {"contained", "ingredient"});
  if (ingredients == nullptr)
    return std::string(concept_text(value_at(request, {"contained", "code"})));
  std::string text;
  for (const json::Value& ingredient : ingredients->items()) {
    if (!text.empty()) text += " + ";
    text += concept_text(ingredient.find("itemCodeableConcept"));
  }
  return text;
}

}  // namespace

std::string medicine_text(const json::Value& request) {
  const std::string_view text = concept_text(request.find("medicationCodeableConcept"));
  if (!text.empty()) return std::string(text);
  const std::string contained = contained_text(request);
  return contained.empty() ? std::string(text_at(request, {"medicationReference", "display"}))
                           : contained;
}

std::string value_text(const json::Value& observation) {
  if (const json::Value* quantity = observation.find("valueQuantity"); quantity != nullptr)
    return std::string(quantity->text_of("comparator")) +
           std::string(text_at(*quantity, {"value"}));
  for (const std::string_view name : {"valueString", "valueInteger", "valueDateTime"})
    if (const json::Value* value = observation.find(name); value != nullptr)
      return std::string(value->text());
  if (const json::Value* coded = observation.find("valueCodeableConcept"); coded != nullptr)
    return std::string(concept_text(coded));
  return std::string(concept_text(observation.find("dataAbsentReason")));
}

}  // namespace tasuki::server::faces
