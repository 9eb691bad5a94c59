// Paths into a message and conditions over them.
#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

// Fields per segment, HL7 v2.5 chapters 2-12 and the segments of SS-MIX2 1.2 (ZPR, ZPD, ZE1, ZE2,
// IPC, DB1).
struct SegmentShape {
  std::string_view name;
  unsigned fields;
};
constexpr SegmentShape shapes[] = {
    {"AL1", 6},  {"CTI", 3},  {"DB1", 8},  {"DG1", 21}, {"EVN", 7},  {"IAM", 20}, {"IN1", 53},
    {"IPC", 9},  {"MRG", 7},  {"MSH", 25}, {"NK1", 39}, {"NTE", 4},  {"OBR", 50}, {"OBX", 25},
    {"ODS", 4},  {"ORC", 31}, {"PD1", 21}, {"PID", 39}, {"PRB", 25}, {"PV1", 52}, {"PV2", 49},
    {"RXA", 26}, {"RXC", 9},  {"RXE", 44}, {"RXO", 28}, {"RXR", 6},  {"SPM", 29}, {"TQ1", 14},
    {"ZE1", 12}, {"ZE2", 7},  {"ZPD", 2},  {"ZPR", 7},
};

const SegmentShape* shape_of(std::string_view name) {
  const auto* const found = std::ranges::find(shapes, name, &SegmentShape::name);
  return found == std::end(shapes) ? nullptr : found;
}

// A number at the start of text, taken off it.
std::optional<unsigned> number_off(std::string_view& text) {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || value == 0 || value > 999) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

// "[2]" or "[2..]"
bool repetition_off(std::string_view& text, Path& path) {
  if (!text.starts_with('[')) return true;
  text.remove_prefix(1);
  const auto number = number_off(text);
  if (!number) return false;
  path.repetition = static_cast<uint16_t>(*number);
  if (text.starts_with("..")) {
    path.onwards = true;
    text.remove_prefix(2);
  }
  if (!text.starts_with(']')) return false;
  text.remove_prefix(1);
  return true;
}

// ".1" and ".1.2"
bool components_off(std::string_view& text, Path& path) {
  for (uint8_t* const part : {&path.component, &path.subcomponent}) {
    if (!text.starts_with('.')) return true;
    text.remove_prefix(1);
    const auto number = number_off(text);
    if (!number || *number > 99) return false;
    *part = static_cast<uint8_t>(*number);
  }
  return true;
}

Result<Condition> parse_comparison(Cursor& cursor, const Context& context) {
  Condition condition;
  if (cursor.accept("not")) {
    condition.kind = Condition::Kind::negation;
    condition.parts.push_back(TRY(parse_comparison(cursor, context)));
    return condition;
  }
  if (cursor.accept("(")) {
    condition = TRY(parse_condition(cursor, context));
    TRY(cursor.expect(")"));
    return condition;
  }
  const std::string word = TRY(cursor.name("a path"));
  if (word == "@kind" || word == "@trigger") {
    condition.variable = word.substr(1);
  } else {
    condition.path = TRY(parse_path(word, cursor, context));
  }
  if (cursor.accept("exists")) {
    condition.kind = Condition::Kind::exists;
  } else if (cursor.accept("starts")) {
    condition.kind = Condition::Kind::starts;
    condition.values.push_back(TRY(cursor.text("a text")));
  } else if (cursor.accept("=") || cursor.sees("!=")) {
    const bool negated = cursor.accept("!=");
    condition.kind = Condition::Kind::equal;
    condition.values.push_back(TRY(cursor.text("a text")));
    if (negated) {
      Condition outer{
          .kind = Condition::Kind::negation, .path = {}, .variable = {}, .values = {}, .parts = {}};
      outer.parts.push_back(std::move(condition));
      return outer;
    }
  } else if (cursor.accept("in")) {
    condition.kind = Condition::Kind::any_of;
    TRY(cursor.expect("("));
    do
      condition.values.push_back(cursor.sees_text() ? TRY(cursor.text("a value"))
                                                    : TRY(cursor.name("a value")));
    while (cursor.accept(","));
    TRY(cursor.expect(")"));
  } else {
    return cursor.error(
        "After a path in a condition stands: exists, = \"text\", != \"text\", starts \"text\" or "
        "in (A, B).");
  }
  return condition;
}

}  // namespace

Result<std::array<char, 3>> parse_segment(std::string_view text, const Cursor& cursor) {
  if (shape_of(text) == nullptr)
    return cursor.error(fmt::format("'{}' is not a segment that is known.", text));
  return std::array<char, 3>{text[0], text[1], text[2]};
}

Result<Path> parse_path(std::string_view text, const Cursor& cursor, const Context& context) {
  const auto wrong = [&] {
    return cursor.error(
        fmt::format("'{}' is not a path; paths look like PID-3, PID-5[2].1, OBX-3.1 or .8.", text));
  };
  Path path;
  std::string_view rest = text;
  if (rest.starts_with('.')) {
    if (!context.repetition)
      return cursor.error(fmt::format(
          "'{}' stands for a part of a repetition, but no `each SEG-n` is around it.", text));
    path.relative = true;
    if (!components_off(rest, path) || !rest.empty()) return wrong();
    return path;
  }
  if (rest.size() < 3) return wrong();
  path.segment = TRY(parse_segment(rest.substr(0, 3), cursor));
  const SegmentShape& shape = *shape_of(rest.substr(0, 3));
  rest.remove_prefix(3);
  if (rest.empty()) return path;
  if (!rest.starts_with('-')) return wrong();
  rest.remove_prefix(1);
  const auto field = number_off(rest);
  if (!field) return wrong();
  if (*field > shape.fields)
    return cursor.error(fmt::format("{} has {} fields, so there is no {}-{}.", shape.name,
                                    shape.fields, shape.name, *field));
  path.field = static_cast<uint8_t>(*field);
  if (!repetition_off(rest, path) || !components_off(rest, path) || !rest.empty()) return wrong();
  return path;
}

Result<Condition> parse_condition(Cursor& cursor, const Context& context) {
  Condition left = TRY(parse_comparison(cursor, context));
  while (cursor.sees("and") || cursor.sees("or")) {
    Condition whole;
    whole.kind = cursor.accept("and") ? Condition::Kind::both : Condition::Kind::either;
    if (whole.kind == Condition::Kind::either) cursor.skip();
    whole.parts.push_back(std::move(left));
    whole.parts.push_back(TRY(parse_comparison(cursor, context)));
    left = std::move(whole);
  }
  return left;
}

}  // namespace tasuki::intake
