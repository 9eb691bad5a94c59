// toInteger() and its like, and convertsToInteger() and its like. FHIRPath N1 5.5.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fhir/path/compare.h"
#include "fhir/path/function.h"
#include "json/print.h"

namespace tasuki::fhir::path {
namespace {

using Made = std::optional<Item>;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

Made to_boolean(Evaluator& evaluator, const Item& item, System kind) {
  if (kind == System::boolean) return evaluator.boolean(item.value.boolean());
  if (is_number(kind)) {
    const auto number = number_of(item);
    if (number == Decimal::of(1)) return evaluator.boolean(true);
    if (number == Decimal()) return evaluator.boolean(false);
    return std::nullopt;
  }
  if (kind != System::string) return std::nullopt;
  constexpr std::array<std::string_view, 6> yes = {"true", "t", "yes", "y", "1", "1.0"};
  constexpr std::array<std::string_view, 6> no = {"false", "f", "no", "n", "0", "0.0"};
  const auto text = lower(item.value.text());
  if (std::ranges::find(yes, text) != yes.end()) return evaluator.boolean(true);
  if (std::ranges::find(no, text) != no.end()) return evaluator.boolean(false);
  return std::nullopt;
}

Made to_whole(Evaluator& evaluator, const Item& item, System kind, System target) {
  std::optional<Decimal> number;
  if (kind == System::boolean) number = Decimal::of(item.value.boolean() ? 1 : 0);
  if (kind == System::integer || kind == System::long_) number = number_of(item);
  if (kind == System::string && !item.value.text().contains('.') &&
      item.value.text().find_first_of("eE") == std::string_view::npos)
    number = Decimal::parse(item.value.text());
  const auto whole = number ? number->integer() : std::nullopt;
  if (!whole) return std::nullopt;
  if (target == System::integer && (*whole > INT32_MAX || *whole < INT32_MIN)) return std::nullopt;
  return evaluator.integer(*whole, target);
}
Made to_integer(Evaluator& evaluator, const Item& item, System kind) {
  return to_whole(evaluator, item, kind, System::integer);
}
Made to_long(Evaluator& evaluator, const Item& item, System kind) {
  return to_whole(evaluator, item, kind, System::long_);
}

Made to_decimal(Evaluator& evaluator, const Item& item, System kind) {
  std::optional<Decimal> number;
  if (kind == System::boolean) number = Decimal(item.value.boolean() ? 10 : 0, -1);
  if (is_number(kind)) number = number_of(item);
  if (kind == System::string && item.value.text().find_first_of("eE") == std::string_view::npos)
    number = Decimal::parse(item.value.text());
  if (!number) return std::nullopt;
  return evaluator.decimal(*number);
}

Made to_text(Evaluator& evaluator, const Item& item, System kind) {
  if (kind == System::none) return std::nullopt;
  return evaluator.text(text_of(evaluator.definitions, item));
}

Made to_date(Evaluator& evaluator, const Item& item, System kind) {
  if (kind != System::string && kind != System::date && kind != System::date_time)
    return std::nullopt;
  const auto moment = moment_of(item, kind);
  if (!moment || moment->is_time) return std::nullopt;
  return evaluator.text(moment->cut(Precision::day).text(), System::date);
}

Made to_date_time(Evaluator& evaluator, const Item& item, System kind) {
  if (kind != System::string && kind != System::date && kind != System::date_time)
    return std::nullopt;
  const auto moment = moment_of(item, kind);
  if (!moment || moment->is_time) return std::nullopt;
  return evaluator.text(moment->text(), System::date_time);
}

Made to_time(Evaluator& evaluator, const Item& item, System kind) {
  if (kind != System::string && kind != System::time) return std::nullopt;
  const auto moment = moment_of(item, System::time);
  if (!moment) return std::nullopt;
  return evaluator.text(moment->text(), System::time);
}

std::optional<Quantity> quantity_from(const Item& item, System kind) {
  if (kind == System::boolean)
    return Quantity{Decimal(item.value.boolean() ? 10 : 0, -1), "1", Precision::none, false};
  if (kind == System::string) return parse_quantity(item.value.text());
  if (kind == System::long_) return std::nullopt;
  return quantity_of(item, kind);
}

template <Made (*make)(Evaluator&, const Item&, System)>
void convert(Call& call, Items& out) {
  const auto* item = call.one();
  if (item == nullptr) return;
  if (const auto made = make(call.evaluator, *item, call.kind_of(*item))) out.push_back(*made);
}
template <Made (*make)(Evaluator&, const Item&, System)>
void converts(Call& call, Items& out) {
  const auto* item = call.one();
  if (item == nullptr) return;
  out.push_back(
      call.evaluator.boolean(make(call.evaluator, *item, call.kind_of(*item)).has_value()));
}

// With a unit as its argument the value is converted to it.
std::optional<Quantity> wanted_quantity(Call& call) {
  const auto* item = call.one();
  if (item == nullptr) return std::nullopt;
  auto quantity = quantity_from(*item, call.kind_of(*item));
  if (!quantity || !call.has(0)) return quantity;
  const auto unit = call.text_argument(0);
  return unit ? in_unit(*quantity, *unit) : quantity;
}
void to_quantity_in(Call& call, Items& out) {
  if (const auto quantity = wanted_quantity(call))
    out.push_back(quantity_item(*quantity, call.evaluator.quantity_type(), call.evaluator.arena));
}
void converts_to_quantity_in(Call& call, Items& out) {
  if (call.one() != nullptr)
    out.push_back(call.evaluator.boolean(wanted_quantity(call).has_value()));
}

constexpr Function conversion_table[] = {
    {"toBoolean", 0, 0, convert<to_boolean>},
    {"toInteger", 0, 0, convert<to_integer>},
    {"toLong", 0, 0, convert<to_long>},
    {"toDecimal", 0, 0, convert<to_decimal>},
    {"toString", 0, 0, convert<to_text>},
    {"toDate", 0, 0, convert<to_date>},
    {"toDateTime", 0, 0, convert<to_date_time>},
    {"toTime", 0, 0, convert<to_time>},
    {"toQuantity", 0, 1, to_quantity_in},
    {"convertsToBoolean", 0, 0, converts<to_boolean>},
    {"convertsToInteger", 0, 0, converts<to_integer>},
    {"convertsToLong", 0, 0, converts<to_long>},
    {"convertsToDecimal", 0, 0, converts<to_decimal>},
    {"convertsToString", 0, 0, converts<to_text>},
    {"convertsToDate", 0, 0, converts<to_date>},
    {"convertsToDateTime", 0, 0, converts<to_date_time>},
    {"convertsToTime", 0, 0, converts<to_time>},
    {"convertsToQuantity", 0, 1, converts_to_quantity_in},
};

}  // namespace

std::span<const Function> conversion_functions() {
  return conversion_table;
}

std::string text_of(const Definitions& definitions, const Item& item) {
  if (item.value.is_boolean()) return item.value.boolean() ? "true" : "false";
  if (!item.value.is_object()) return std::string(item.value.text());
  if (kind(definitions, item) == System::quantity) {
    if (const auto quantity = quantity_of(item.value, item.system)) return quantity->text();
  }
  return json::print(item.value);
}

}  // namespace tasuki::fhir::path
