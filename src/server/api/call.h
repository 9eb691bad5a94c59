// One FHIR interaction on its way: what was asked, of which resource, and what comes back. FHIR R4
// http.html.
//
// A Call comes from an HTTP request or from one entry of a batch or transaction; an interaction
// cannot tell which.
#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "fhir/terminology/terminology.h"
#include "json/value.h"
#include "record/session.h"
#include "server/api/outcome.h"
#include "server/jobs/job.h"
#include "server/server.h"

namespace tasuki::server::api {

class Closures;

// The shapes of path that http.html 3.1.0 gives, below the base.
enum class Shape : uint8_t {
  metadata,            // /metadata
  openapi,             // /openapi.json
  system,              // /
  system_search,       // /_search
  system_history,      // /_history
  type,                // /Patient
  type_search,         // /Patient/_search
  type_history,        // /Patient/_history
  instance,            // /Patient/1
  instance_history,    // /Patient/1/_history
  version,             // /Patient/1/_history/2
  compartment,         // /Patient/1/Observation, /Patient/1/*
  compartment_search,  // /Patient/1/Observation/_search
  system_operation,    // /$name
  type_operation,      // /Patient/$name
  instance_operation,  // /Patient/1/$name, /Patient/1/_history/2/$name
};

inline bool is_operation(Shape shape) {
  return shape == Shape::system_operation || shape == Shape::type_operation ||
         shape == Shape::instance_operation;
}

struct Target {
  Shape shape = Shape::system;
  fhir::TypeId type = fhir::no_type;
  std::string type_name = {};
  std::string id = {};
  uint32_t version = 0;
  std::string operation = {};           // without $
  fhir::TypeId member = fhir::no_type;  // of a compartment: what is searched in it; no_type: *
  std::string member_name = {};
};

// path: "/Patient/1", without base and query. not_found names the unknown type and the nearest
// known one.
Result<Target> parse_target(const fhir::Definitions& definitions, std::string_view path);

bool is_id(std::string_view text);  // datatypes.html#id: [A-Za-z0-9\-\.]{1,64}

enum class Return : uint8_t { unsaid, minimal, representation, outcome };

struct Wanted;  // media.h

struct Call {
  record::Session& session;
  const fhir::Definitions& definitions;
  const ServerSettings& settings;
  std::string_view base;  // "http://host/fhir"
  Target target;
  std::string query;                // percent-encoded as it came; _format and _pretty taken out
  json::Document* body = nullptr;   // of POST and PUT, a JSON object; an operation may have none
  json::Value* resource = nullptr;  // the body's root, or the entry's resource
  std::string if_match, if_none_match, if_none_exist;
  Return prefer = Return::unsaid;
  bool lenient = false;                       // Prefer: handling=lenient
  std::string_view media = {}, content = {};  // the body of an operation as it came
  std::string_view languages = {};            // Accept-Language
  std::shared_ptr<const fhir::terminology::Terminology> terminology = nullptr;  // one for the call
  Closures* closures = nullptr;
  jobs::Job* job = nullptr;  // it runs as one: Prefer: respond-async
  std::optional<Instant> if_modified_since = {};
  json::Document* provenance = nullptr;  // of X-Provenance: written with what this call writes
  const Wanted* wanted = nullptr;        // nullptr: an entry of a Bundle
};

struct Answer {
  enum class Done : uint8_t { ok, created, no_content, not_modified };
  Done done = Done::ok;
  std::string body = {};  // JSON
  std::optional<record::Resource> stamped =
      {};                  // whose version and time go to ETag and Last-Modified (body moved out)
  bool located = false;    // Location is said: a version was written
  std::string media = {};  // of a body that is no FHIR resource: sent as it is, with this type
};

// The answer, or the problem that an OperationOutcome tells of. TRY works in functions that return
// it.
struct [[nodiscard]] Reply : std::expected<Answer, Problem> {
  using std::expected<Answer, Problem>::expected;
  Reply(Error error) : std::expected<Answer, Problem>(std::unexpect, std::move(error)) {}
  Reply(Problem problem) : std::expected<Answer, Problem>(std::unexpect, std::move(problem)) {}
};

// W/"3" as sent by clients (some leave W/ or the quotes out) to 3.
Result<uint32_t> parse_etag(std::string_view text);

// What a write answers: Prefer decides the body. http.html 3.1.0.1.7
Answer written(const Call& call, record::Resource resource);

// The change, and the Provenance of the call if it has one, in one commit.
Result<record::Resource> write(const Call& call, record::Change change);
// The same inside a unit of work: the change, and behind it the Provenance.
std::vector<record::Change> with_provenance(const Call& call, record::Change change);
// The call's Provenance about these targets, to be written beside other changes.
record::Change provenance_of(const Call& call, std::span<const std::string> targets);

// The body is a resource of the type the URL says. http.html#create, #update
Result<void> check_type(const Call& call);

// Interactions, each in a file of its name.
Reply read(Call& call);
Reply read_version(Call& call);
Reply create(Call& call);
Reply update(Call& call);
Reply update_matching(Call& call);
Reply patch(Call& call);
Reply patch_matching(Call& call);
Reply remove(Call& call);
Reply remove_matching(Call& call);
Reply history(Call& call);
Reply search(Call& call);
Reply bundle(Call& call);      // POST [base]: batch or transaction
Reply capability(Call& call);  // GET [base]/metadata
Reply openapi(Call& call);     // GET [base]/openapi.json

Reply read_operation(Call& call);   // GET [base]/.../$name
Reply write_operation(Call& call);  // POST

// The interaction of the route table that method and shape ask for. Knows what an error of it
// means: 412, 422.
Reply perform(std::string_view method, Call& call);

}  // namespace tasuki::server::api
