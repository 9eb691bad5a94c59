// Numbers and quantities. FHIRPath N1 5.7; trial use: sum, min, max, avg, precision, boundaries.
#include <fmt/core.h>

#include <cmath>

#include "fhir/path/compare.h"
#include "fhir/path/function.h"

namespace tasuki::fhir::path {
namespace {

using Rounding = Decimal::Rounding;

// The one number or quantity asked; nothing, with or without an error.
struct Operand {
  System kind = System::none;
  Quantity quantity;
};
std::optional<Operand> operand(Call& call) {
  const auto* item = call.one();
  if (item == nullptr) return std::nullopt;
  const auto kind = call.kind_of(*item);
  const auto quantity = quantity_of(*item, kind);
  if (quantity) return Operand{kind, *quantity};
  if (kind != System::quantity)
    call.fail(fmt::format("{}() was asked of something that is no number.", call.node.name));
  return std::nullopt;
}

void append(Call& call, const Operand& like, const std::optional<Decimal>& value, System kind,
            Items& out) {
  if (!value) return;
  if (like.kind == System::quantity) {
    auto quantity = like.quantity;
    quantity.value = *value;
    return out.push_back(
        quantity_item(quantity, call.evaluator.quantity_type(), call.evaluator.arena));
  }
  if (!is_whole(kind)) return out.push_back(call.evaluator.decimal(*value));
  if (const auto whole = value->integer()) out.push_back(call.evaluator.integer(*whole, kind));
}

void abs(Call& call, Items& out) {
  if (const auto of = operand(call))
    append(call, *of, of->quantity.value.absolute(), of->kind, out);
}

template <Rounding rounding>
void to_whole(Call& call, Items& out) {
  const auto of = operand(call);
  if (!of) return;
  const auto kind = of->kind == System::long_ ? System::long_ : System::integer;
  append(call, *of, of->quantity.value.rounded(0, rounding), kind, out);
}

void round(Call& call, Items& out) {
  const auto of = operand(call);
  if (!of) return;
  const auto places = call.has(0) ? call.integer_argument(0).value_or(0) : 0;
  if (places < 0 || places > 31) return call.fail("round() takes 0 to 31 decimals.");
  if (is_whole(of->kind)) return append(call, *of, of->quantity.value, of->kind, out);
  // Zeros that were not written are not added.
  auto result = of->quantity.value;
  if (result.decimals() > places) result = *result.rounded(static_cast<int>(places));
  append(call, *of, result, System::decimal, out);
}

void append_near(Call& call, double value, Items& out) {
  if (const auto result = Decimal::near(value)) out.push_back(call.evaluator.decimal(*result));
}

template <double (*calculate)(double)>
void calculated(Call& call, Items& out) {
  const auto of = operand(call);
  if (!of || of->kind == System::quantity) return;
  append_near(call, calculate(of->quantity.value.value()), out);
}

void log(Call& call, Items& out) {
  const auto of = operand(call);
  const auto base = of ? call.number_argument(0) : std::nullopt;
  if (base) append_near(call, std::log(of->quantity.value.value()) / std::log(base->value()), out);
}

// Whole powers exactly; a root of a negative number is empty.
void power(Call& call, Items& out) {
  const auto of = operand(call);
  const auto exponent = of ? call.number_argument(0) : std::nullopt;
  if (!exponent) return;
  const auto whole = exponent->integer();
  const auto& base = of->quantity.value;
  if (whole && *whole >= 0 && *whole <= 1000) {
    if (const auto result = base.power(static_cast<int>(*whole))) {
      if (is_whole(of->kind)) {
        const auto number = result->integer();
        if (!number || (of->kind == System::integer && std::abs(*number) > INT32_MAX)) return;
        return out.push_back(call.evaluator.integer(*number, of->kind));
      }
      return out.push_back(call.evaluator.decimal(*result));
    }
    return;
  }
  append_near(call, std::pow(base.value(), exponent->value()), out);
}

// ---- aggregates: all of one kind, or an error; an element without value makes it empty

std::optional<Operand> total_of(Call& call) {
  std::optional<Operand> total;
  for (const auto& item : call.input) {
    if (item.value.is_null()) return std::nullopt;
    const auto kind = call.kind_of(item);
    const auto quantity = quantity_of(item, kind);
    if (!quantity) {
      call.fail(fmt::format("{}() was asked of something that is no number.", call.node.name));
      return std::nullopt;
    }
    if (!total) {
      total = Operand{kind, *quantity};
      continue;
    }
    const auto next = plus(total->quantity, *quantity);
    if (!next) return std::nullopt;
    total->quantity = *next;
    if (kind != total->kind)
      total->kind = kind == System::quantity || total->kind == System::quantity ? System::quantity
                                                                                : System::decimal;
  }
  return total;
}

void sum(Call& call, Items& out) {
  if (const auto total = total_of(call))
    append(call, *total, total->quantity.value, total->kind, out);
}
void avg(Call& call, Items& out) {
  const auto total = total_of(call);
  if (!total) return;
  const auto count = Decimal::of(static_cast<int64_t>(call.input.size()));
  append(call, *total, total->quantity.value.divided(count), System::decimal, out);
}

// Of numbers, texts and dates alike.
template <bool is_min>
void extreme(Call& call, Items& out) {
  const Item* best = nullptr;
  for (const auto& item : call.input) {
    if (item.value.is_null()) return;
    if (best == nullptr) {
      best = &item;
      continue;
    }
    const auto found = order(call.evaluator.definitions, item, *best);
    if (!found.is_comparable)
      return call.fail(fmt::format("{}() was asked of values without order.", call.node.name));
    if (!found.order) return;
    if (is_min ? *found.order < 0 : *found.order > 0) best = &item;
  }
  if (best != nullptr) out.push_back(*best);
}

// ---- what a written number may stand for. Trial use, 2.0: precision, lowBoundary, highBoundary

// Half a unit of the last digit, away from zero or towards it.
std::optional<Decimal> decimal_boundary(const Decimal& value, bool is_high, int digits) {
  if (digits < 0 || digits > 31) return std::nullopt;
  const Decimal half(5, value.exponent() - 1);
  const bool is_outward = is_high != value.is_negative();
  const auto edge = is_outward ? value.absolute().plus(half) : value.absolute().minus(half);
  // Cut where it points inwards, rounded where it points outwards: 1.587 is 1.58 to 1.59.
  const auto result =
      edge ? edge->rounded(digits, is_outward ? Rounding::half_up : Rounding::down) : std::nullopt;
  return result && value.is_negative() ? result->negated() : result;
}

std::optional<int> digits_argument(Call& call, int otherwise) {
  if (!call.has(0)) return otherwise;
  const auto digits = call.integer_argument(0);
  if (!digits) return call.evaluator.failed ? std::nullopt : std::optional(otherwise);
  return *digits < -1 || *digits > 100 ? -1 : static_cast<int>(*digits);
}

template <bool is_high>
void boundary_of(Call& call, Items& out) {
  const auto* item = call.one();
  if (item == nullptr) return;
  const auto kind = call.kind_of(*item);
  if (is_moment(kind)) {
    const int whole = kind == System::date ? 8 : kind == System::time ? 9 : 17;
    const auto digits = digits_argument(call, whole);
    const auto moment = moment_of(*item, kind);
    const auto edge = digits && moment ? boundary(*moment, is_high, *digits) : std::nullopt;
    if (edge) out.push_back(call.evaluator.text(edge->text(), kind));
    return;
  }
  const auto of = operand(call);
  const auto digits = of ? digits_argument(call, 8) : std::nullopt;
  if (digits)
    append(call, *of, decimal_boundary(of->quantity.value, is_high, *digits), System::decimal, out);
}

void precision(Call& call, Items& out) {
  const auto* item = call.one();
  if (item == nullptr) return;
  const auto kind = call.kind_of(*item);
  if (const auto number = number_of(*item))
    return out.push_back(call.evaluator.integer(number->decimals()));
  const auto moment = is_moment(kind) ? moment_of(*item, kind) : std::nullopt;
  if (!moment) return call.fail("precision() was asked of something that is no number or date.");
  out.push_back(call.evaluator.integer(digits_of(*moment)));
}

constexpr Function number_table[] = {
    {"abs", 0, 0, abs},
    {"ceiling", 0, 0, to_whole<Rounding::ceiling>},
    {"floor", 0, 0, to_whole<Rounding::floor>},
    {"truncate", 0, 0, to_whole<Rounding::down>},
    {"round", 0, 1, round},
    {"exp", 0, 0, calculated<std::exp>},
    {"ln", 0, 0, calculated<std::log>},
    {"sqrt", 0, 0, calculated<std::sqrt>},
    {"log", 1, 1, log},
    {"power", 1, 1, power},
    {"sum", 0, 0, sum},
    {"avg", 0, 0, avg},
    {"min", 0, 0, extreme<true>},
    {"max", 0, 0, extreme<false>},
    {"lowBoundary", 0, 1, boundary_of<false>},
    {"highBoundary", 0, 1, boundary_of<true>},
    {"precision", 0, 0, precision},
};

}  // namespace

std::span<const Function> number_functions() {
  return number_table;
}

}  // namespace tasuki::fhir::path
