// Paths into a message and conditions over them.
#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

// Fields per segment, as many as any version of HL7 v2 up to 2.8 has, and those of SS-MIX2 1.2
// (ZPR, ZPD, ZE1, ZE2). A sender's own segments are declared in the mapping: `segment ZAB 12`.
struct SegmentShape {
  std::string_view name;
  unsigned fields;
};
// clang-format off
constexpr SegmentShape shapes[] = {
    {"ABS", 13}, {"ACC", 13}, {"ADD", 1}, {"ADJ", 15}, {"AFF", 5}, {"AIG", 14}, {"AIL", 12},
    {"AIP", 12}, {"AIS", 12}, {"AL1", 6}, {"APR", 5}, {"ARQ", 25}, {"ARV", 6}, {"AUT", 27},
    {"BHS", 14}, {"BLC", 2}, {"BLG", 4}, {"BPO", 14}, {"BPX", 22}, {"BTS", 3}, {"BTX", 21},
    {"BUI", 12}, {"CDM", 15}, {"CDO", 4}, {"CER", 31}, {"CM0", 11}, {"CM1", 3}, {"CM2", 4},
    {"CNS", 6}, {"CON", 27}, {"CSP", 4}, {"CSR", 16}, {"CSS", 3}, {"CTD", 7}, {"CTI", 3},
    {"CTR", 19}, {"DB1", 8}, {"DG1", 26}, {"DMI", 5}, {"DON", 34}, {"DPS", 5}, {"DRG", 33},
    {"DSC", 2}, {"DSP", 5}, {"DST", 2}, {"ECD", 5}, {"ECR", 3}, {"EDU", 9}, {"EQP", 5}, {"EQU", 5},
    {"ERR", 12}, {"EVN", 7}, {"FAC", 12}, {"FHS", 14}, {"FT1", 43}, {"FTS", 2}, {"GOL", 22},
    {"GP1", 5}, {"GP2", 14}, {"GT1", 57}, {"IAM", 30}, {"IAR", 4}, {"IIM", 15}, {"ILT", 10},
    {"IN1", 55}, {"IN2", 72}, {"IN3", 28}, {"INV", 20}, {"IPC", 10}, {"IPR", 8}, {"ISD", 3},
    {"ITM", 30}, {"IVC", 30}, {"IVT", 26}, {"LAN", 6}, {"LCC", 4}, {"LCH", 5}, {"LDP", 12},
    {"LOC", 9}, {"LRL", 6}, {"MCP", 9}, {"MFA", 7}, {"MFE", 7}, {"MFI", 6}, {"MRG", 7}, {"MSA", 8},
    {"MSH", 25}, {"NCK", 1}, {"NDS", 4}, {"NK1", 41}, {"NPU", 2}, {"NSC", 9}, {"NST", 15},
    {"NTE", 9}, {"OBR", 55}, {"OBX", 30}, {"ODS", 4}, {"ODT", 3}, {"OH1", 7}, {"OH2", 16},
    {"OH3", 6}, {"OH4", 6}, {"OM1", 58}, {"OM2", 10}, {"OM3", 7}, {"OM4", 18}, {"OM5", 3},
    {"OM6", 2}, {"OM7", 24}, {"OMC", 16}, {"ORC", 38}, {"ORG", 12}, {"OVR", 5}, {"PAC", 8},
    {"PCE", 4}, {"PCR", 23}, {"PD1", 23}, {"PDA", 9}, {"PDC", 15}, {"PEO", 25}, {"PES", 13},
    {"PID", 40}, {"PKG", 7}, {"PM1", 18}, {"PMT", 13}, {"PR1", 25}, {"PRA", 12}, {"PRB", 29},
    {"PRC", 18}, {"PRD", 14}, {"PRT", 24}, {"PSG", 18}, {"PSH", 14}, {"PSL", 48}, {"PSS", 5},
    {"PTH", 7}, {"PV1", 54}, {"PV2", 50}, {"PYE", 6}, {"QAK", 6}, {"QID", 2}, {"QPD", 20},
    {"QRD", 12}, {"QRF", 10}, {"QRI", 3}, {"RCP", 7}, {"RDF", 2}, {"RDT", 99}, {"REL", 16},
    {"RF1", 24}, {"RFI", 4}, {"RGS", 3}, {"RMI", 3}, {"ROL", 14}, {"RQ1", 7}, {"RQD", 10},
    {"RXA", 29}, {"RXC", 11}, {"RXD", 35}, {"RXE", 46}, {"RXG", 33}, {"RXO", 36}, {"RXR", 6},
    {"RXV", 22}, {"SAC", 53}, {"SCD", 37}, {"SCH", 28}, {"SCP", 8}, {"SDD", 7}, {"SFT", 6},
    {"SGH", 2}, {"SGT", 2}, {"SHP", 11}, {"SID", 4}, {"SLT", 5}, {"SPM", 35}, {"STF", 41},
    {"STZ", 4}, {"TCC", 14}, {"TCD", 8}, {"TQ1", 14}, {"TQ2", 10}, {"TXA", 28}, {"UAC", 2},
    {"UB1", 23}, {"UB2", 17}, {"URD", 7}, {"URS", 9}, {"VAR", 6}, {"VND", 7}, {"ZE1", 12},
    {"ZE2", 7}, {"ZPD", 2}, {"ZPR", 7},
};
// clang-format on

