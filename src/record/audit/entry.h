// One audit event: who did what to which data of whom, when, for what purpose, with what outcome.
// Shape: FHIR R4 AuditEvent as IHE BALP lays it out (security.md 4.1), one compact JSON object.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "record/session.h"

namespace tasuki::record {

struct AuditEntry {
  std::string_view
      interaction;     // restful-interaction: "read", "search-type", "create"; or "login", "logout"
  char action = 'R';   // C R U D, and E for a search
  char outcome = '0';  // 0 success, 4 refused to this reader, 8 failed
  Instant time;
  std::vector<std::string> what;      // "Observation/o1/_history/2"
  std::vector<std::string> patients;  // "Patient/p1"
  std::string_view query;             // of a search, as understood; kept base64
  size_t count = 0;                   // resources returned
  std::string_view detail;            // why it was refused, which rule
};

std::string print(const AuditEntry& entry, const Principal& principal, Purpose purpose);

}  // namespace tasuki::record
