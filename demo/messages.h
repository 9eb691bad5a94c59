// An event as the HL7 v2.5 message a Japanese hospital system would send. ss-mix2.md 4,
// hl7v2-japan.md 3-9.
#pragma once

#include <string>

#include "life.h"

namespace tasuki::demo {

struct Message {
  std::string text;  // Unicode, segments end with CR
  std::string control_id;
  std::string_view kind;  // SS-MIX2 kind: "ADT-00", "OMP-01"
  bool has_date = true;   // false: its folder is "-"
};

struct Sender {
  std::string_view charset;  // MSH-18
  std::string_view escapes;  // MSH-20
  bool uses_oul = false;     // results as OUL^R22 (SS-MIX2) rather than ORU^R01
};

Message message_of(const Event& event, const Person& person, const Registration& registration,
                   const Sender& sender, uint64_t serial);

}  // namespace tasuki::demo