unsigned fields_of(std::string_view name, const Context& context) {
  if (context.symbols != nullptr && name == "ROW")
    return static_cast<unsigned>(context.symbols->columns.size());
  if (context.symbols != nullptr)
    if (const auto own = context.symbols->segments.find(name);
        own != context.symbols->segments.end())
      return own->second;
  const auto* const found = std::ranges::lower_bound(shapes, name, {}, &SegmentShape::name);
  return found == std::end(shapes) || found->name != name ? 0 : found->fields;
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
  if (cursor.accept("made")) {
    const std::string name = TRY(cursor.name("a resource's name"));
    condition.kind = Condition::Kind::made;
    condition.name = TRY(resource_named(name, cursor, *context.symbols));
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
      Condition outer;
      outer.kind = Condition::Kind::negation;
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
        "条件では項目の後に exists、= \"値\"、!= \"値\"、starts \"値\"、in (A, B) "
        "のどれかを書きます。/ After a path in a "
        "condition stands: exists, = \"text\", != \"text\", starts \"text\" or in (A, B).");
  }
  return condition;
}

}  // namespace

std::string record_segment(std::string_view record) {
  return std::string(record) + "0";
}

Result<std::array<char, 3>> parse_segment(std::string_view text, const Cursor& cursor,
                                          const Context& context) {
  if (text.size() == 2) {
    const std::string segment = record_segment(text);
    if (fields_of(segment, context) > 0) return std::array<char, 3>{segment[0], segment[1], '0'};
  }
  if (fields_of(text, context) == 0)
    return cursor.error(fmt::format(
        "知らないセグメントです:「{0}」。施設独自のものは `segment ZAB 12` の行で宣言します。/ "
        "'{0}' is not a segment that is known; declare a sender's own with `segment ZAB 12`.",
        text));
  return std::array<char, 3>{text[0], text[1], text[2]};
}

// ROW-patient: a column of a record, by its name.
Result<Path> parse_column(std::string_view name, const Cursor& cursor, const Context& context,
                          Path path) {
  const auto& columns = context.symbols->columns;
  const auto found = std::ranges::find(columns, name);
  if (found == columns.end()) {
    const std::vector<std::string_view> known(columns.begin(), columns.end());
    return cursor.error(
        fmt::format("列「{0}」がありません。近いのは「{1}」です。/ There is no column '{0}'; the "
                    "nearest is '{1}'.",
                    name, fhir::nearest(name, known)));
  }
  path.field = static_cast<uint8_t>(found - columns.begin() + 1);
  return path;
}

Result<Path> parse_path(std::string_view text, const Cursor& cursor, const Context& context) {
  const auto wrong = [&] {
    return cursor.error(fmt::format(
        "項目の書き方ではありません:「{0}」。PID-3、PID-5[2].1、OBX-3.1、.8 のように書きます。/ "
        "'{0}' is not a path; paths look like PID-3, PID-5[2].1, OBX-3.1 or .8.",
        text));
  };
  Path path;
  std::string_view rest = text;
  if (rest.starts_with('.')) {
    if (!context.repetition)
      return cursor.error(
          fmt::format("「{0}」は繰り返しの一部を指しますが、外側に `each SEG-n` がありません。/ "
                      "'{0}' stands for a part of a repetition, but no `each SEG-n` is around it.",
                      text));
    path.relative = true;
    if (!components_off(rest, path) || !rest.empty()) return wrong();
    return path;
  }
  const std::string_view segment = rest.substr(0, rest.size() > 2 && rest[2] == '-' ? 2 : 3);
  if (segment.size() < 2) return wrong();
  path.segment = TRY(parse_segment(segment, cursor, context));
  const unsigned fields = fields_of({path.segment.data(), path.segment.size()}, context);
  rest.remove_prefix(segment.size());
  if (rest.empty()) return path;
  if (!rest.starts_with('-')) return wrong();
  rest.remove_prefix(1);
  if (segment == "ROW") return parse_column(rest, cursor, context, path);
  const auto field = number_off(rest);
  if (!field) return wrong();
  if (*field > fields)
    return cursor.error(
        fmt::format("{0} の項目は {1} までです。{2}-{3} はありません。/ {0} has {1} fields, so "
                    "there is no {2}-{3}.",
                    segment, fields, segment, *field));
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
