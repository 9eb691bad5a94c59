// What OBX-5 becomes, by the type in OBX-2. HL7 v2.5 7.4.2; NHO's rules for bounded and qualitative
// results (ss-mix2.md 8): a ST of "> 100" is a number with a comparator, " 2 +" stays what it is.
#include <algorithm>
#include <array>

#include "intake/mapping/values.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr int lines_max = 10'000;  // of one text result

struct Bound {
  std::string_view comparator;
  std::string number;
};

// "> 100", "≦３": comparator and digits. Nothing for anything else, a plain number included.
std::optional<Bound> bound_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> signs{{{">=", ">="},
                                                                                {"=>", ">="},
                                                                                {"≧", ">="},
                                                                                {"<=", "<="},
                                                                                {"=<", "<="},
                                                                                {"≦", "<="},
                                                                                {">", ">"},
                                                                                {"<", "<"}}};
  const std::string plain = half_width(text);
  for (const auto& [sign, comparator] : signs) {
    if (!plain.starts_with(sign)) continue;
    if (auto number = decimal_of(std::string_view(plain).substr(sign.size())))
      return Bound{comparator, std::move(*number)};
  }
  return std::nullopt;
}

ResultValue text_result(Values& values, const Spot& spot, bool misfit) {
  std::string text;
  const int count = std::min(values.source.repetitions(spot.segment, spot.field), lines_max);
  for (int i = 1; i <= count; ++i) {
    Spot one = spot;
    one.repetition = static_cast<uint16_t>(i);
    if (i > 1) text += '\n';
    text += values.source.whole(one);
  }
  if (text.empty()) return {};
  return {"valueString", values.string(text), false, misfit};
}

ResultValue quantity_result(Values& values, const std::string& number, std::string_view comparator,
                            const Values::Unit& unit) {
  return {"valueQuantity", values.quantity(number, unit, comparator),
          !unit.text.empty() && unit.code.empty(), false};
}

// SN: comparator ^ number ^ separator ^ number. HL7 v2.5 2.A.71
ResultValue structured_result(Values& values, const Spot& spot, const Values::Unit& unit) {
  const std::string comparator = values.source.part(spot, 1),
                    separator = values.source.part(spot, 3);
  const auto first = decimal_of(values.source.part(spot, 2)),
             second = decimal_of(values.source.part(spot, 4));
  constexpr std::string_view known[] = {"", "<", "<=", ">", ">="};
  const auto found = std::ranges::find(known, comparator);
  if (!first || found == std::end(known)) return text_result(values, spot, true);
  if (second && separator == "-") {
    Value range = Value::object();
    range.append(values.arena, "low", values.quantity(*first, unit));
    range.append(values.arena, "high", values.quantity(*second, unit));
    return {"valueRange", range, false, false};
  }
  if (second && (separator == ":" || separator == "/")) {
    Value ratio = Value::object();
    ratio.append(values.arena, "numerator", values.quantity(*first, {}, *found));
    ratio.append(values.arena, "denominator", values.quantity(*second, {}));
    return {"valueRatio", ratio, false, false};
  }
  if (!separator.empty() || second)
    return text_result(values, spot, false);  // 2^+: a grade, not a number
  return quantity_result(values, *first, *found, unit);
}

}  // namespace

ResultValue result_value(Values& values, const Spot& spot, std::string_view type,
                         const Values::Unit& unit) {
  if (type == "SN") return structured_result(values, spot, unit);
  const std::string text = values.source.whole(spot);
  if (text.empty()) return {};
  if (type == "NM" || type.empty()) {
    if (const auto number = decimal_of(text)) return quantity_result(values, *number, {}, unit);
    if (const auto bound = bound_of(text))
      return quantity_result(values, bound->number, bound->comparator, unit);
    return text_result(values, spot, type == "NM");
  }
  if (type == "ST") {
    if (const auto bound = bound_of(text))
      return quantity_result(values, bound->number, bound->comparator, unit);
    if (!unit.text.empty()) {
      if (const auto number = decimal_of(text)) return quantity_result(values, *number, {}, unit);
    }
    return text_result(values, spot, false);
  }
  if (type == "CWE" || type == "CE" || type == "CNE") {
    const Value coded = values.coded(spot);
    if (coded.is_null()) return {};
    return {"valueCodeableConcept", coded, false, false};
  }
  if (type == "DT" || type == "TS" || type == "DTM") {
    if (const auto time = timestamp_of(text, fhir::Primitive::date_time))
      return {"valueDateTime", values.string(*time), false, false};
    return text_result(values, spot, true);
  }
  return text_result(values, spot, type != "TX" && type != "FT");
}

}  // namespace tasuki::intake
