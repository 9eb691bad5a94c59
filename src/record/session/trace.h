// Leaves the audit trace of a read before its answer leaves (law 1).
#pragma once

#include "record/inside.h"

namespace tasuki::record {

// The patients a version is about, as a trace names them; empty when about none or not about one
// alone.
Result<std::string> patient_of(Inside& inside, store::Reader& reader,
                               const store::Version& version);

inline Result<void> leave_trace(Inside& inside, const Session& session, const AuditEntry& entry) {
  return inside.audit().append(print(entry, session.principal(), session.purpose()), entry.time);
}

// What a role or another organisation's responsibility forbids is traced as refused, too.
inline Error traced(Inside& inside, const Session& session, std::string_view interaction,
                    Error refusal) {
  if (refusal.kind != Error::Kind::forbidden) return refusal;
  AuditEntry entry;
  entry.interaction = interaction;
  entry.outcome = '4';
  entry.time = session.time();
  entry.detail = refusal.message;
  auto left = leave_trace(inside, session, entry);
  return left ? refusal : std::move(left).error();
}

std::string reference_of(const Inside& inside,
                         const store::Version& version);  // "Observation/o1/_history/2"

}  // namespace tasuki::record
