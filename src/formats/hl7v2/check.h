// Whether the fields that receivers live by are there and are what the standard says they are.
//
// Why apart from parse(): a message with a bad date is still a message. These findings go beside
// the result (and into ERR when the feed is strict); nothing here refuses anything. Structure is
// grammar.h's, meaning is the mapping's.
//
// Standard: HL7 v2.5 ch. 2-7, 12 (optionality R, data types NM SI DT TM TS), tables named in
// check.cpp; hl7v2-japan.md 3-9.
#pragma once

#include <string_view>
#include <vector>

#include "formats/hl7v2/message.h"

namespace tasuki::hl7v2 {

// Codes: "field.missing", "field.type", "field.table", "structure.repeated-set-id". In the order of
// the message.
std::vector<formats::Finding> check(const Message& message);

// A TS value down to any of its precisions, hour alone and milliseconds without a point (SS-MIX2)
// included.
bool is_timestamp(std::string_view text);
bool is_number(std::string_view text);  // NM: sign, digits, a point; nothing else

}  // namespace tasuki::hl7v2
