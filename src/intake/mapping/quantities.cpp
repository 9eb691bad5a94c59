// Numbers, units, quantities, ranges and points in time. Digits stay as they were written (FHIR R4
// json.html, decimal).
#include <algorithm>

#include "base/time.h"
#include "intake/mapping/values.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr std::string_view merit9 =
    "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUnitMERIT9Code";
constexpr std::string_view ucum = "http://unitsofmeasure.org";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "13-30", "13～30": where the dash between two numbers stands, and its size.
std::pair<size_t, size_t> dash_in(std::string_view text) {
  for (const std::string_view dash : {"-", "~", "〜", "～", "−", "－", "–"}) {
    const size_t at = text.find(dash, 1);
    if (at != std::string_view::npos) return {at, dash.size()};
  }
  return {std::string_view::npos, 0};
}

}  // namespace

std::optional<std::string> decimal_of(std::string_view text) {
  std::string number = half_width(trimmed(text));
  std::string_view rest = number;
  std::string out;
  if (rest.starts_with('-')) out += '-';
  if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
  const size_t point = std::min(rest.find('.'), rest.size());
  std::string_view whole = rest.substr(0, point);
  const std::string_view fraction =
      point < rest.size() ? rest.substr(point + 1) : std::string_view();
  if (whole.empty() && fraction.empty()) return std::nullopt;
  if (!std::ranges::all_of(whole, is_digit) || !std::ranges::all_of(fraction, is_digit))
    return std::nullopt;
  if (whole.size() + fraction.size() > 40) return std::nullopt;
  while (whole.size() > 1 && whole.front() == '0')
    whole.remove_prefix(1);
  out += whole.empty() ? "0" : whole;
  if (!fraction.empty()) out.append(".").append(fraction);
  return out;
}

std::optional<std::string> timestamp_of(std::string_view text, fhir::Primitive primitive) {
  std::string hl7 = half_width(trimmed(text));
  std::erase(hl7, ' ');
  if (hl7.size() > 14 && std::ranges::all_of(hl7, is_digit))
    hl7.insert(14, ".");  // YYYYMMDDHHMMSSFFF, without its point
  if (hl7.size() == 10 && std::ranges::all_of(hl7, is_digit))
    hl7 += "00";  // an hour alone: FHIR asks for minutes
  if (hl7.size() == 8 && hl7.ends_with("0000"))
    hl7.resize(4);  // month or day not known
  else if (hl7.size() == 8 && hl7.ends_with("00"))
    hl7.resize(6);
  if (hl7.starts_with("0000")) return std::nullopt;  // there is no year zero
  auto fhir_time = fhir_date_time_of_hl7(hl7);
  if (!fhir_time) return std::nullopt;
  if (primitive == fhir::Primitive::date)
    fhir_time->resize(std::min<size_t>(fhir_time->size(), 10));
  if (primitive == fhir::Primitive::instant && !fhir_time->contains('T')) return std::nullopt;
  return fhir_time;
}

bool is_insurer_number(std::string_view digits) {
  if (digits.size() != 6 && digits.size() != 8) return false;
  int sum = 0;
  for (size_t i = 0; i + 1 < digits.size(); ++i) {
    const int weighted = (digits[digits.size() - 2 - i] - '0') * (i % 2 == 0 ? 2 : 1);
    sum += weighted / 10 + weighted % 10;
  }
  return (10 - sum % 10) % 10 == digits.back() - '0';
}

Values::Unit Values::unit(std::string_view code, std::string_view text,
                          std::string_view system) const {
  Unit made;
  made.text = std::string(text.empty() ? code : text);
  if (trimmed(system) == "MR9P") {
    made.system = merit9;
    made.code = code;
    return made;
  }
  for (const std::string_view written : {code, text}) {
    std::string key = half_width(written);
    std::erase(key, ' ');
    if (const Row* const known = key.empty() ? nullptr : units.find(key)) {
      made.system = ucum;
      made.code = known->to;
      return made;
    }
  }
  return made;
}

