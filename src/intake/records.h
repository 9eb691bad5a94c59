// Files of records (`from csv KIND`, `from uke KIND` …): cut into what belongs to one patient, and
// each piece as a message that the one engine can read. Nobody sees that message: places and names
// are the file's own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/convert.h"
#include "intake/mapping/source.h"

namespace tasuki::intake {

struct RecordMessage {
  std::string text;  // HL7 v2: an envelope, then a ROW a record; of claims a segment a record
  RecordPlaces places;
  bool lacks_claims = false;
};

bool is_of_records(const Program* program);

// Refused: what is not of the format, and a file without records.
Result<RecordMessage> read_records(std::string_view bytes, const Program& program,
                                   const ConvertSettings& settings);

// A file cut into files of one patient each (rows that follow one another, or one claim), header
// and all, so that one bad row does not lose the rest; JSON, XML and DICOM stay whole. Where a
// claims file counts more claims than it holds, the record that says so is a piece of its own.
// Empty: the kind's mapping reads no records, or the file cannot be read.
std::vector<std::string> split_records(std::string_view bytes, const ConvertSettings& settings,
                                       const Mappings& mappings);

}  // namespace tasuki::intake
