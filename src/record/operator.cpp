#include "record/operator.h"

#include "record/session/trace.h"

namespace tasuki::record {

Result<void> leave_operators_trace(Session& by, std::string_view what) {
  AuditEntry entry;
  entry.interaction = "operation";
  entry.action = 'E';
  entry.time = by.time();
  entry.detail = what;
  return leave_trace(inside(by.door()), by, entry);
}

}  // namespace tasuki::record
