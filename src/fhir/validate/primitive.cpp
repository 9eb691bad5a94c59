#include "fhir/validate/primitive.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace tasuki::fhir {
namespace {

constexpr size_t string_bytes_max =
    size_t{1024} * 1024;  // datatypes.html#string: "SHALL NOT exceed 1MB"

bool is_digit(char letter) {
  return letter >= '0' && letter <= '9';
}
bool is_blank(char letter) {
  return letter == ' ' || (letter >= '\t' && letter <= '\r');
}
bool is_control(char letter) {
  return static_cast<unsigned char>(letter) < 0x20;
}

// Reads a date or time from left to right; once something is wrong it stays wrong.
class FormatReader {
 public:
  explicit FormatReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool next_is(char letter) const { return rest_.starts_with(letter); }
  bool skip(char letter) {
    if (!next_is(letter)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly so many digits, between low and high; -1 otherwise.
  int number(size_t digits, int low, int high) {
    if (rest_.size() < digits) return -1;
    int value = 0;
    for (size_t at = 0; at < digits; ++at) {
      if (!is_digit(rest_[at])) return -1;
      value = value * 10 + (rest_[at] - '0');
    }
    rest_.remove_prefix(digits);
    return value >= low && value <= high ? value : -1;
  }
  bool digits() {  // one or more
    const auto size =
        static_cast<size_t>(std::ranges::find_if_not(rest_, is_digit) - rest_.begin());
    rest_.remove_prefix(size);
    return size > 0;
  }

 private:
  std::string_view rest_;
};

int days_in(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && is_leap ? 29 : days[month - 1];
}

enum class Precision : uint8_t { wrong, year, month, day };

Precision read_date(FormatReader& reader) {
  const int year = reader.number(4, 1, 9999);
  if (year < 0) return Precision::wrong;
  if (!reader.skip('-')) return Precision::year;
  const int month = reader.number(2, 1, 12);
  if (month < 0) return Precision::wrong;
  if (!reader.skip('-')) return Precision::month;
  return reader.number(2, 1, days_in(year, month)) < 0 ? Precision::wrong : Precision::day;
}

bool read_time(FormatReader& reader, int second_max) {
  if (reader.number(2, 0, 23) < 0 || !reader.skip(':')) return false;
  if (reader.number(2, 0, 59) < 0 || !reader.skip(':')) return false;
  if (reader.number(2, 0, second_max) < 0) return false;
  return !reader.skip('.') || reader.digits();
}

bool read_zone(FormatReader& reader) {
  if (reader.skip('Z')) return true;
  if (!reader.skip('+') && !reader.skip('-')) return false;
  const int hours = reader.number(2, 0, 14);
  return hours >= 0 && reader.skip(':') && reader.number(2, 0, hours == 14 ? 0 : 59) >= 0;
}

bool is_date(std::string_view text) {
  FormatReader reader(text);
  return read_date(reader) != Precision::wrong && reader.at_end();
}

// A leap second is written 60.
bool is_date_time(std::string_view text, bool is_instant) {
  FormatReader reader(text);
  const Precision precision = read_date(reader);
  if (precision == Precision::wrong) return false;
  if (reader.at_end()) return !is_instant;
  return precision == Precision::day && reader.skip('T') && read_time(reader, 60) &&
         read_zone(reader) && reader.at_end();
}

bool is_time(std::string_view text) {
  FormatReader reader(text);
  return read_time(reader, 60) && reader.at_end();
}

// Without sign, leading zero, fraction or exponent: "1.0" and "1e0" are decimals.
bool is_integer(std::string_view text, int64_t low) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end && text != "-0" && value >= low &&
         value <= std::numeric_limits<int32_t>::max();
}

bool is_string(std::string_view text) {
  return !text.empty() && text.size() <= string_bytes_max &&
         std::ranges::none_of(text, [](char letter) {
           return is_control(letter) && letter != '\t' && letter != '\n' && letter != '\r';
         });
}

// No white space at the ends, and only single white space within.
bool is_code(std::string_view text) {
  if (text.empty() || is_blank(text.front()) || is_blank(text.back()) || !is_string(text))
    return false;
  return std::ranges::adjacent_find(text, [](char one, char next) {
           return is_blank(one) && is_blank(next);
         }) == text.end();
}

bool is_uri(std::string_view text) {
  return !text.empty() && text.size() <= string_bytes_max &&
         std::ranges::none_of(text,
                              [](char letter) { return is_blank(letter) || is_control(letter); });
}

bool is_base64(std::string_view text) {
  size_t letters = 0, pads = 0;
  for (const char letter : text) {
    if (is_blank(letter)) continue;
    const bool is_letter = is_digit(letter) || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= 'a' && letter <= 'z') || letter == '+' || letter == '/';
    if (letter == '=') {
      ++pads;
    } else if (!is_letter || pads > 0) {
      return false;
    }
    ++letters;
  }
  return letters > 0 && letters % 4 == 0 && pads <= 2;
}

bool is_text_value(Primitive primitive, std::string_view text) {
  switch (primitive) {
    case Primitive::base64_binary:
      return is_base64(text);
    case Primitive::canonical:
    case Primitive::uri:
    case Primitive::url:
      return is_uri(text);
    case Primitive::code:
      return is_code(text);
    case Primitive::date:
      return is_date(text);
    case Primitive::date_time:
      return is_date_time(text, false);
    case Primitive::instant:
      return is_date_time(text, true);
    case Primitive::time:
      return is_time(text);
    case Primitive::id:
      return is_id(text);
    case Primitive::oid:
      return is_oid_urn(text);
    case Primitive::uuid:
      return is_uuid_urn(text);
    case Primitive::markdown:
    case Primitive::string:
      return is_string(text);
    case Primitive::xhtml:
      return !text.empty();
    default:
      return false;
  }
}

}  // namespace

