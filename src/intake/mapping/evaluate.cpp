// Conditions, the right sides of lines, and what happens when a step cannot do its work.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "intake/mapping/runner.h"
#include "intake/mapping/usage.h"

namespace tasuki::intake {

using json::Value;
using Severity = formats::Finding::Severity;

std::string Runner::compared(const Condition& condition, const Scope& scope, bool& present) {
  if (!condition.variable.empty()) {
    std::string text = variable(condition.variable);
    present = !text.empty();
    return text;
  }
  Spot spot;
  present = source_.find(condition.path, scope, spot);
  if (!present || (condition.path.field == 0 && !condition.path.relative)) return {};
  return source_.text(spot);
}

bool Runner::holds(const Condition& condition, const Scope& scope) {
  using ConditionKind = Condition::Kind;
  bool present = false;
  switch (condition.kind) {
    case ConditionKind::always: return true;
    case ConditionKind::negation: return !holds(condition.parts[0], scope);
    case ConditionKind::both: return holds(condition.parts[0], scope) && holds(condition.parts[1], scope);
    case ConditionKind::either: return holds(condition.parts[0], scope) || holds(condition.parts[1], scope);
    case ConditionKind::exists: compared(condition, scope, present); return present;
    case ConditionKind::starts: return compared(condition, scope, present).starts_with(condition.values.front());
    case ConditionKind::equal:
    case ConditionKind::any_of: return std::ranges::find(condition.values, compared(condition, scope, present)) != condition.values.end();
  }
  return false;
}

std::string Runner::variable(std::string_view name) const {
  if (name == "facility") return settings_.facility;
  if (name == "facility-name") return settings_.facility_name;
  if (name == "kind") return settings_.kind;
  if (name == "trigger") return source_.message().event();
  return settings_.facility;
}

Runner::Operand Runner::term(const Term& term, const Scope& scope) {
  Operand operand;
  switch (term.kind) {
    case Term::Kind::path:
      operand.present = operand.has_spot = source_.find(term.path, scope, operand.spot);
      break;
    case Term::Kind::literal: case Term::Kind::truth: case Term::Kind::number:
      operand.present = operand.has_text = true;
      operand.text = term.text;
      break;
    case Term::Kind::variable:
      operand.text = variable(term.text);
      operand.present = operand.has_text = !operand.text.empty();
      break;
    case Term::Kind::reference:
      operand.present = names_[term.name].made;
      if (operand.present) operand.value = reference_to(names_[term.name]);
      break;
    case Term::Kind::coding: {
      operand.present = true;
      operand.value = Value::object();
      operand.value.append(arena_, "system", Value::borrowed(json::Kind::string, term.coding.system));
      operand.value.append(arena_, "code", Value::borrowed(json::Kind::string, term.coding.code));
      if (!term.coding.display.empty()) operand.value.append(arena_, "display", Value::borrowed(json::Kind::string, term.coding.display));
      break;
    }
  }
  return operand;
}

Runner::Operand Runner::joined(const Joined& terms, const Scope& scope) {
  if (terms.size() == 1) return term(terms.front(), scope);
  Operand all;
  all.has_text = true;
  for (const Term& one : terms) {
    const Operand part = term(one, scope);
    const std::string text = part.present ? text_of(part) : std::string();
    if (text.empty()) return {};
    if (part.has_spot && !all.has_spot) {
      all.has_spot = true;
      all.spot = part.spot;
    }
    all.text += text;
  }
  all.present = true;
  return all;
}

std::string Runner::text_of(const Operand& operand) {
  if (operand.has_text) return operand.text;
  return operand.has_spot ? source_.text(operand.spot) : std::string();
}

Runner::Operand Runner::evaluate(const Expression& expression, const Operation& operation, const Scope& scope) {
  Operand operand;
  for (const Joined& alternative : expression.alternatives) {
    operand = joined(alternative, scope);
    if (operand.present) break;
  }
  for (const Step& one : expression.steps) {
    if (!operand.present) return operand;
    if (!step(one, expression, operation, scope, operand)) {
      otherwise(one, expression, operation, operand);
      return operand;
    }
  }
  return operand;
}

// One step. False: it could not be done, and the line's policy decides.
bool Runner::step(const Step& step, const Expression& expression, const Operation& operation, const Scope& scope, Operand& operand) {
  const auto becomes = [&](std::string text) {
    operand.has_text = true;
    operand.text = std::move(text);
    operand.present = !operand.text.empty();
    return true;
  };
  switch (step.action) {
    case Action::table: return look_up(step, operand);
    case Action::map: return map_code(step, operand);
    case Action::result: return result_step(step, expression, operation, scope, operand);
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
      return becomes(begin < text.size() ? text.substr(begin, static_cast<size_t>(std::max(0, step.second))) : std::string());
    }
    case Action::append: {  // the text always, what stands at the path if anything does
      std::string text = text_of(operand) + step.text;
      Spot more;
      if (!step.paths.empty() && source_.find(step.paths.front(), scope, more)) text += source_.text(more);
      return becomes(std::move(text));
    }
    case Action::strip: {
      std::string text = text_of(operand);
      while (text.ends_with(step.text)) text.resize(text.size() - step.text.size());
      return becomes(std::move(text));
    }
    case Action::unpad: {
      std::string text = text_of(operand);
      while (text.size() > step.text.size() && text.starts_with(step.text)) text.erase(0, step.text.size());
      return becomes(std::move(text));
    }
    case Action::count: return becomes(std::to_string(++counts_[{operation.line, text_of(operand)}]));
    case Action::pad: {
      std::string text = text_of(operand);
      if (!text.empty() && text.size() < static_cast<size_t>(step.first)) text.insert(0, static_cast<size_t>(step.first) - text.size(), step.text.front());
      return becomes(std::move(text));
    }
    case Action::digits: return becomes(digits_of(text_of(operand)));
    case Action::upper: {
      std::string text = half_width(text_of(operand));
      std::ranges::transform(text, text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
      return becomes(std::move(text));
    }
    case Action::usage_part: return becomes(usage_part(text_of(operand), step.text));
    default: return convert_step(step, operation, scope, operand);
  }
}

// Data types of HL7 v2 to FHIR.
bool Runner::convert_step(const Step& step, const Operation& operation, const Scope& scope, Operand& operand) {
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
  const auto becomes_optional = [&](std::optional<Value> value) { return value ? becomes(*value) : false; };
  const std::string text = operand.has_spot || operand.has_text ? text_of(operand) : std::string();
  switch (step.action) {
    case Action::timestamp: return becomes_text(timestamp_of(text, operation.primitive));
    case Action::time: {
      if (text.size() < 4) return false;
      return becomes_text(text.substr(0, 2) + ":" + text.substr(2, 2) + ":" + (text.size() >= 6 ? text.substr(4, 2) : "00"));
    }
    case Action::number: {
      const auto decimal = decimal_of(text);
      const bool whole = operation.primitive != fhir::Primitive::decimal;
      return decimal && whole && decimal->contains('.') ? false : becomes_text(decimal);
    }
    case Action::truth: return becomes_text(text == step.text ? "true" : "false");
    case Action::text_only: return becomes(values_.text_only(text));
    case Action::annotation: return becomes(values_.text_only(operand.has_text ? text : source_.whole(operand.spot)));
    case Action::range: return becomes(values_.range(operand.has_text ? text : source_.whole(operand.spot), {}));
    case Action::quantity: {
      Spot unit;
      const bool has_unit = source_.find(step.paths.front(), scope, unit);
      return becomes_optional(values_.quantity_of(text, unit, has_unit));
    }
    default: break;
  }
  if (!operand.has_spot) return false;  // the rest read parts of a field
  switch (step.action) {
    case Action::coded: return becomes(values_.coded(operand.spot));
    case Action::person_name: return becomes(values_.person_name(operand.spot));
    case Action::address: return becomes(values_.address(operand.spot));
    case Action::telecom: return becomes(values_.telecom(operand.spot));
    case Action::staff: return becomes(values_.staff(operand.spot));
    case Action::place: return becomes(values_.place(operand.spot));
    case Action::organisation: return becomes(values_.organisation(operand.spot));
    case Action::usage: return becomes(values_.usage(operand.spot));
    case Action::composite_quantity: return becomes_optional(values_.composite_quantity(operand.spot));
    default: return false;
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

// A local code gets its standard code in front. A code that came with a system everybody knows needs none.
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
    for (const Value& local : codings->items()) all.push(arena_, local);
    *codings = all;
    const std::string_view text = operand.value.text_of("text");
    if (!row->display.empty() && text == coding.text_of("code")) operand.value.set(arena_, "text", values_.string(row->display));
    return true;
  }
  return false;
}

bool Runner::result_step(const Step& step, const Expression& expression, const Operation& operation, const Scope& scope, Operand& operand) {
  Spot type_spot, unit_spot;
  const std::string type = source_.find(step.paths[0], scope, type_spot) ? source_.text(type_spot) : std::string();
  Values::Unit unit;
  if (source_.find(step.paths[1], scope, unit_spot)) {
    unit = values_.unit(source_.part(unit_spot, 1), source_.part(unit_spot, 2), source_.part(unit_spot, 3));
  }
  const ResultValue result = result_value(values_, operand.spot, type, unit);
  operand.value = result.value;
  operand.element = result.element;
  operand.present = !result.element.empty();
  if (result.unknown_unit) {
    note(Severity::information, "unit.not-in-table", fmt::format("単位「{}」は単位表にないので、書かれたまま残しました。/ The unit is not in the table; kept as written.", unit.text),
         &unit_spot, operation.line, expression.policy.task);
  }
  if (!result.misfit) return true;
  if (expression.policy.otherwise != Otherwise::keep_text && expression.policy.otherwise != Otherwise::publish_local) return false;
  note(Severity::warning, "value.misfit", fmt::format("結果の値が型 {} の書き方ではないので、文字のまま残しました。/ The value is not of its type; kept as text.", type),
       &operand.spot, operation.line, expression.policy.task);
  return true;
}

void Runner::otherwise(const Step& step, const Expression& expression, const Operation& operation, Operand& operand) {
  const Policy& policy = expression.policy;
  const Spot* const spot = operand.has_spot ? &operand.spot : nullptr;
  const bool is_look_up = step.table != nullptr;
  const std::string code = is_look_up ? "code.not-in-table" : "value.not-readable";
  const std::string_view coded = operand.value.find("coding") != nullptr && operand.value.find("coding")->size() > 0
                                     ? operand.value.find("coding")->items()[0].text_of("code") : std::string_view(operand.text);
  const std::string what = is_look_up ? fmt::format("コード「{}」は表 {} にありません。/ The code is not in table {}.", coded, step.table->name, step.table->name)
                                      : std::string("値を読めませんでした。書き方を確かめてください。/ The value cannot be read; check how it is written.");
  switch (policy.otherwise) {
    case Otherwise::hold:
    case Otherwise::reject:
      note(Severity::error, code, what, spot, operation.line, true);
      stop(policy.otherwise == Otherwise::hold ? Converted::State::held : Converted::State::refused, code,
           fmt::format("{}: {} ({})", policy.text, what, spot != nullptr ? source_.location(*spot) : std::string()), operation.line);
      operand.present = false;
      return;
    case Otherwise::publish_local:
      note(policy.task ? Severity::warning : Severity::information, code, what, spot, operation.line, policy.task);
      return;  // the local code and text stand already
    case Otherwise::keep_text:
      note(Severity::warning, code, what, spot, operation.line, policy.task);
      operand.value = values_.text_only(text_of(operand));
      return;
    case Otherwise::literal:
      note(Severity::information, code, what, spot, operation.line, policy.task);
      operand.has_text = true;
      operand.text = policy.text;
      return;
    case Otherwise::leave_out:
      if (policy.chosen && !policy.task) {  // the mapping's author decided so
        operand.present = false;
        return;
      }
      note(Severity::warning, code, what, spot, operation.line, policy.task);
      operand.present = false;
      return;
  }
}

Value Runner::value_of(const Operand& operand, const Operation& operation) {
  using fhir::Primitive;
  if (!operand.value.is_null()) {
    const bool is_coding = operand.value.find("coding") == nullptr && operand.value.find("code") != nullptr && operand.value.find("system") != nullptr;
    if (operation.type == codeable_ && is_coding) {
      Value codings = Value::array();
      codings.push(arena_, operand.value);
      Value made = Value::object();
      made.append(arena_, "coding", codings);
      if (const auto display = operand.value.text_of("display"); !display.empty()) made.append(arena_, "text", values_.string(display));
      return made;
    }
    if (operation.type != codeable_ && operand.element.empty() && operand.value.find("coding") != nullptr) {
      return operand.value.find("coding")->items()[0];  // a Coding takes the first
    }
    return operand.value;
  }
  const std::string text = text_of(operand);
  if (text.empty()) return {};
  switch (operation.primitive) {
    case Primitive::boolean: return Value::boolean(text == "true");
    case Primitive::decimal: case Primitive::integer: case Primitive::positive_int: case Primitive::unsigned_int: return Value::number(arena_, text);
    default: return values_.string(text);
  }
}

std::string Runner::place_of(const Expression& expression) {
  std::string all;
  for (const Joined& alternative : expression.alternatives) {
    for (const Term& term : alternative) {
      if (term.kind != Term::Kind::path) continue;
      const Path& path = term.path;
      if (!all.empty()) all += ", ";
      all += path.relative ? fmt::format(".{}", path.component) : fmt::format("{}-{}", std::string_view(path.segment.data(), 3), path.field);
    }
  }
  return all;
}

void Runner::check(const Operation& operation, const Scope& scope) {
  if (operation.text == "dose-total") return check_dose_total(operation, scope);
  Spot spot;
  if (!source_.find(operation.paths.front(), scope, spot)) return;
  if (is_insurer_number(digits_of(source_.text(spot)))) return;
  note(Severity::warning, "insurance.check-digit", "保険者番号の検証番号が合いません。/ The insurer number's check digit is wrong.", &spot, operation.line, false);
}

// dose x times a day x days = amount dispensed, where all four are written in one unit (hl7v2-japan.md 10).
void Runner::check_dose_total(const Operation& operation, const Scope& scope) {
  if (operation.paths.size() != 6) return;  // dose, dose unit, usage, days, total, total unit
  Spot spots[6];
  for (size_t i = 0; i < 6; ++i) {
    if (!source_.find(operation.paths[i], scope, spots[i])) return;
  }
  if (source_.text(spots[1]) != source_.text(spots[5]) || source_.repetitions(spots[2].segment, spots[2].field) > 1) return;
  const Usage usage = usage_of(source_.part(spots[2], 1));
  if (!usage.consistent) {
    note(Severity::warning, "usage.slots", "用法コードの回数と時点の数が合いません。/ The usage code's times a day differ from the slots it fills.", &spots[2], operation.line, false);
  }
  double numbers[3];
  const size_t number_spots[3] = {0, 3, 4};
  for (size_t i = 0; i < 3; ++i) {
    const auto decimal = decimal_of(source_.text(spots[number_spots[i]]));
    if (!decimal) return;
    std::from_chars(decimal->data(), decimal->data() + decimal->size(), numbers[i]);
  }
  const double expected = numbers[0] * usage.times_a_day * numbers[1];
  if (usage.times_a_day == 0 || std::abs(expected - numbers[2]) < 0.001 * std::max(1.0, expected)) return;
  note(Severity::warning, "quantity.dose-total", "1回量×回数×日数が全量と合いません。/ Dose x times a day x days differs from the total.", &spots[4], operation.line, true);
}

}  // namespace tasuki::intake
