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
    case ConditionKind::always:
      return true;
    case ConditionKind::negation:
      return !holds(condition.parts[0], scope);
    case ConditionKind::both:
      return holds(condition.parts[0], scope) && holds(condition.parts[1], scope);
    case ConditionKind::either:
      return holds(condition.parts[0], scope) || holds(condition.parts[1], scope);
    case ConditionKind::exists:
      compared(condition, scope, present);
      return present;
    case ConditionKind::starts:
      return compared(condition, scope, present).starts_with(condition.values.front());
    case ConditionKind::equal:
    case ConditionKind::any_of:
      return std::ranges::find(condition.values, compared(condition, scope, present)) !=
             condition.values.end();
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
    case Term::Kind::literal:
    case Term::Kind::truth:
    case Term::Kind::number:
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
      operand.value.append(arena_, "system",
                           Value::borrowed(json::Kind::string, term.coding.system));
      operand.value.append(arena_, "code", Value::borrowed(json::Kind::string, term.coding.code));
      if (!term.coding.display.empty())
        operand.value.append(arena_, "display",
                             Value::borrowed(json::Kind::string, term.coding.display));
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

Runner::Operand Runner::evaluate(const Expression& expression, const Operation& operation,
                                 const Scope& scope) {
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

void Runner::otherwise(const Step& step, const Expression& expression, const Operation& operation,
                       Operand& operand) {
  const Policy& policy = expression.policy;
  const Spot* const spot = operand.has_spot ? &operand.spot : nullptr;
  const bool is_look_up = step.table != nullptr;
  const std::string code = is_look_up ? "code.not-in-table" : "value.not-readable";
  const std::string_view coded =
      operand.value.find("coding") != nullptr && operand.value.find("coding")->size() > 0
          ? operand.value.find("coding")->items()[0].text_of("code")
          : std::string_view(operand.text);
  const std::string what =
      is_look_up ? fmt::format("コード「{}」は表 {} にありません。/ The code is not in table {}.",
                               coded, step.table->name, step.table->name)
                 : std::string(
                       "値を読めませんでした。書き方を確かめてください。/ The value cannot be "
                       "read; check how it is written.");
  switch (policy.otherwise) {
    case Otherwise::hold:
    case Otherwise::reject:
      note(Severity::error, code, what, spot, operation.line, true);
      stop(policy.otherwise == Otherwise::hold ? Converted::State::held : Converted::State::refused,
           code,
           fmt::format("{}: {} ({})", policy.text, what,
                       spot != nullptr ? source_.location(*spot) : std::string()),
           operation.line);
      operand.present = false;
      return;
    case Otherwise::publish_local:
      note(policy.task ? Severity::warning : Severity::information, code, what, spot,
           operation.line, policy.task);
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
    const bool is_coding = operand.value.find("coding") == nullptr &&
                           operand.value.find("code") != nullptr &&
                           operand.value.find("system") != nullptr;
    if (operation.type == codeable_ && is_coding) {
      Value codings = Value::array();
      codings.push(arena_, operand.value);
      Value made = Value::object();
      made.append(arena_, "coding", codings);
      if (const auto display = operand.value.text_of("display"); !display.empty())
        made.append(arena_, "text", values_.string(display));
      return made;
    }
    if (operation.type != codeable_ && operand.element.empty() &&
        operand.value.find("coding") != nullptr) {
      return operand.value.find("coding")->items()[0];  // a Coding takes the first
    }
    return operand.value;
  }
  const std::string text = text_of(operand);
  if (text.empty()) return {};
  switch (operation.primitive) {
    case Primitive::boolean:
      return Value::boolean(text == "true");
    case Primitive::decimal:
    case Primitive::integer:
    case Primitive::positive_int:
    case Primitive::unsigned_int:
      return Value::number(arena_, text);
    default:
      return values_.string(text);
  }
}

std::string Runner::place_of(const Expression& expression) {
  std::string all;
  for (const Joined& alternative : expression.alternatives) {
    for (const Term& term : alternative) {
      if (term.kind != Term::Kind::path) continue;
      const Path& path = term.path;
      if (!all.empty()) all += ", ";
      all += path.relative
                 ? fmt::format(".{}", path.component)
                 : fmt::format("{}-{}", std::string_view(path.segment.data(), 3), path.field);
    }
  }
  return all;
}

}  // namespace tasuki::intake
