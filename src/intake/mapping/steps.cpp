// The steps of a line: text to text, data types to FHIR values, look-ups.
#include <algorithm>

#include <fmt/format.h>

#include "base/decimal.h"
#include "intake/mapping/runner.h"
#include "intake/mapping/usage.h"
#include "record/base64.h"

namespace tasuki::intake {

using json::Value;
using Severity = formats::Finding::Severity;

namespace {

std::optional<std::string> product_of(std::string_view left, std::string_view right) {
  const auto one = Decimal::parse(left), other = Decimal::parse(right);
  if (!one || !other) return std::nullopt;
  const auto product = one->times(*other);
  return product ? std::optional(product->text()) : std::nullopt;
}

}  // namespace

// One step. False: it could not be done, and the line's policy decides.
bool Runner::step(const Step& step, const Expression& expression, const Operation& operation,
                  const Scope& scope, Operand& operand) {
  const auto becomes = [&](std::string text) {
    operand.has_text = true;
    operand.text = std::move(text);
    operand.present = !operand.text.empty();
    return true;
  };
  switch (step.action) {
    case Action::table:
      return look_up(step, operand);
    case Action::map:
      return map_code(step, operand);
    case Action::result:
      return result_step(step, expression, operation, scope, operand);
    case Action::split: {
      const std::string text = text_of(operand);
      size_t begin = 0;
      for (int i = 1; i < step.first; ++i) {
        const size_t at = text.find(step.text, begin);
        if (at == std::string::npos) return becomes(i == 1 ? text : std::string());
        begin = at + step.text.size();
      }
      return becomes(text.substr(begin, text.find(step.text, begin) - begin));
    }
    case Action::slice: {
      const std::string text = text_of(operand);
      const auto begin = static_cast<size_t>(std::max(0, step.first - 1));
      return becomes(begin < text.size()
                         ? text.substr(begin, static_cast<size_t>(std::max(0, step.second)))
                         : std::string());
    }
    case Action::append: {  // the text always, what stands at the path if anything does
      std::string text = text_of(operand) + step.text;
      Spot more;
      if (!step.paths.empty() && source_.find(step.paths.front(), scope, more))
        text += source_.text(more);
      return becomes(std::move(text));
    }
    case Action::strip: {
      std::string text = text_of(operand);
      while (text.ends_with(step.text))
        text.resize(text.size() - step.text.size());
      return becomes(std::move(text));
    }
    case Action::unpad: {
      std::string text = text_of(operand);
      while (text.size() > step.text.size() && text.starts_with(step.text))
        text.erase(0, step.text.size());
      return becomes(std::move(text));
    }
    case Action::count:
      return becomes(std::to_string(++counts_[{operation.line, text_of(operand)}]));
    case Action::era: {
      auto text = western_of(text_of(operand));
      return text ? becomes(*std::move(text)) : false;
    }
    case Action::pad: {
      std::string text = text_of(operand);
      if (!text.empty() && text.size() < static_cast<size_t>(step.first))
        text.insert(0, static_cast<size_t>(step.first) - text.size(), step.text.front());
      return becomes(std::move(text));
    }
    case Action::digits:
      return becomes(digits_of(text_of(operand)));
    case Action::upper: {
      std::string text = half_width(text_of(operand));
      std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      });
      return becomes(std::move(text));
    }
    case Action::lower: {
      std::string text = half_width(text_of(operand));
      std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      return becomes(std::move(text));
    }
    case Action::later: {
      Spot amount, unit;
      if (!source_.find(step.paths[0], scope, amount)) return becomes({});
      const bool has_unit = source_.find(step.paths[1], scope, unit);
      auto text = moment_later(text_of(operand), source_.text(amount),
                               has_unit ? source_.text(unit) : "min");
      return text ? becomes(*std::move(text)) : false;
    }
    case Action::times: {
      Spot factor;
      if (!source_.find(step.paths.front(), scope, factor)) return becomes({});
      auto text = product_of(text_of(operand), source_.text(factor));
      return text ? becomes(*std::move(text)) : false;
    }
    case Action::usage_part:
      return becomes(usage_part(text_of(operand), step.text));
    default:
      return convert_step(step, operation, scope, operand);
  }
}

