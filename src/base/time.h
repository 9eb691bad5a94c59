// Points in time, and the calendar dates of Japan.
//
// Instant is a count of microseconds since 1970-01-01T00:00:00Z. Where a source leaves the zone
// out, it means Japan Standard Time, +09:00, which has no daylight saving (HL7 v2 in Japan: MSH-7
// without zone = JST).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tasuki {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;

constexpr auto japan_offset = std::chrono::hours(9);

Instant now();

// "2026-11-23T10:15:00.123+09:00": FHIR instant in Japan time, milliseconds (FHIR R4
// datatypes.html#instant).
std::string format_instant(Instant instant);

// Nothing unless the text is a full FHIR instant or dateTime with time and zone.
std::optional<Instant> parse_instant(std::string_view text);

// "20261123101500.123+0900", any shorter prefix from YYYY on (HL7 v2.5 2.A.77 TS) to the FHIR
// dateTime that says exactly as much: "2026", "2026-11", "2026-11-23", "2026-11-23T10:15:00+09:00".
// Nothing for an impossible date.
std::optional<std::string> fhir_date_time_of_hl7(std::string_view timestamp);

}  // namespace tasuki
