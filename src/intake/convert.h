// From a message's bytes to resources, findings and coverage. Pure: no store, no clock, no network.
//
// Why pure: `tasuki convert FILE`, a feed, a replay and a dry run of a changed mapping must give
// the same answer, so the answer depends on the bytes, the settings and the mapping only (law 4:
// replaying a year changes nothing).
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/charset.h"
#include "base/result.h"
#include "fhir/model/definitions.h"
#include "formats/finding.h"
#include "intake/mapping/program.h"
#include "json/value.h"

namespace tasuki::intake {

// Compiled once, shared by all feeds. Refuses the whole folder when one file is wrong, naming file
// and line.
class Mappings {
 public:
  static Result<std::shared_ptr<const Mappings>> load(
      const std::filesystem::path& folder, std::shared_ptr<const fhir::Definitions> definitions);

  // Everything that is wrong with a folder, file by file; empty when it loads.
  static std::vector<Error> problems(const std::filesystem::path& folder,
                                     std::shared_ptr<const fhir::Definitions> definitions);

  // By SS-MIX2 kind ("OML-11") when there is one, else by message ("OUL^R22"). nullptr: none.
  const Program* find(std::string_view kind, std::string_view message) const;
  const Table* table(std::string_view name) const;  // nullptr: none
  const fhir::Definitions& definitions() const { return *definitions_; }
  std::shared_ptr<const fhir::Definitions> shared_definitions() const { return definitions_; }
  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<std::unique_ptr<const Program>>& programs() const { return programs_; }

 private:
  void read(std::vector<Error>& problems);
  void read_tables(std::vector<Error>& problems);

  std::filesystem::path folder_;
  std::shared_ptr<const fhir::Definitions> definitions_;
  std::map<std::string, std::unique_ptr<const Table>, std::less<>> tables_;
  std::vector<std::unique_ptr<const Program>> programs_;
  std::map<std::string, const Program*, std::less<>> by_kind_;
};

struct ConvertSettings {
  std::string facility;  // 10-digit institution number: whose ids these are
  std::string facility_name;
  std::optional<Charset> charset;  // of the connection; empty: as the message says, else found out
  // What the path of an SS-MIX2 file says, to be compared with what the message says. Empty: not
  // from a file.
  std::string kind;        // "OML-11"
  std::string patient;     // folder's patient id
  bool validate = true;    // off where the record validates what it is given anyway
  bool withdrawn = false;  // condition flag 0: what it made becomes entered-in-error
  bool explains = false;   // traces bear the whole path of their element, for people
};

struct Finding : formats::Finding {
  uint32_t line = 0;                   // a place in the mapping (program.h); 0: not the mapping's
  bool task = false;                   // a person shall look at it
  std::string table = {}, value = {};  // of a look-up that found nothing: what was looked up where
};

// One resource with where it came from.
struct Made {
  fhir::TypeId type = fhir::no_type;
  std::string id;
  json::Value resource;
  bool ensure = false;  // only if there is none yet: a sketch from a message about something else
};

// "This value came from OBX 3 field 5": which line of the mapping wrote which element from which
// bytes.
struct Trace {
  uint32_t resource = 0;                              // index into Converted::resources
  uint32_t line = 0;                                  // a place in the mapping
  const std::vector<std::string>* element = nullptr;  // below the block it stands in: {"code"}
  uint32_t byte_begin = 0, byte_end = 0;              // in the bytes as received
  // Where ConvertSettings::explains: "Observation.valueQuantity", and where in the message:
  // "OBX-5".
  std::string path = {}, location = {};
};

// What became of the fields that were sent. Law 5: nothing is lost silently.
struct Coverage {
  struct Field {
    std::string location;                   // "OBX-16": of all segments of the name together
    uint32_t count = 0;                     // how many were sent
    uint32_t byte_begin = 0, byte_end = 0;  // the first
    bool aside = false;                     // the mapping says so: kept with the message only
  };
  uint32_t fields = 0;  // not empty, as sent
  uint32_t carried = 0;
  std::vector<Field> not_carried;  // and kept aside
};

struct Converted {
  enum class State : uint8_t { done, held, refused } state = State::done;
  std::string reason;                   // why held or refused: one sentence, Japanese / English
  std::string reason_code;              // "mapping.none", stable: the inbox groups by it
  std::string kind;                     // "OML-11" or "ORU^R01"
  std::string control_id;               // MSH-10
  std::string patient;                  // PID-3.1
  std::string as_of;                    // when it held: EVN-2, else MSH-7; "20260501103000"
  bool withdrawn = false;               // as ConvertSettings said
  std::string mapping;                  // name and version
  const Program* program = nullptr;     // of the Mappings it was converted with
  size_t byte_begin = 0, byte_end = 0;  // of the message within a batch

  std::shared_ptr<json::Arena> arena = std::make_shared<json::Arena>();
  std::vector<Made> resources;
  std::vector<Finding> findings;
  std::vector<Trace> traces;
  Coverage coverage;

  std::string bundle() const;  // a transaction Bundle, for people and pipes
  std::string report() const;  // JSON: state, findings, coverage
};

Converted convert(std::string_view bytes, const ConvertSettings& settings,
                  const Mappings& mappings);

// A file or pipe: one message, several one after another, or a batch (FHS/BHS ... BTS/FTS), or an
// SS-MIX2 transaction log. One bad message does not lose the rest.
std::vector<Converted> convert_all(std::string_view bytes, const ConvertSettings& settings,
                                   const Mappings& mappings);

// The parts of such a stream. HL7 v2.5 2.10.3 (batches).
std::vector<std::string_view> split_messages(std::string_view bytes);

}  // namespace tasuki::intake
