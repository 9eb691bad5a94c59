#include "formats/hl7v2/check.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace tasuki::hl7v2 {
namespace {

using formats::Finding;

enum class Type : uint8_t { any, number, date, time, code };
enum class Need : uint8_t { optional, required };

struct Rule {
  std::string_view segment;
  int field;
  Need need;
  Type type;
  std::string_view table;  // of Type::code: values joined by blanks
};

constexpr std::string_view result_status =
    "C D F I N O P R S U W X A B";  // 0085, with A B seen beside it
constexpr auto required = Need::required;
constexpr auto optional = Need::optional;

// clang-format off
constexpr Rule rules[] = {
    {"MSH", 7,  required, Type::time,   {}},
    {"MSH", 9,  required, Type::any,    {}},
    {"MSH", 10, required, Type::any,    {}},
    {"MSH", 11, required, Type::code,   "P T D"},                     // 0103
    {"MSH", 12, required, Type::any,    {}},
    {"EVN", 2,  optional, Type::time,   {}},
    {"EVN", 6,  optional, Type::time,   {}},
    {"PID", 3,  required, Type::any,    {}},
    {"PID", 5,  required, Type::any,    {}},
    {"PID", 7,  optional, Type::time,   {}},
    {"PID", 8,  optional, Type::code,   "F M O U A N"},               // 0001
    {"PID", 29, optional, Type::time,   {}},
    {"PID", 33, optional, Type::time,   {}},
    {"PV1", 2,  required, Type::code,   "I O E P R B C N U"},         // 0004
    {"PV1", 44, optional, Type::time,   {}},
    {"PV1", 45, optional, Type::time,   {}},
    {"PV2", 8,  optional, Type::time,   {}},
    {"PV2", 9,  optional, Type::time,   {}},
    {"IN1", 3,  required, Type::any,    {}},
    {"IN1", 12, optional, Type::date,   {}},
    {"IN1", 13, optional, Type::date,   {}},
    {"AL1", 3,  required, Type::any,    {}},
    {"AL1", 6,  optional, Type::date,   {}},
    {"IAM", 3,  required, Type::any,    {}},
    {"IAM", 6,  required, Type::code,   "A D U X"},                   // 0323
    {"IAM", 11, optional, Type::date,   {}},
    {"ORC", 1,  required, Type::code,   "NW OK CA RP RO DC SC SN XO PA CH CN RE RL RR UA UC UD UF UH UM UN UR UX AF CR DE DF DR FU HD HR LI MC NA OC OD OE OF OH OP OR PR RF RQ RU SR SS XR XX PY OD"},  // 0119
    {"ORC", 9,  optional, Type::time,   {}},
    {"OBR", 4,  required, Type::any,    {}},
    {"OBR", 7,  optional, Type::time,   {}},
    {"OBR", 8,  optional, Type::time,   {}},
    {"OBR", 22, optional, Type::time,   {}},
    {"OBR", 25, optional, Type::code,   "O I S A P C R F X Y Z N M"}, // 0123
    {"OBX", 1,  optional, Type::number, {}},
    {"OBX", 2,  optional, Type::code,   "AD CE CF CK CN CP CQ CWE CX DR DT DTM ED EI FT HD ID IS MA MO NA NM PN RP RI SI SN ST TM TN TS TX XAD XCN XON XPN XTN"},  // 0125
    {"OBX", 3,  required, Type::any,    {}},
    {"OBX", 11, required, Type::code,   result_status},
    {"OBX", 14, optional, Type::time,   {}},
    {"OBX", 19, optional, Type::time,   {}},
    {"SPM", 4,  required, Type::any,    {}},
    {"SPM", 17, optional, Type::time,   {}},
    {"SPM", 18, optional, Type::time,   {}},
    {"RXE", 2,  required, Type::any,    {}},
    {"RXE", 3,  optional, Type::number, {}},
    {"RXE", 4,  optional, Type::number, {}},
    {"RXE", 10, optional, Type::number, {}},
    {"TQ1", 7,  optional, Type::time,   {}},
    {"TQ1", 8,  optional, Type::time,   {}},
    {"RXC", 1,  required, Type::code,   "A B"},                       // 0166
    {"RXC", 2,  required, Type::any,    {}},
    {"RXC", 3,  optional, Type::number, {}},
    {"RXA", 3,  required, Type::time,   {}},
    {"RXA", 4,  optional, Type::time,   {}},
    {"RXA", 5,  required, Type::any,    {}},
    {"RXA", 6,  required, Type::number, {}},
    {"PRB", 1,  required, Type::code,   "AD CO DE LI UC UN UP"},      // 0287
    {"PRB", 2,  required, Type::time,   {}},
    {"PRB", 3,  required, Type::any,    {}},
    {"PRB", 7,  optional, Type::time,   {}},
    {"PRB", 8,  optional, Type::time,   {}},
    {"PRB", 9,  optional, Type::time,   {}},
    {"PRB", 16, optional, Type::time,   {}},
};
// clang-format on

bool is_in(std::string_view table, std::string_view value) {
  for (size_t at = 0; at < table.size();) {
    const size_t end = std::min(table.find(' ', at), table.size());
    if (table.substr(at, end - at) == value) return true;
    at = end + 1;
  }
  return false;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "> 100", "<3", "1:128" are numbers with a word about them: SN written as text (ss-mix2.md 8).
bool is_structured_number(std::string_view text) {
  constexpr std::string_view allowed = "<>=+-/:. 0123456789";
  return std::ranges::all_of(text, [&](char c) { return allowed.find(c) != allowed.npos; });
}

class Checker {
 public:
  explicit Checker(const Message& message) : message_(message) {}

  std::vector<Finding> check() {
    for (int i = 1; i <= message_.segment_count(); ++i) {
      const auto segment = message_.segment(i);
      for (const auto& rule : rules)
        if (rule.segment == segment.name()) check_field(segment, rule);
      if (segment.name() == "OBX") check_observation(segment);
      if (segment.name() == "OBR" || segment.name() == "SPM") last_set_id_.clear();
    }
    return std::move(findings_);
  }

 private:
  void check_field(const Segment& segment, const Rule& rule) {
    const auto field = segment.field(rule.field);
    if (field.empty()) {
      if (rule.need == Need::required)
        add(segment, rule.field, field, "field.missing", "必須の項目が空です。",
            "This field is required.");
      return;
    }
    if (field.is_null()) return;
    const auto value = field.component(1).subcomponent(1).written();
    if (value.empty() && rule.type != Type::any) return;
    if (rule.type == Type::code && !is_in(rule.table, value))
      add(segment, rule.field, field, "field.table",
          fmt::format("「{}」は使えない値です。使えるのは {} です。", value, rule.table),
          fmt::format("Use one of {}.", rule.table));
    if (rule.type == Type::number && !is_number(value))
      add(segment, rule.field, field, "field.type",
          fmt::format("「{}」は数ではありません。", value), "A number (NM) is wanted.");
    if (rule.type == Type::time && !is_timestamp(value))
      add(segment, rule.field, field, "field.type",
          fmt::format("「{}」という日時はありません。YYYYMMDDHHMMSSの順に書きます。", value),
          "No such time; write YYYYMMDDHHMMSS.");
    if (rule.type == Type::date && (value.size() < 4 || !is_timestamp(value.substr(0, 8))))
      add(segment, rule.field, field, "field.type",
          fmt::format("「{}」という日付はありません。YYYYMMDDの順に書きます。", value),
          "No such date; write YYYYMMDD.");
  }

  // OBX-5 is what OBX-2 says it is; OBX-1 does not repeat under one OBR.
  void check_observation(const Segment& segment) {
    const auto value = segment.field(5);
    const auto type = segment.field(2).written();
    const auto one = value.component(1).written();
    const bool has_value = !value.empty() && !value.is_null() && !one.empty();
    if (has_value && type.empty())
      add(segment, 2, segment.field(2), "field.missing",
          "値（OBX-5）があるのに型（OBX-2）がありません。",
          "OBX-5 has a value, so OBX-2 must say its type.");
    if (has_value && type == "NM" && !is_number(one))
      add(segment, 5, value, "field.type",
          is_structured_number(one)
              ? fmt::format("「{}」は数（NM）ではなく比較つきの数（SN）です。", one)
              : fmt::format("「{}」は数（NM）ではありません。", one),
          "OBX-2 says NM; this is not a plain number.");
    if (has_value && (type == "TS" || type == "DTM" || type == "DT") && !is_timestamp(one))
      add(segment, 5, value, "field.type", fmt::format("「{}」という日時はありません。", one),
          "No such date or time.");
    const std::string set_id(segment.field(1).written());
    if (!set_id.empty() && set_id == last_set_id_)
      add(segment, 1, segment.field(1), "structure.repeated-set-id",
          fmt::format("OBX-1の「{}」が続けて2回あります。", set_id),
          "The same set id twice in a row.");
    last_set_id_ = set_id;
  }

  void add(const Segment& segment, int number, const Field& field, std::string code,
           std::string_view japanese, std::string_view english) {
    if (findings_.size() >= Decoded::findings_max) return;
    const auto range = field.empty() ? segment.whole().bytes() : field.bytes();
    const bool is_missing = code == "field.missing";
    const std::string location = location_of(message_, segment, number);
    findings_.push_back({is_missing ? Finding::Severity::error : Finding::Severity::warning,
                         std::move(code), fmt::format("{}: {} / {}", location, japanese, english),
                         location, range.begin, range.end});
  }

  const Message& message_;
  std::vector<Finding> findings_;
  std::string last_set_id_;
};

}  // namespace

bool is_number(std::string_view text) {
  if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
  const size_t point = std::min(text.find('.'), text.size());
  const auto whole = text.substr(0, point),
             part = point == text.size() ? std::string_view{} : text.substr(point + 1);
  return (is_digits(whole) || whole.empty()) && (is_digits(part) || part.empty()) &&
         !(whole.empty() && part.empty());
}

bool is_timestamp(std::string_view text) {
  const size_t zone = text.find_first_of("+-");
  if (zone != text.npos) {
    if (text.size() - zone != 5 || !is_digits(text.substr(zone + 1))) return false;
    text = text.substr(0, zone);
  }
  const size_t point = text.find('.');
  if (point != text.npos) {
    if (point != 14 || !is_digits(text.substr(point + 1))) return false;
    text = text.substr(0, point);
  }
  if (!is_digits(text) || text.size() < 4 || text.size() > 17 ||
      (text.size() < 14 && text.size() % 2 != 0))
    return false;
  const auto part = [&](size_t at, size_t size, int otherwise) {
    int value = 0;
    if (text.size() < at + size) return otherwise;
    for (const char c : text.substr(at, size))
      value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date(std::chrono::year(part(0, 4, 1)),
                                         std::chrono::month(static_cast<unsigned>(part(4, 2, 1))),
                                         std::chrono::day(static_cast<unsigned>(part(6, 2, 1))));
  return date.ok() && part(0, 4, 1) > 0 && part(8, 2, 0) <= 24 && part(10, 2, 0) < 60 &&
         part(12, 2, 0) < 61;
}

std::vector<Finding> check(const Message& message) {
  return Checker(message).check();
}

}  // namespace tasuki::hl7v2