// Data types of HL7 v2 to FHIR.
bool Runner::convert_step(const Step& step, const Operation& operation, const Scope& scope,
                          Operand& operand) {
  const auto becomes_text = [&](std::optional<std::string> text) {
    if (!text) return false;
    operand.has_text = true;
    operand.text = std::move(*text);
    return true;
  };
  const auto becomes = [&](Value value) {
    operand.value = value;
    operand.present = !value.is_null();
    return true;
  };
  const auto becomes_optional = [&](std::optional<Value> value) {
    return value ? becomes(*value) : false;
  };
  const std::string text = operand.has_spot || operand.has_text ? text_of(operand) : std::string();
  switch (step.action) {
    case Action::timestamp:
      return becomes_text(timestamp_of(text, operation.primitive));
    case Action::date:
      return becomes_text(timestamp_of(hl7_of_written(text), operation.primitive));
    case Action::time: {
      if (text.size() < 4) return false;
      return becomes_text(text.substr(0, 2) + ":" + text.substr(2, 2) + ":" +
                          (text.size() >= 6 ? text.substr(4, 2) : "00"));
    }
    case Action::number: {
      const auto decimal = decimal_of(text);
      const bool whole = operation.primitive != fhir::Primitive::decimal;
      return decimal && whole && decimal->contains('.') ? false : becomes_text(decimal);
    }
    case Action::truth:
      return becomes_text(text == step.text ? "true" : "false");
    case Action::text_only:
      return becomes(values_.text_only(text));
    case Action::base64: {
      std::string plain = text;
      std::erase_if(plain, [](char c) { return c == ' ' || c == '\n' || c == '\r'; });
      while (plain.size() % 4 > 1)  // some leave the padding out; FHIR does not (RFC 4648 3.2)
        plain += '=';
      return plain.size() % 4 == 0 && record::from_base64(plain).has_value() &&
             becomes_text(std::move(plain));
    }
    case Action::encoded:
      return becomes_text(record::base64(operand.has_text ? text : source_.whole(operand.spot)));
    case Action::annotation:
      return becomes(values_.text_only(operand.has_text ? text : source_.whole(operand.spot)));
    case Action::range:
      return becomes(values_.range(operand.has_text ? text : source_.whole(operand.spot), {}));
    case Action::quantity: {
      Spot unit;
      const bool has_unit = source_.find(step.paths.front(), scope, unit);
      return becomes_optional(values_.quantity_of(text, unit, has_unit));
    }
    default:
      break;
  }
  if (!operand.has_spot) return false;  // the rest read parts of a field
  switch (step.action) {
    case Action::coded:
      return becomes(values_.coded(operand.spot));
    case Action::person_name:
      return becomes(values_.person_name(operand.spot));
    case Action::address:
      return becomes(values_.address(operand.spot));
    case Action::telecom:
      return becomes(values_.telecom(operand.spot));
    case Action::staff:
      return becomes(values_.staff(operand.spot));
    case Action::place:
      return becomes(values_.place(operand.spot));
    case Action::organisation:
      return becomes(values_.organisation(operand.spot));
    case Action::usage:
      return becomes(values_.usage(operand.spot));
    case Action::code:
      return becomes(values_.code(operand.spot));
    case Action::days:
      return becomes_optional(values_.days(operand.spot));
    case Action::composite_quantity:
      return becomes_optional(values_.composite_quantity(operand.spot));
    default:
      return false;
  }
}

bool Runner::look_up(const Step& step, Operand& operand) {
  std::string text = text_of(operand);
  if (text.empty()) {
    operand.present = false;
    return true;
  }
  const Row* const row = step.table->find(text);
  operand.has_text = true;
  operand.text = row != nullptr ? row->to : std::move(text);
  if (row != nullptr && row->to.empty()) operand.present = false;  // the table says: nothing
  return row != nullptr;
}

// A local code gets its standard code in front. A code that came with a system everybody knows
// needs none.
bool Runner::map_code(const Step& step, Operand& operand) {
  Value* const codings = operand.value.find("coding");
  if (codings == nullptr) return false;
  for (const Value& coding : codings->items()) {
    if (!coding.text_of("system").starts_with("urn:tasuki:local:")) return true;
  }
  for (const Value& coding : codings->items()) {
    const Row* const row = step.table->find(std::string(coding.text_of("code")));
    if (row == nullptr) continue;
    Value standard = Value::object();
    standard.append(arena_, "system", values_.string(row->system));
    standard.append(arena_, "code", values_.string(row->to));
    if (!row->display.empty()) standard.append(arena_, "display", values_.string(row->display));
    Value all = Value::array();
    all.push(arena_, standard);
    for (const Value& local : codings->items())
      all.push(arena_, local);
    *codings = all;
    const std::string_view text = operand.value.text_of("text");
    if (!row->display.empty() && text == coding.text_of("code"))
      operand.value.set(arena_, "text", values_.string(row->display));
    return true;
  }
  return false;
}

bool Runner::result_step(const Step& step, const Expression& expression, const Operation& operation,
                         const Scope& scope, Operand& operand) {
  Spot type_spot, unit_spot;
  const std::string type =
      source_.find(step.paths[0], scope, type_spot) ? source_.text(type_spot) : std::string();
  Values::Unit unit;
  if (source_.find(step.paths[1], scope, unit_spot)) {
    unit = values_.unit(source_.part(unit_spot, 1), source_.part(unit_spot, 2),
                        source_.part(unit_spot, 3));
  }
  const ResultValue result = result_value(values_, operand.spot, type, unit);
  operand.value = result.value;
  operand.element = result.element;
  operand.present = !result.element.empty();
  if (result.unknown_unit) {
    note(Severity::information, "unit.not-in-table",
         fmt::format("単位「{}」は単位表にないので、書かれたまま残しました。/ The unit is not in "
                     "the table; kept as written.",
                     unit.text),
         &unit_spot, operation.line, expression.policy.task);
  }
  if (!result.misfit) return true;
  if (expression.policy.otherwise != Otherwise::keep_text &&
      expression.policy.otherwise != Otherwise::publish_local)
    return false;
  note(Severity::warning, "value.misfit",
       fmt::format("結果の値が型 {} の書き方ではないので、文字のまま残しました。/ The value is not "
                   "of its type; kept as text.",
                   type),
       &operand.spot, operation.line, expression.policy.task);
  return true;
}

}  // namespace tasuki::intake
