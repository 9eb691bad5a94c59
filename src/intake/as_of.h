// When what a message tells was so, as its sender says.
//
// Standard: HL7 v2.5 2.15.9.7 (MSH-7), 3.4.1.2 (EVN-2).
#pragma once

#include <optional>
#include <string>

#include "base/time.h"
#include "formats/hl7v2/message.h"

namespace tasuki::intake {

// When the event was recorded, else when the message was made: the digits of a TS, without its zone
// (a sender stays in one). "20260501103000"; empty where neither is a day.
std::string as_of(const hl7v2::Message& message);

// The same as a moment; nothing where only the day is told.
std::optional<Instant> moment_of(const std::string& as_of);

}  // namespace tasuki::intake
