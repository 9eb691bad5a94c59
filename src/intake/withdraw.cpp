#include "intake/withdraw.h"

namespace tasuki::intake {
namespace {

using json::Value;

// {"coding": [{"system": ..., "code": "entered-in-error"}]}
Value entered_in_error(json::Arena& arena, std::string_view system) {
  Value coding = Value::object();
  coding.append(arena, "system", Value::string(arena, system));
  coding.append(arena, "code", Value::string(arena, "entered-in-error"));
  Value codings = Value::array();
  codings.push(arena, coding);
  Value made = Value::object();
  made.append(arena, "coding", codings);
  return made;
}

void withdraw(json::Arena& arena, std::string_view type, Value& resource) {
  if (type == "Condition" || type == "AllergyIntolerance") {
    // con-5 and ait-2: an entry in error has no clinical status.
    resource.remove("clinicalStatus");
    resource.set(
        arena, "verificationStatus",
        entered_in_error(
            arena, type == "Condition"
                       ? "http://terminology.hl7.org/CodeSystem/condition-ver-status"
                       : "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"));
  } else if (type == "Patient") {
    resource.set(arena, "active", Value::boolean(false));
  } else if (resource.find("status") != nullptr) {
    resource.set(arena, "status", Value::string(arena, "entered-in-error"));
  }
}

}  // namespace

void withdraw(const fhir::Definitions& definitions, Converted& converted) {
  for (Made& made : converted.resources) {
    if (!made.ensure) withdraw(definitions, *converted.arena, made);
  }
}

void withdraw(const fhir::Definitions& definitions, json::Arena& arena, Made& made) {
  withdraw(arena, definitions.name(made.type), made.resource);
}

}  // namespace tasuki::intake
