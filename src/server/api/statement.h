// What this server says of itself, from the tables by which it routes. FHIR R4
// capabilitystatement.html, operationdefinition.html; OpenAPI 3.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/api/call.h"

namespace tasuki::server::api {

struct Operation;

std::string_view operation_id(const Operation& operation);  // of its definition: "Resource-meta"

// The OperationDefinition with the id; nothing when no operation has it.
std::optional<std::string> operation_definition(std::string_view id);

// Of a search parameter, by fhir::ParameterType.
std::string_view parameter_type_name(fhir::ParameterType type);

}  // namespace tasuki::server::api
