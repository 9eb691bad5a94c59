// Which role may do what to which type of resource: the role matrix, as a table (security.md 2.3).
// A role never widens what consent allows; it narrows it.
#pragma once

#include <string_view>
#include <vector>

#include "fhir/model/definitions.h"
#include "record/session.h"

namespace tasuki::record {

enum class Action : uint8_t { read, write };

bool may(Role role, Action action, std::string_view type);

// About no patient and shared by everybody: Organization, Practitioner, Medication ... An explicit
// list: whatever is not on it and names no patient stays with its own organisation
// (security.md 2.8, rule 2).
bool is_shared(std::string_view type);

std::string_view name_of(Role role);  // "doctor"
std::optional<Role> role_of(std::string_view name);
std::string_view name_of(Purpose purpose);  // v3-ActReason: "TREAT"

// The types of `asked` (empty: all) that the role may read.
std::vector<fhir::TypeId> readable(const fhir::Definitions& definitions, Role role,
                                   const std::vector<fhir::TypeId>& asked);

}  // namespace tasuki::record
