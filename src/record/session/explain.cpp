// Session: how a search is answered, for whoever asks why it is slow. It is run as it would be, for
// the same reader; the numbers are of records looked at, not of records shown.
#include "record/finder.h"
#include "record/session/trace.h"

namespace tasuki::record {

Result<std::vector<SearchStep>> Session::explain(const fhir::search::Query& query) {
  Inside& inside = record::inside(door_);
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  Finder finder(inside, *reader, access, principal_.role);
  Finder::Limits limits;
  limits.count = std::min(query.count.value_or(page_count_default), fhir::search::count_max);
  limits.with_total = query.total != fhir::search::Total::none;
  limits.explains = true;
  const auto page = finder.page(query, limits);
  if (!page) return traced(inside, *this, "search-type", page.error());

  AuditEntry entry;
  entry.interaction = "search-type";
  entry.action = 'E';
  entry.time = time_;
  entry.query = query.self;
  TRY(leave_trace(inside, *this, entry));
  std::vector<SearchStep> steps;
  for (const auto& step : page->steps)
    steps.push_back({step.part, step.by, step.expected, step.looked_at});
  return steps;
}

}  // namespace tasuki::record
