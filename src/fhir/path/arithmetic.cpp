// + - * / div mod, and a sign. FHIRPath N1 6.6. Out of range, or divided by zero: empty.
#include <fmt/core.h>

#include "fhir/path/compare.h"
#include "fhir/path/evaluate.h"
#include "fhir/path/type.h"

namespace tasuki::fhir::path {
namespace {

// A whole number within its type's range: 32 bits, or 64 for a Long.
void append_whole(Evaluator& evaluator, const std::optional<Decimal>& value, System kind,
                  Items& out) {
  const auto whole = value ? value->integer() : std::nullopt;
  if (!whole) return;
  if (kind == System::integer && (*whole > INT32_MAX || *whole < INT32_MIN)) return;
  out.push_back(evaluator.integer(*whole, kind));
}

std::optional<Decimal> truncated(const std::optional<Decimal>& value) {
  return value ? value->rounded(0, Decimal::Rounding::down) : std::nullopt;
}

// What is left after whole times: 57.3 mod 3 = 0.3.
std::optional<Decimal> remainder(const Decimal& left, const Decimal& right) {
  const auto times = truncated(left.divided(right));
  const auto taken = times ? times->times(right) : std::nullopt;
  return taken ? left.minus(*taken) : std::nullopt;
}

std::optional<Decimal> calculated(Op op, const Decimal& left, const Decimal& right) {
  switch (op) {
    case Op::add:
      return left.plus(right);
    case Op::subtract:
      return left.minus(right);
    case Op::multiply:
      return left.times(right);
    case Op::divide:
      return left.divided(right);
    case Op::divide_whole:
      return truncated(left.divided(right));
    default:
      return remainder(left, right);
  }
}

void numbers(Evaluator& evaluator, const Node& node, const Item& left, const Item& right, System a,
             System b, Items& out) {
  const auto one = number_of(left), other = number_of(right);
  if (!one || !other) return;
  const auto result = calculated(node.op, *one, *other);
  const bool is_long = a == System::long_ || b == System::long_;
  const auto whole = is_long ? System::long_ : System::integer;
  const bool gives_whole =
      node.op == Op::divide_whole || (is_whole(a) && is_whole(b) && node.op != Op::divide);
  if (gives_whole) return append_whole(evaluator, result, whole, out);
  if (result) out.push_back(evaluator.decimal(*result));
}

void quantities(Evaluator& evaluator, const Node& node, const Item& left, const Item& right,
                System a, System b, Items& out) {
  const auto one = quantity_of(left, a), other = quantity_of(right, b);
  if (!one || !other) return;
  std::optional<Quantity> result;
  switch (node.op) {
    case Op::add:
      result = plus(*one, *other);
      break;
    case Op::subtract: {
      auto negated = *other;
      negated.value = negated.value.negated();
      result = plus(*one, negated);
      break;
    }
    case Op::multiply:
      result = times(*one, *other);
      break;
    case Op::divide:
      result = divided(*one, *other);
      break;
    default: {
      const auto both = in_one_unit(*one, *other);
      const auto value =
          both ? calculated(node.op, both->first.value, both->second.value) : std::nullopt;
      if (value) result = both->first, result->value = *value;
    }
  }
  if (!result) return;
  // A sum is no longer FHIR's own quantity; a multiple still is.
  if (node.op == Op::add || node.op == Op::subtract) {
    if (result->is_either) result->is_either = false, result->calendar = Precision::none;
  }
  out.push_back(quantity_item(*result, evaluator.quantity_type(), evaluator.arena));
}

// A date and a duration.
void moments(Evaluator& evaluator, const Node& node, const Item& left, const Item& right, System a,
             Items& out) {
  const auto moment = moment_of(left, a);
  const auto duration = quantity_of(right, System::quantity);
  if (!moment || !duration) return;
  auto unit = duration->calendar;
  if (unit == Precision::none) {
    auto code = calendar_of_ucum(duration->unit);
    if (code && *code < Precision::week) code.reset();  // UCUM's year is a mean of many
    if (!code) code = calendar_unit(duration->unit);
    if (!code)
      return evaluator.fail(node, Error::Kind::invalid,
                            fmt::format("A date cannot move by '{}'; years, months, weeks, days, "
                                        "hours, minutes and seconds are understood.",
                                        duration->unit));
    unit = *code;
  }
  if (moment->is_time && unit <= Precision::day)
    return evaluator.fail(node, Error::Kind::invalid, "A time of day moves by hours at most.");
  const auto amount = node.op == Op::add ? duration->value : duration->value.negated();
  const auto result = plus(*moment, amount, unit);
  if (result) out.push_back(evaluator.text(result->text(), a));
}

std::string_view sign_of(Op op) {
  switch (op) {
    case Op::add:
      return "+";
    case Op::subtract:
      return "-";
    case Op::multiply:
      return "*";
    case Op::divide:
      return "/";
    case Op::divide_whole:
      return "div";
    default:
      return "mod";
  }
}

}  // namespace

void run_arithmetic(Evaluator& evaluator, const Node& node, const Item& left, const Item& right,
                    Items& out) {
  if (left.value.is_null() || right.value.is_null()) return;
  const auto a = kind(evaluator.definitions, left), b = kind(evaluator.definitions, right);
  if (is_number(a) && is_number(b)) return numbers(evaluator, node, left, right, a, b, out);
  const bool is_sum = node.op == Op::add || node.op == Op::subtract;
  if ((a == System::quantity || is_number(a)) && (b == System::quantity || is_number(b)))
    return quantities(evaluator, node, left, right, a, b, out);
  if (is_sum && is_moment(a) && b == System::quantity)
    return moments(evaluator, node, left, right, a, out);
  if (node.op == Op::add && a == System::string && b == System::string) {
    const auto joined = std::string(left.value.text()) + std::string(right.value.text());
    out.push_back(evaluator.text(joined));
    return;
  }
  const auto named = [](System kind) { return kind == System::none ? "an object" : name_of(kind); };
  evaluator.fail(
      node, Error::Kind::invalid,
      fmt::format("{} does not work on {} and {}.", sign_of(node.op), named(a), named(b)));
}

void run_negation(Evaluator& evaluator, const Node& node, const Items& operand, Items& out) {
  if (operand.empty()) return;
  const auto what = kind(evaluator.definitions, operand.front());
  if (operand.size() > 1 || !(is_number(what) || what == System::quantity))
    return evaluator.fail(node, Error::Kind::invalid, "A sign should stand before one number.");
  if (node.op == Op::plus) return out.push_back(operand.front());
  if (what == System::quantity) {
    auto quantity = quantity_of(operand.front(), what);
    if (!quantity) return;
    quantity->value = quantity->value.negated();
    return out.push_back(quantity_item(*quantity, evaluator.quantity_type(), evaluator.arena));
  }
  const auto number = number_of(operand.front());
  if (!number) return;
  if (what == System::decimal) return out.push_back(evaluator.decimal(number->negated()));
  append_whole(evaluator, number->negated(), what, out);
}

}  // namespace tasuki::fhir::path
