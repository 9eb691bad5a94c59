// Bulk export: what one reader may see, as it stood at one point of the version log, as NDJSON.
// HL7 Bulk Data Access IG 2.0, export.html
//
// No file is ever written: the log is append-only, so a part of it can be read again at any time
// and gives the same lines (a reader whom consent was narrowed for gets fewer). That makes an
// export resumable, keeps plain text off the disk, and costs no memory but one slice's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fhir/search/query.h"
#include "record/session.h"

namespace tasuki::record {

struct ExportRequest {
  enum class Level : uint8_t { system, patients, group } level = Level::system;
  std::string group;                  // id, of level group
  std::vector<std::string> patients;  // ids; empty: all
  std::vector<fhir::TypeId> types;    // empty: all that fit the level
  std::optional<Instant> since, until;
  std::vector<fhir::search::Query>
      filters;                        // _typeFilter: of one type, any of its filters suffices
  std::vector<std::string> elements;  // "Patient.name", "status"
  uint64_t at = 0;                    // the point of the log: see export_point
};

struct ExportPart {
  fhir::TypeId type = fhir::no_type;
  uint64_t after = 0, up_to = 0;  // of the log
  bool deleted = false;           // what was deleted since: transaction Bundles of DELETEs
};

Result<uint64_t> export_point(Session& session);  // now
// The types that the level and the role allow of those asked for.
std::vector<fhir::TypeId> export_types(Session& session, const ExportRequest& request);
// Parts that hold something, of so many versions each; deleted ones only with `since`.
Result<std::vector<ExportPart>> export_parts(Session& session, const ExportRequest& request,
                                             fhir::TypeId type);

// One part's lines, slice after slice. Leaves one audit entry when it begins.
class ExportReader {
 public:
  static Result<std::unique_ptr<ExportReader>> open(const Session& session,
                                                    const ExportRequest& request,
                                                    const ExportPart& part);
  virtual ~ExportReader() = default;
  virtual Result<std::string> next() = 0;  // about a megabyte of whole lines; empty: the end
};

}  // namespace tasuki::record
