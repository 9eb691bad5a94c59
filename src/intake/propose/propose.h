// Connect by example: from a folder of a sender's files to a feed that a person confirms.
//
// What the files say of themselves (format, charset, kinds, fields, codes) is told with how often
// it was seen; what is proposed (settings, lines of a mapping, rows for tables) is text that a
// person reads, changes and puts in place. Nothing is put in place here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "intake/convert.h"
#include "intake/trial/coverage.h"

namespace tasuki::intake::propose {

struct Sample {
  std::string name, bytes;
};

struct Proposal {
  std::string format;              // "hl7v2", "ssmix2", "csv", "json", "xml", "uke", "dicom"
  std::string settings;            // [[feed]] of tasuki.toml
  std::string mapping;             // lines of a .map, where what is there does not do
  std::vector<std::string> facts;  // Japanese / English, most important first
};

// Refused: no sample that is of a known format.
Result<Proposal> propose(const std::vector<Sample>& samples, const Mappings& mappings);

// [[feed]] of tasuki.toml; an unknown charset or facility stays for the person to say.
std::string settings_of(std::string_view connector, std::string_view charset,
                        std::string_view facility, std::string_view more);
// How much of the samples the mappings in force carry.
void tell_coverage(const trial::CoverageTally::Kind& total, Proposal& made);

// known.cpp: claims files and DICOM, whose shape is a standard's, so that shipped mappings read
// them. Nothing: the samples are something else.
std::optional<Proposal> propose_known(const std::vector<Sample>& samples, const Mappings& mappings);

// delimited.cpp: of a file with a header line; the mapping names what it does not recognise.
Proposal propose_delimited(const Sample& sample);

}  // namespace tasuki::intake::propose
