// What a Message holds and its views point to: the decoded text and where its segments and fields
// begin and end.
#pragma once

#include <string>
#include <vector>

#include "base/charset.h"
#include "formats/finding.h"
#include "formats/hl7v2/message.h"

namespace tasuki::hl7v2::detail {

struct Line {
  uint32_t begin, end;   // in text, without the line end
  uint32_t field_first;  // index into field_ends of the first field
  uint16_t name_size;
  uint32_t field_count;
  uint32_t ordinal;  // among the lines of its name, from 1
  bool is_alone;     // no other line has its name
};

struct Content {
  std::string text;
  BytePositions positions;
  Charset charset = Charset::utf_8;
  Delimiters delimiters;
  std::vector<Line> lines;
  std::vector<uint32_t>
      field_ends;  // in text; a field begins one past the end of the one before it
  std::vector<formats::Finding> findings;

  std::string_view name_of(const Line& line) const {
    return std::string_view(text).substr(line.begin, line.name_size);
  }
};

// Escapes resolved (HL7 v2.5 2.7). What is no escape stays as written.
std::string unescaped(std::string_view written, const Delimiters& delimiters, Charset charset);

}  // namespace tasuki::hl7v2::detail