bool is_primitive_value(Primitive primitive, const json::Value& value) {
  switch (primitive) {
    case Primitive::boolean:
      return value.is_boolean();
    case Primitive::decimal:
      return value.is_number();
    case Primitive::integer:
      return value.is_number() && is_integer(value.text(), std::numeric_limits<int32_t>::min());
    case Primitive::unsigned_int:
      return value.is_number() && is_integer(value.text(), 0);
    case Primitive::positive_int:
      return value.is_number() && is_integer(value.text(), 1);
    default:
      return value.is_string() && is_text_value(primitive, value.text());
  }
}

bool is_id(std::string_view text) {
  constexpr size_t id_bytes_max = 64;
  return !text.empty() && text.size() <= id_bytes_max && std::ranges::all_of(text, [](char letter) {
    return is_digit(letter) || (letter >= 'A' && letter <= 'Z') ||
           (letter >= 'a' && letter <= 'z') || letter == '-' || letter == '.';
  });
}

bool is_uuid_urn(std::string_view text) {
  constexpr std::string_view start = "urn:uuid:";
  if (!text.starts_with(start) || text.size() != start.size() + 36) return false;
  text.remove_prefix(start.size());
  for (size_t at = 0; at < text.size(); ++at) {
    const bool is_dash = at == 8 || at == 13 || at == 18 || at == 23;
    const bool is_hex = is_digit(text[at]) || (text[at] >= 'a' && text[at] <= 'f');
    if (is_dash ? text[at] != '-' : !is_hex) return false;
  }
  return true;
}

bool is_oid_urn(std::string_view text) {
  constexpr std::string_view start = "urn:oid:";
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  bool is_first = true;
  while (true) {
    const size_t dot = std::min(text.find('.'), text.size());
    const std::string_view arc = text.substr(0, dot);
    const bool is_number =
        !arc.empty() && std::ranges::all_of(arc, is_digit) && (arc == "0" || arc.front() != '0');
    if (!is_number || (is_first && (arc.size() != 1 || arc > "2"))) return false;
    if (dot == text.size()) return !is_first;
    text.remove_prefix(dot + 1);
    is_first = false;
  }
}

FormatWords format_of(Primitive primitive) {
  switch (primitive) {
    case Primitive::base64_binary:
      return {"base64 text, as in \"QUJD\"", "base64 の文字列 (例 \"QUJD\")"};
    case Primitive::boolean:
      return {"true or false, without quotes", "引用符のない true または false"};
    case Primitive::canonical:
    case Primitive::uri:
    case Primitive::url:
      return {"a URI without spaces", "空白を含まない URI"};
    case Primitive::code:
      return {"a code: not empty, no space at its ends, single spaces within",
              "コード (空でなく、前後に空白がなく、途中の空白は一つずつ)"};
    case Primitive::date:
      return {"a date: YYYY, YYYY-MM or YYYY-MM-DD", "日付 (YYYY、YYYY-MM、YYYY-MM-DD のいずれか)"};
    case Primitive::date_time:
      return {"a date or a date and time with zone, as in 2026-11-23T10:15:00+09:00",
              "日付、または時差を付けた日時 (例 2026-11-23T10:15:00+09:00)"};
    case Primitive::decimal:
      return {"a number, without quotes", "引用符のない数"};
    case Primitive::id:
      return {"1 to 64 of the letters A-Z, a-z, 0-9, \"-\" and \".\"",
              "英数字と「-」「.」だけの 1～64 文字"};
    case Primitive::instant:
      return {"a date and time with seconds and zone, as in 2026-11-23T10:15:00.000+09:00",
              "秒と時差まである日時 (例 2026-11-23T10:15:00.000+09:00)"};
    case Primitive::integer:
      return {"a whole number from -2147483648 to 2147483647",
              "-2147483648 から 2147483647 までの整数"};
    case Primitive::oid:
      return {"an OID, as in urn:oid:1.2.392", "OID (例 urn:oid:1.2.392)"};
    case Primitive::positive_int:
      return {"a whole number from 1 to 2147483647", "1 から 2147483647 までの整数"};
    case Primitive::markdown:
    case Primitive::string:
      return {"text that is not empty, without control characters and at most 1 MB",
              "空でなく、制御文字を含まない 1 MB までの文字列"};
    case Primitive::time:
      return {"a time hh:mm:ss", "時刻 (hh:mm:ss)"};
    case Primitive::unsigned_int:
      return {"a whole number from 0 to 2147483647", "0 から 2147483647 までの整数"};
    case Primitive::uuid:
      return {"a UUID in lower case, as in urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
              "小文字の UUID (例 urn:uuid:c757873d-ec9a-4326-a141-556f43239520)"};
    case Primitive::xhtml:
      return {"an XHTML <div>", "XHTML の <div>"};
    case Primitive::none:
      break;
  }
  return {"a value of its type", "型に合った値"};
}

}  // namespace tasuki::fhir