Value Values::quantity(std::string_view number, const Unit& unit, std::string_view comparator) {
  Value made = Value::object();
  made.append(arena, "value", Value::number(arena, number));
  if (!comparator.empty()) made.append(arena, "comparator", string(comparator));
  if (!unit.text.empty()) made.append(arena, "unit", string(unit.text));
  if (!unit.code.empty()) {
    made.append(arena, "system", string(unit.system));
    made.append(arena, "code", string(unit.code));
  }
  return made;
}

std::optional<Value> Values::quantity_of(std::string_view number, const Spot& unit_spot,
                                         bool has_unit) {
  const auto decimal = decimal_of(number);
  if (!decimal) return std::nullopt;
  Unit made = has_unit ? unit(source.part(unit_spot, 1), source.part(unit_spot, 2),
                              source.part(unit_spot, 3))
                       : Unit{};
  // JP Core asks for a coded unit with every amount of a drug (MedicationQuantity): a unit in no
  // table is the facility's own, and one that was not sent is unknown, which is a code too.
  if (made.text.empty()) {
    made = {"単位不明", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK"};
  } else if (made.code.empty()) {
    made.system = local_system("unit");
    made.code = made.text;
  }
  return quantity(*decimal, made);
}

// A number of days, as JP Core writes them: 日, code d. Weeks are days; nothing for any other unit.
std::optional<Value> Values::days(const Spot& spot) {
  const auto decimal = decimal_of(source.part(spot, 1));
  if (!decimal) return std::nullopt;
  Spot unit_spot = spot;
  unit_spot.component = 2;
  std::string name = half_width(source.part(unit_spot, 1) + source.part(unit_spot, 2));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  std::string number = *decimal;
  if (name.starts_with("w") || name.contains("週")) {
    if (number.contains('.') || number.size() > 4) return std::nullopt;
    number = std::to_string(std::stoi(number) * 7);
  } else if (!name.empty() && !name.starts_with("d") && !name.contains("日")) {
    return std::nullopt;
  }
  return quantity(number, {"日", std::string(ucum), "d"});
}

// CQ: 3^TAB&錠&MR9P or 5^d. HL7 v2.5 2.A.11
std::optional<Value> Values::composite_quantity(const Spot& spot) {
  const auto decimal = decimal_of(source.part(spot, 1));
  if (!decimal) return std::nullopt;
  Spot unit_spot = spot;
  unit_spot.component = 2;
  return quantity_of(*decimal, unit_spot, true);
}

// "6.7-8.3", "< 5", "13以下"; what cannot be read stays as text. hl7v2-japan.md 7
Value Values::range(std::string_view text, const Unit& unit) {
  if (trimmed(text).empty()) return {};
  Value made = Value::object();
  std::string plain = half_width(text);
  std::erase(plain, ' ');
  const auto bound = [&](std::string_view name, std::string_view number) {
    if (const auto decimal = decimal_of(number)) made.append(arena, name, quantity(*decimal, unit));
  };
  const auto [dash, dash_size] =
      plain.empty() ? std::pair<size_t, size_t>{std::string::npos, 0} : dash_in(plain);
  constexpr std::string_view upper_signs[] = {"<=", "=<", "≦", "<"},
                             lower_signs[] = {">=", "=>", "≧", ">"};
  const auto sign = [&](const auto& signs) -> std::string_view {
    for (const std::string_view one : signs) {
      if (plain.starts_with(one)) return one;
    }
    return {};
  };
  if (const auto up = sign(upper_signs); !up.empty())
    bound("high", std::string_view(plain).substr(up.size()));
  else if (const auto down = sign(lower_signs); !down.empty())
    bound("low", std::string_view(plain).substr(down.size()));
  else if (plain.ends_with("以下"))
    bound("high", std::string_view(plain).substr(0, plain.size() - 6));
  else if (plain.ends_with("以上"))
    bound("low", std::string_view(plain).substr(0, plain.size() - 6));
  else if (dash != std::string::npos) {
    const std::string_view low = std::string_view(plain).substr(0, dash),
                           high = std::string_view(plain).substr(dash + dash_size);
    if (decimal_of(low) && (high.empty() || decimal_of(high))) {
      bound("low", low);
      bound("high", high);
    }
  }
  made.append(arena, "text", string(trimmed(text)));
  return made;
}

}  // namespace tasuki::intake
