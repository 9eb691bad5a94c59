// The right side of a line: paths, literals, fallbacks, steps, `else`; and conditions.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

struct StepShape {
  std::string_view name;
  Action action;
  enum class Needs : uint8_t {
    nothing,
    table,
    text,
    two_numbers,
    text_and_number,
    text_and_path,
    path,
    two_paths,
    result
  } needs;
};
using Needs = StepShape::Needs;
constexpr StepShape steps[] = {
    {"table", Action::table, Needs::table},
    {"map", Action::map, Needs::table},
    {"split", Action::split, Needs::text_and_number},
    {"slice", Action::slice, Needs::two_numbers},
    {"strip", Action::strip, Needs::text},
    {"unpad", Action::unpad, Needs::text},
    {"append", Action::append, Needs::text_and_path},
    {"count", Action::count, Needs::nothing},
    {"era", Action::era, Needs::nothing},
    {"pad", Action::pad, Needs::text_and_number},
    {"digits", Action::digits, Needs::nothing},
    {"upper", Action::upper, Needs::nothing},
    {"lower", Action::lower, Needs::nothing},
    {"usage-part", Action::usage_part, Needs::text},
    {"later", Action::later, Needs::two_paths},
    {"times", Action::times, Needs::path},
};
constexpr StepShape conversions[] = {
    {"TS", Action::timestamp, Needs::nothing},
    {"DT", Action::timestamp, Needs::nothing},
    {"date", Action::date, Needs::nothing},
    {"TM", Action::time, Needs::nothing},
    {"NM", Action::number, Needs::nothing},
    {"yes", Action::truth, Needs::text},
    {"CWE", Action::coded, Needs::nothing},
    {"text", Action::text_only, Needs::nothing},
    {"XPN", Action::person_name, Needs::nothing},
    {"XAD", Action::address, Needs::nothing},
    {"XTN", Action::telecom, Needs::nothing},
    {"XCN", Action::staff, Needs::nothing},
    {"PL", Action::place, Needs::nothing},
    {"XON", Action::organisation, Needs::nothing},
    {"CQ", Action::composite_quantity, Needs::nothing},
    {"days", Action::days, Needs::nothing},
    {"code", Action::code, Needs::nothing},
    {"quantity", Action::quantity, Needs::path},
    {"range", Action::range, Needs::nothing},
    {"usage", Action::usage, Needs::nothing},
    {"result", Action::result, Needs::result},
    {"note", Action::annotation, Needs::nothing},
    {"base64", Action::base64, Needs::nothing},
    {"encoded", Action::encoded, Needs::nothing},
};

std::string names_of(std::span<const StepShape> shapes_given) {
  std::string all;
  for (const auto& shape : shapes_given)
    all += (all.empty() ? "" : ", ") + std::string(shape.name);
  return all;
}

Result<int> small_number(Cursor& cursor) {
  const std::string word = TRY(cursor.name("a number"));
  int value = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failure != std::errc() || end != word.data() + word.size())
    return cursor.error(fmt::format("数ではありません:「{0}」。/ '{0}' is not a number.", word));
  return value;
}

Result<const Table*> table_named(Cursor& cursor, const Library& library) {
  const std::string name = TRY(cursor.name("a table's name"));
  const auto found = library.tables->find(name);
  if (found != library.tables->end()) return found->second.get();
  std::vector<std::string_view> known;
  for (const auto& [key, table] : *library.tables)
    known.push_back(key);
  return cursor.error(
      fmt::format("表「{0}」がありません。近いのは「{1}」です。/ There is no table '{0}'; the "
                  "nearest is '{1}'.",
                  name, fhir::nearest(name, known)));
}

