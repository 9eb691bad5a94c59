// Requests with "Prefer: respond-async": accepted at once, run on threads of their own, asked for
// under [base]/_jobs/<id>. FHIR R4 async.html, HL7 Bulk Data Access IG 2.0
//
// A job lives in the store. After a restart what only reads runs again; what writes is told as
// interrupted, unless the operation itself knows how far it came ($import).
#pragma once

#include <memory>

#include "net/http.h"
#include "record/door.h"
#include "server/jobs/job.h"
#include "server/jobs/settings.h"

namespace tasuki::server::jobs {

class Jobs {
 public:
  // Runs the request as it would have been run at once.
  using Run =
      std::function<net::HttpResponse(const net::HttpRequest&, const record::Principal&, Job*)>;
  // A body of NDJSON that a job's operation makes: name of the file, nothing when it has none such.
  using Stream =
      std::function<Result<std::shared_ptr<net::BodySource>>(const Ticket&, std::string_view file)>;

  static std::unique_ptr<Jobs> make(record::Door& door, const JobSettings& settings, Run run,
                                    Stream stream);
  virtual ~Jobs() = default;  // waits for what runs to notice

  static bool wants_job(const net::HttpRequest& request);  // Prefer: respond-async
  static bool serves(std::string_view path);               // "/fhir/_jobs/..."

  virtual net::HttpResponse accept(const net::HttpRequest& request,
                                   const record::Principal& principal, std::string_view base) = 0;
  virtual net::HttpResponse handle(const net::HttpRequest& request,
                                   const std::optional<record::Principal>& principal,
                                   std::string_view base) = 0;
};

}  // namespace tasuki::server::jobs
