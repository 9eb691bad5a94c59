// What a mapping asks to be checked: numbers that must agree with one another.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "intake/mapping/runner.h"
#include "intake/mapping/usage.h"

namespace tasuki::intake {

using Severity = formats::Finding::Severity;

void Runner::check(const Operation& operation, const Scope& scope) {
  if (operation.text == "dose-total") return check_dose_total(operation, scope);
  Spot spot;
  if (!source_.find(operation.paths.front(), scope, spot)) return;
  if (is_insurer_number(digits_of(source_.text(spot)))) return;
  note(Severity::warning, "insurance.check-digit",
       "保険者番号の検証番号が合いません。/ The insurer number's check digit is wrong.", &spot,
       operation.line, false);
}

// dose x times a day x days = amount dispensed, where all four are written in one unit
// (hl7v2-japan.md 10).
void Runner::check_dose_total(const Operation& operation, const Scope& scope) {
  if (operation.paths.size() != 6) return;  // dose, dose unit, usage, days, total, total unit
  Spot spots[6];
  for (size_t i = 0; i < 6; ++i) {
    if (!source_.find(operation.paths[i], scope, spots[i])) return;
  }
  if (source_.text(spots[1]) != source_.text(spots[5]) ||
      source_.repetitions(spots[2].segment, spots[2].field) > 1)
    return;
  const Usage usage = usage_of(source_.part(spots[2], 1));
  if (!usage.consistent) {
    note(Severity::warning, "usage.slots",
         "用法コードの回数と時点の数が合いません。/ The usage code's times a day differ from the "
         "slots it fills.",
         &spots[2], operation.line, false);
  }
  double numbers[3];
  const size_t number_spots[3] = {0, 3, 4};
  for (size_t i = 0; i < 3; ++i) {
    const auto decimal = decimal_of(source_.text(spots[number_spots[i]]));
    if (!decimal) return;
    std::from_chars(decimal->data(), decimal->data() + decimal->size(), numbers[i]);
  }
  const double expected = numbers[0] * usage.times_a_day * numbers[1];
  if (usage.times_a_day == 0 || std::abs(expected - numbers[2]) < 0.001 * std::max(1.0, expected))
    return;
  note(Severity::warning, "quantity.dose-total",
       "1回量×回数×日数が全量と合いません。/ Dose x times a day x days differs from the total.",
       &spots[4], operation.line, true);
}

}  // namespace tasuki::intake