Result<Step> parse_step(Cursor& cursor, std::span<const StepShape> known, const Context& context,
                        const Library& library) {
  const std::string name = TRY(cursor.name("a step"));
  const auto found = std::ranges::find(known, name, &StepShape::name);
  if (found == known.end()) {
    return cursor.error(fmt::format(
        "ここでは使えません:「{0}」。使えるもの / '{0}' is not known here; known are: {1}.", name,
        names_of(known)));
  }
  Step step{.action = found->action, .table = nullptr, .text = {}, .paths = {}};
  switch (found->needs) {
    case Needs::nothing:
      break;
    case Needs::table:
      step.table = TRY(table_named(cursor, library));
      break;
    case Needs::text:
      step.text = TRY(cursor.text("a text in quotation marks"));
      break;
    case Needs::two_numbers:
      step.first = TRY(small_number(cursor));
      step.second = TRY(small_number(cursor));
      break;
    case Needs::text_and_number:
      step.text = TRY(cursor.text("a text in quotation marks"));
      step.first = TRY(small_number(cursor));
      break;
    case Needs::text_and_path:
      step.text = TRY(cursor.text("a text in quotation marks"));
      if (!cursor.at_end() && cursor.word().kind == Word::Kind::name && !cursor.sees("else") &&
          !cursor.sees("where")) {
        const std::string path = TRY(cursor.name("a path"));
        step.paths.push_back(TRY(parse_path(path, cursor, context)));
      }
      break;
    case Needs::two_paths:
    case Needs::path: {
      const std::string path = TRY(cursor.name("a path"));
      step.paths.push_back(TRY(parse_path(path, cursor, context)));
      if (found->needs == Needs::two_paths) {
        const std::string second = TRY(cursor.name("a second path"));
        step.paths.push_back(TRY(parse_path(second, cursor, context)));
      }
      break;
    }
    case Needs::result: {
      step.paths.emplace_back();  // records have no types: a number is one, all else is text
      if (cursor.accept("by")) {
        const std::string type = TRY(cursor.name("the path of the value's type"));
        step.paths.back() = TRY(parse_path(type, cursor, context));
      }
      TRY(cursor.expect("unit"));
      const std::string unit = TRY(cursor.name("the path of the unit"));
      step.paths.push_back(TRY(parse_path(unit, cursor, context)));
      break;
    }
  }
  return step;
}

Result<Coding> parse_coding(const std::string& word, Cursor& cursor, const Symbols& symbols) {
  const size_t hash = word.find('#');
  const std::string alias = word.substr(0, hash);
  const auto found = symbols.systems.find(alias);
  if (found == symbols.systems.end()) {
    return cursor.error(
        fmt::format("コード体系「{0}」の `system {1} = \"...\"` の行がありません。/ The code "
                    "system '{0}' has no `system {1} = \"...\"` line.",
                    alias, alias));
  }
  Coding coding{found->second, word.substr(hash + 1), {}};
  if (cursor.sees_text()) coding.display = TRY(cursor.text("the code's name"));
  return coding;
}

Result<Term> parse_term(Cursor& cursor, const Symbols& symbols, const Context& context) {
  if (cursor.at_end())
    return cursor.error(
        "右側がありません。PID-3.1 のような項目、\"文字列\"、@facility などを書きます。/ A source "
        "is missing: a path such as PID-3.1, a \"text\", or @facility.");
  Term term;
  if (cursor.sees_text()) {
    term.text = TRY(cursor.text("a text"));
    return term;
  }
  const std::string word = TRY(cursor.name("a source"));
  if (word == "ref") {
    term.kind = Term::Kind::reference;
    const std::string name = TRY(cursor.name("a resource's name"));
    term.name = TRY(resource_named(name, cursor, symbols));
  } else if (word == "all") {
    term.kind = Term::Kind::path;
    const std::string path = TRY(cursor.name("a path"));
    term.path = TRY(parse_path(path, cursor, context));
    term.all = true;
  } else if (word == "true" || word == "false") {
    term.kind = Term::Kind::truth;
    term.text = word;
  } else if (word.starts_with('@')) {
    term.kind = Term::Kind::variable;
    term.text = word.substr(1);
    constexpr std::string_view variables[] = {"facility", "facility-name", "facility-key", "kind",
                                              "trigger"};
    if (std::ranges::find(variables, term.text) == std::end(variables)) {
      return cursor.error(fmt::format(
          "@{0} はありません。あるのは @facility、@facility-name、@facility-key、@kind、@trigger "
          "です。/ There is no @{0}; there are @facility, @facility-name, @facility-key, @kind, "
          "@trigger.",
          term.text));
    }
  } else if (word.contains('#')) {
    term.kind = Term::Kind::coding;
    term.coding = TRY(parse_coding(word, cursor, symbols));
  } else if (word.find_first_not_of("0123456789") == std::string::npos) {
    term.kind = Term::Kind::number;
    term.text = word;
  } else {
    term.kind = Term::Kind::path;
    term.path = TRY(parse_path(word, cursor, context));
  }
  return term;
}

