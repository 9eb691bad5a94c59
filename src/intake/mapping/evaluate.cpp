// Conditions, the right sides of lines, and what happens when a step cannot do its work.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "intake/mapping/runner.h"
#include "intake/mapping/usage.h"

namespace tasuki::intake {

using json::Value;
using Severity = formats::Finding::Severity;

namespace {

constexpr size_t text_bytes_max = 1 << 22;  // of one joined text
constexpr int repetitions_of_all_max = 10'000;

}  // namespace

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
    case ConditionKind::made:
      return names_[condition.name].made;
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
      if (term.all) return every(term.path, scope);
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

// A line for each: NTE-3 of every NTE of the block, OBX-5 with every repetition. The first place
// stands for all in the trace.
Runner::Operand Runner::every(const Path& path, const Scope& scope) {
  Operand all;
  const auto take = [&](const Spot& spot) {
    if (!source_.has(spot)) return;
    if (all.present) all.text += '\n';
    if (!all.present) all.spot = spot;
    all.present = all.has_spot = all.has_text = true;
    all.text += source_.whole(spot);
  };
  for (uint32_t i = scope.begin; i < scope.end && all.text.size() < text_bytes_max; ++i) {
    if (!source_.is(i, path.segment)) continue;
    Spot spot{.segment = i, .field = path.field};
    spot.component = path.component;
    spot.subcomponent = path.subcomponent;
    const int count = std::min(source_.repetitions(i, path.field), repetitions_of_all_max);
    for (int repetition = 1; repetition <= count; ++repetition) {
      spot.repetition = static_cast<uint16_t>(repetition);
      take(spot);
    }
  }
  return all;
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
  for (size_t i = 0; i < expression.alternatives.size(); ++i) {
    operand = joined(expression.alternatives[i], scope);
    if (!operand.present) continue;
    const Spot spot = operand.spot;
    const bool has_spot = operand.has_spot;
    const Step* const failed = run_steps(expression, operation, scope, operand);
    if (failed == nullptr) return operand;
    const bool is_last = i + 1 == expression.alternatives.size();
    if (is_last || failed->table != nullptr) {
      otherwise(*failed, expression, operation, operand);
      return operand;
    }
    // A date that is none: the next one may be one.
    note(Severity::warning, "value.not-readable",
         "値を読めなかったので、次の項目を使いました。/ The value cannot be read; the next field "
         "was "
         "used instead.",
         has_spot ? &spot : nullptr, operation.line, false);
    operand = {};
  }
  return operand;
}

// The step that could not be done; nullptr: all were, or nothing was left to do them to.
const Step* Runner::run_steps(const Expression& expression, const Operation& operation,
                              const Scope& scope, Operand& operand) {
  for (const Step& one : expression.steps) {
    if (!operand.present) return nullptr;
    if (!step(one, expression, operation, scope, operand)) return &one;
  }
  return nullptr;
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
  // The workbench counts what tables lack by table and code.
  const auto tell = [&](Severity severity, bool task) {
    note(severity, code, what, spot, operation.line, task);
    if (!is_look_up) return;
    out_.findings.back().table = step.table->name;
    out_.findings.back().value = coded;
  };
  switch (policy.otherwise) {
    case Otherwise::hold:
    case Otherwise::reject:
      tell(Severity::error, true);
      stop(policy.otherwise == Otherwise::hold ? Converted::State::held : Converted::State::refused,
           code,
           fmt::format("{}: {} ({})", policy.text, what,
                       spot != nullptr ? source_.location(*spot) : std::string()),
           operation.line);
      operand.present = false;
      return;
    case Otherwise::publish_local:
      tell(policy.task ? Severity::warning : Severity::information, policy.task);
      return;  // the local code and text stand already
    case Otherwise::keep_text:
      tell(Severity::warning, policy.task);
      operand.value = values_.text_only(text_of(operand));
      return;
    case Otherwise::literal:
      tell(Severity::information, policy.task);
      operand.has_text = true;
      operand.text = policy.text;
      return;
    case Otherwise::leave_out:
      if (policy.chosen && !policy.task) {  // the mapping's author decided so
        operand.present = false;
        return;
      }
      tell(Severity::warning, policy.task);
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
