// HL7 v2 data types to FHIR values: names, addresses, telephone numbers, codes, quantities,
// results, ranges, usages.
//
// Each takes a spot of the message and gives a value in the arena, or nothing with a word about
// why.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/model/definitions.h"
#include "intake/convert.h"
#include "intake/mapping/source.h"
#include "intake/mapping/usage.h"
#include "json/value.h"

namespace tasuki::intake {

struct Values {
  json::Arena& arena;
  Source& source;
  const ConvertSettings& settings;
  const Mappings& mappings;
  const Table& systems;  // HL7 name of a code system -> URI
  const Table& units;    // unit as written -> UCUM

  json::Value string(std::string_view text) { return json::Value::string(arena, text); }

  // values.cpp
  json::Value coded(const Spot& spot);
  json::Value code(const Spot& spot);  // the same; a text alone becomes a code of this facility
  json::Value coding(std::string_view code, std::string_view display, std::string_view system,
                     const Spot& spot);
  json::Value text_only(std::string_view text);
  json::Value person_name(const Spot& spot);
  json::Value address(const Spot& spot);
  json::Value telecom(const Spot& spot);
  json::Value staff(const Spot& spot);
  json::Value place(const Spot& spot);
  json::Value organisation(const Spot& spot);
  std::string local_system(std::string_view name) const;  // of codes that only this facility knows

  // quantities.cpp
  struct Unit {
    std::string text, system, code;
  };
  Unit unit(std::string_view code, std::string_view text, std::string_view system) const;
  json::Value quantity(std::string_view number, const Unit& unit, std::string_view comparator = {});
  std::optional<json::Value> quantity_of(std::string_view number, const Spot& unit_spot,
                                         bool has_unit);
  std::optional<json::Value> composite_quantity(const Spot& spot);
  std::optional<json::Value> days(const Spot& spot);
  json::Value range(std::string_view text, const Unit& unit);

  // usage_timing.cpp
  json::Value usage(const Spot& spot);
  Supplements supplements_of(const Spot& spot);  // the repetitions behind the first
};

// results.cpp: what OBX-5 becomes, by OBX-2.
struct ResultValue {
  std::string_view element;  // "valueQuantity"; empty: nothing was sent
  json::Value value;
  bool unknown_unit = false;
  bool misfit = false;  // not what OBX-2 promises; kept as text
};
ResultValue result_value(Values& values, const Spot& spot, std::string_view type,
                         const Values::Unit& unit);

std::optional<std::string> decimal_of(
    std::string_view text);  // a JSON number with the digits written, or nothing
std::optional<std::string> timestamp_of(std::string_view text, fhir::Primitive primitive);
// A TS so much later (s, min, hr, d), to the second; nothing when it cannot be read.
std::optional<std::string> moment_later(std::string_view hl7_time, std::string_view amount,
                                        std::string_view unit);
std::string half_width(std::string_view text);  // full-width ASCII to ASCII
// A moment as people and other systems write it (2024/4/1 9:05, 2024-04-01T09:05:00+09:00, R6.4.1)
// as a TS; what is none comes back as it was.
std::string hl7_of_written(std::string_view text);
std::string digits_of(std::string_view text);
// 6 or 8 digits, the last a check digit by weights 2, 1 from the right (masters.md 1: measured 203
// of 203).
bool is_insurer_number(std::string_view digits);

// A day or month of a claim: 4310109 and 43101 are written with the era's digit, 20190109 and
// 201901 (since 2020) are not. As HL7 writes it; nothing for what is neither. receipt-uke.md 1
std::optional<std::string> western_of(std::string_view claim_date);

}  // namespace tasuki::intake