Result<Policy> parse_policy(Cursor& cursor) {
  Policy policy;
  if (cursor.sees_text()) {
    policy.otherwise = Otherwise::literal;
    policy.text = TRY(cursor.text("a text"));
    return policy;
  }
  const std::string word =
      TRY(cursor.name("hold, publish-local, keep-text, leave-out, reject or a \"text\""));
  if (word == "hold" || word == "reject") {
    policy.otherwise = word == "hold" ? Otherwise::hold : Otherwise::reject;
    policy.text = TRY(cursor.text("the reason"));
  } else if (word == "publish-local" || word == "keep-text" || word == "leave-out") {
    policy.otherwise = word == "publish-local" ? Otherwise::publish_local
                       : word == "keep-text"   ? Otherwise::keep_text
                                               : Otherwise::leave_out;
  } else {
    return cursor.error(
        fmt::format("`else {0}` は使えません。/ `else {0}` is not known: hold \"reason\", "
                    "publish-local, keep-text, leave-out, "
                    "reject \"reason\" or a \"text\".",
                    word));
  }
  if (cursor.accept("+")) {
    TRY(cursor.expect("task"));
    policy.task = true;
  }
  return policy;
}

Result<void> require_else(const Expression& expression, bool has_else, const Cursor& cursor) {
  for (const Step& step : expression.steps) {
    if (step.table != nullptr && !has_else) {
      return cursor.error(fmt::format(
          "表「{0}」を引く行に `else` がありません。表にないコードをどうするかを書きます。/ The "
          "look-up in table '{0}' has no `else`: say what happens to a code that is not in it.",
          step.table->name));
    }
  }
  return {};
}

}  // namespace

Result<uint16_t> resource_named(const std::string& name, const Cursor& cursor,
                                const Symbols& symbols) {
  for (size_t i = symbols.names.size(); i-- > 0;) {
    if (symbols.names[i].name == name) return static_cast<uint16_t>(i);
  }
  return cursor.error(
      fmt::format("これより上に「{0}」という名の資源(`-> 型 as {1}`)がありません。/ No resource "
                  "above is named '{0}' (`-> Type as {1}`).",
                  name, name));
}

Result<Expression> parse_expression(Cursor& cursor, const Symbols& symbols, const Context& context,
                                    const Library& library, bool of_repetition) {
  Expression expression;
  expression.constant = !of_repetition;
  if (of_repetition) {
    Term whole;
    whole.kind = Term::Kind::path;
    whole.path.relative = true;
    expression.alternatives.push_back({std::move(whole)});
  } else
    do {
      Joined source;
      do {
        source.push_back(TRY(parse_term(cursor, symbols, context)));
        if (source.back().kind == Term::Kind::path) expression.constant = false;
      } while (cursor.accept("+"));
      expression.alternatives.push_back(std::move(source));
    } while (cursor.accept("??"));
  while (cursor.sees("|") || cursor.sees(":")) {
    const bool conversion = cursor.accept(":");
    if (!conversion) TRY(cursor.expect("|"));
    if (conversion) {
      expression.steps.push_back(TRY(parse_step(cursor, conversions, context, library)));
    } else {
      expression.steps.push_back(TRY(parse_step(cursor, steps, context, library)));
    }
  }
  const bool has_else = cursor.accept("else");
  if (has_else) expression.policy = TRY(parse_policy(cursor));
  expression.policy.chosen = has_else;
  TRY(require_else(expression, has_else, cursor));
  return expression;
}

}  // namespace tasuki::intake
