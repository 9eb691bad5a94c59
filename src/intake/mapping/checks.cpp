// What a mapping asks to be checked: numbers that must agree with one another.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "intake/mapping/runner.h"
#include "intake/mapping/usage.h"

namespace tasuki::intake {
namespace {

// What a unit is of the one that is compared in: MG and G, ML and L are written beside one another
// in one order (50 mg x ... = 1.4 g).
std::pair<std::string, double> in_base_unit(std::string unit) {
  constexpr std::tuple<std::string_view, std::string_view, double> factors[] = {
      {"MCG", "G", 1e-6}, {"MG", "G", 1e-3}, {"KG", "G", 1e3}, {"ML", "L", 1e-3}};
  std::ranges::transform(unit, unit.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  for (const auto& [name, base, factor] : factors)
    if (unit == name) return {std::string(base), factor};
  return {unit, 1};
}

std::optional<double> number_of(std::string_view text) {
  const auto decimal = decimal_of(text);
  double number = 0;
  if (!decimal) return std::nullopt;
  std::from_chars(decimal->data(), decimal->data() + decimal->size(), number);
  return number;
}

// What is taken on a day of taking: the unequal doses together, else the one dose as often as the
// code says. Nothing where it cannot be told.
std::optional<double> daily_amount(const Usage& usage, const Supplements& supplements,
                                   std::optional<double> dose) {
  if (supplements.doses.empty())
    return dose && usage.times_a_day > 0 ? std::optional(*dose * usage.times_a_day) : std::nullopt;
  double sum = 0;
  for (const std::string& one : supplements.doses) {
    const auto amount = number_of(one);
    if (!amount) return std::nullopt;
    sum += *amount;
  }
  const bool is_whole =
      usage.times_a_day == 0 || static_cast<int>(supplements.doses.size()) == usage.times_a_day;
  return is_whole ? std::optional(sum) : std::nullopt;
}

bool is_near(double left, double right) {
  return std::abs(left - right) < 0.001 * std::max(1.0, std::abs(right));
}

}  // namespace

using Severity = formats::Finding::Severity;

void Runner::check(const Operation& operation, const Scope& scope) {
  if (operation.text == "dose-total") return check_dose_total(operation, scope);
  if (operation.text == "institution") return check_institution(operation, scope);
  if (operation.text == "claim-points") return check_claim_points(operation, scope);
  Spot spot;
  if (!source_.find(operation.paths.front(), scope, spot)) return;
  if (is_insurer_number(digits_of(source_.text(spot)))) return;
  note(Severity::warning, "insurance.check-digit",
       "保険者番号の検証番号が合いません。/ The insurer number's check digit is wrong.", &spot,
       operation.line, false);
}

// check dose-total DOSE, DOSE-UNIT, USAGE, DAYS, TOTAL, TOTAL-UNIT[, START, TIMES, DAILY]
//
// What is taken in all must be what is dispensed (hl7v2-japan.md 10): on the days of taking the
// daily amount; when needed the dose as often as it was prescribed (TQ1-14). Days may be written as
// days of taking or as days from first to last, so either total is right. Where one of the numbers
// is missing nothing is said.
void Runner::check_dose_total(const Operation& operation, const Scope& scope) {
  const auto spot_of = [&](size_t i) -> std::optional<Spot> {
    Spot spot;
    if (i >= operation.paths.size() || !source_.find(operation.paths[i], scope, spot))
      return std::nullopt;
    return spot;
  };
  const auto text_at = [&](size_t i) {
    const auto spot = spot_of(i);
    return spot ? source_.text(*spot) : std::string();
  };
  const auto usage_spot = spot_of(2), total_spot = spot_of(4);
  if (!usage_spot) return;
  const Usage usage = usage_of(source_.part(*usage_spot, 1));
  check_usage_text(usage, *usage_spot, operation);
  const auto dose = number_of(text_at(0)), total = number_of(text_at(4));
  Spot usage_field = *usage_spot;
  const Supplements supplements = values_.supplements_of(usage_field);
  const auto daily = daily_amount(usage, supplements, dose);
  check_daily(daily, spot_of(8), text_at(1), operation);
  if (!total || !total_spot || !usage.known) return;
  const auto [dose_unit, dose_factor] = in_base_unit(text_at(1));
  const auto [total_unit, total_factor] = in_base_unit(text_at(5));
  if (dose_unit != total_unit) return;
  if (usage.is_as_needed()) {
    const auto times = number_of(text_at(7));
    if (dose && times && !is_near(*dose * *times * dose_factor, *total * total_factor))
      tell_total(*dose * *times * dose_factor / total_factor, *total_spot, operation);
    return;
  }
  const auto days = number_of(text_at(3));
  if (!daily || !days || *days < 1 || *days > 3660) return;
  const auto taken = supplements.days_within(static_cast<int>(*days), text_at(6));
  const double whole = *daily * *days * dose_factor;
  if (is_near(whole, *total * total_factor)) return;
  if (taken && is_near(*daily * *taken * dose_factor, *total * total_factor)) return;
  if (!taken) return;  // by dates, without a first day
  tell_total(*daily * *taken * dose_factor / total_factor, *total_spot, operation);
}

void Runner::tell_total(double expected, const Spot& spot, const Operation& operation) {
  note(Severity::warning, "quantity.dose-total",
       fmt::format(
           "1回量×回数×日数(または頓用の回数)は {0:g} で、全量と合いません。/ Dose x times x days "
           "(or the number of doses when needed) is {0:g}, which differs from the total.",
           expected),
       &spot, operation.line, true);
}

// RXE-19, total daily dose.
void Runner::check_daily(std::optional<double> daily, const std::optional<Spot>& spot,
                         const std::string& dose_unit, const Operation& operation) {
  if (!daily || !spot) return;
  Spot unit = *spot;
  unit.component = 2;
  const auto written = number_of(source_.part(*spot, 1));
  const auto [left, left_factor] = in_base_unit(dose_unit);
  const auto [right, right_factor] = in_base_unit(source_.part(unit, 1));
  if (!written || left != right || is_near(*daily * left_factor, *written * right_factor)) return;
  note(Severity::warning, "quantity.daily-dose",
       fmt::format(
           "1日量が {0:g} のはずですが違います。/ The daily dose should be {0:g} and is not.",
           *daily * left_factor / right_factor),
       &*spot, operation.line, true);
}

void Runner::check_usage_text(const Usage& usage, const Spot& spot, const Operation& operation) {
  if (!usage.known) return;
  if (!usage.consistent) {
    note(Severity::warning, "usage.slots",
         "用法コードの回数と時点の数が合いません。/ The usage code's times a day differ from the "
         "slots it fills.",
         &spot, operation.line, false);
  }
  const std::string code = source_.part(spot, 1), text = source_.part(spot, 2);
  if (text.empty() || !contradicts(text, usage)) return;
  note(Severity::warning, "usage.text-differs",
       fmt::format(
           "用法コードは「{0}」ですが、文は「{1}」です。/ The usage code means \"{0}\", but the "
           "text says \"{1}\".",
           usage_text(code), text),
       &spot, operation.line, true);
}

}  // namespace tasuki::intake
