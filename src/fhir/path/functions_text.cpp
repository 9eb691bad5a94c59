// Texts, by code points. FHIRPath N1 5.6; trial use: matchesFull, trim, split, join, lastIndexOf.
#include <fmt/core.h>

#include <unicode/uchar.h>

#include "base/utf8.h"
#include "fhir/path/function.h"
#include "fhir/path/regex.h"

namespace tasuki::fhir::path {
namespace {

constexpr size_t text_bytes_max = Expression::text_made_max;

size_t points_in(std::string_view text) {
  size_t count = 0;
  for (const char c : text)
    count += (static_cast<unsigned char>(c) & 0xC0) != 0x80 ? 1u : 0u;
  return count;
}

// The byte at which the code point with this number begins; the end when there are fewer.
size_t byte_of(std::string_view text, size_t point) {
  size_t at = 0;
  while (point-- > 0 && at < text.size())
    at += utf8::first(text.substr(at)).size;
  return at;
}

template <class Test>
void test_text(Call& call, Items& out, Test test) {
  const auto text = call.text();
  const auto part = text ? call.text_argument(0) : std::nullopt;
  if (part) out.push_back(call.evaluator.boolean(test(*text, std::string_view(*part))));
}
void starts_with(Call& call, Items& out) {
  test_text(call, out, [](auto text, auto part) { return text.starts_with(part); });
}
void ends_with(Call& call, Items& out) {
  test_text(call, out, [](auto text, auto part) { return text.ends_with(part); });
}
void contains(Call& call, Items& out) {
  test_text(call, out, [](auto text, auto part) { return text.contains(part); });
}

template <bool is_last>
void index_of(Call& call, Items& out) {
  const auto text = call.text();
  const auto part = text ? call.text_argument(0) : std::nullopt;
  if (!part) return;
  const auto place = is_last ? text->rfind(*part) : text->find(*part);
  const auto index = place == std::string_view::npos
                         ? -1
                         : static_cast<int64_t>(points_in(text->substr(0, place)));
  out.push_back(call.evaluator.integer(index));
}

void substring(Call& call, Items& out) {
  const auto text = call.text();
  const auto start = text ? call.integer_argument(0) : std::nullopt;
  if (!start) return;
  const auto size = points_in(*text);
  if (*start < 0 || static_cast<size_t>(*start) >= size) return;
  const auto from = byte_of(*text, static_cast<size_t>(*start));
  auto part = text->substr(from);
  if (call.has(1)) {
    // An empty length is as none. FHIRPath N1 5.6.2.
    const auto length = call.integer_argument(1);
    if (length && *length <= 0) part = {};
    if (length && *length > 0) part = part.substr(0, byte_of(part, static_cast<size_t>(*length)));
  }
  out.push_back(call.evaluator.text(part));
}

template <class Change>
void change_points(Call& call, Items& out, Change change) {
  const auto text = call.text();
  if (!text) return;
  std::string result;
  for (size_t at = 0; at < text->size();) {
    const auto point = utf8::first(text->substr(at));
    if (point.valid) {
      utf8::append(result, static_cast<char32_t>(change(static_cast<UChar32>(point.value))));
    } else {
      result += (*text)[at];
    }
    at += point.size;
  }
  out.push_back(call.evaluator.text(result));
}
void upper(Call& call, Items& out) {
  change_points(call, out, u_toupper);
}
void lower(Call& call, Items& out) {
  change_points(call, out, u_tolower);
}

void append_bounded(Call& call, std::string& to, std::string_view part) {
  if (to.size() + part.size() <= text_bytes_max) {
    to += part;
  } else {
    call.evaluator.count_text(text_bytes_max + 1);
  }
}

// An empty pattern stands between all characters: 'abc'.replace('', 'x') is xaxbxcx.
std::string replaced(Call& call, std::string_view text, std::string_view what,
                     std::string_view by) {
  std::string out;
  while (!call.evaluator.failed) {
    const auto place = what.empty() ? 0 : text.find(what);
    if (place == std::string_view::npos) break;
    append_bounded(call, out, text.substr(0, place));
    append_bounded(call, out, by);
    if (what.empty()) {
      if (text.empty()) return out;
      const auto bytes = utf8::first(text).size;
      append_bounded(call, out, text.substr(0, bytes));
      text.remove_prefix(bytes);
    } else {
      text.remove_prefix(place + what.size());
    }
  }
  append_bounded(call, out, text);
  return out;
}

void replace(Call& call, Items& out) {
  const auto text = call.text();
  const auto what = text ? call.text_argument(0) : std::nullopt;
  const auto by = what ? call.text_argument(1) : std::nullopt;
  if (by) out.push_back(call.evaluator.text(replaced(call, *text, *what, *by)));
}

// Of the literal pattern, or of one that was computed. Nothing: no pattern, or it is wrong.
std::optional<Regex> regex_of(Call& call, size_t flags_place, bool is_whole) {
  if (call.node.regex) return *call.node.regex;
  const auto pattern = call.text_argument(0);
  if (!pattern) return std::nullopt;
  std::string flags;
  if (call.has(flags_place)) flags = call.text_argument(flags_place).value_or("");
  auto regex = Regex::compile(*pattern, flags, is_whole);
  if (regex) return *std::move(regex);
  call.fail(regex.error().message, regex.error().kind);
  return std::nullopt;
}

template <bool is_whole>
void matches(Call& call, Items& out) {
  const auto text = call.text();
  const auto regex = text ? regex_of(call, 1, is_whole) : std::nullopt;
  if (!regex) return;
  const auto found = regex->matches(*text);
  if (!found) return call.fail(found.error().message, found.error().kind);
  out.push_back(call.evaluator.boolean(*found));
}

void replace_matches(Call& call, Items& out) {
  const auto text = call.text();
  const auto regex = text ? regex_of(call, 2, false) : std::nullopt;
  const auto by = regex ? call.text_argument(1) : std::nullopt;
  if (!by) return;
  // An empty pattern matches nothing that could be replaced.
  if (call.text_argument(0) == "") return out.push_back(call.evaluator.text(*text));
  const auto result = regex->replaced(*text, *by, text_bytes_max);
  if (!result) return call.fail(result.error().message, result.error().kind);
  out.push_back(call.evaluator.text(*result));
}

void length(Call& call, Items& out) {
  if (const auto text = call.text())
    out.push_back(call.evaluator.integer(static_cast<int64_t>(points_in(*text))));
}

void to_chars(Call& call, Items& out) {
  const auto text = call.text();
  for (size_t at = 0; text && at < text->size() && call.evaluator.count(1);) {
    const size_t bytes = utf8::first(text->substr(at)).size;
    out.push_back(call.evaluator.text(text->substr(at, bytes)));
    at += bytes;
  }
}

void trim(Call& call, Items& out) {
  const auto text = call.text();
  if (!text) return;
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const auto from = text->find_first_not_of(blanks);
  if (from == std::string_view::npos) return out.push_back(call.evaluator.text(""));
  out.push_back(call.evaluator.text(text->substr(from, text->find_last_not_of(blanks) - from + 1)));
}

void split(Call& call, Items& out) {
  const auto text = call.text();
  const auto by = text ? call.text_argument(0) : std::nullopt;
  if (!by) return;
  if (by->empty()) return to_chars(call, out);
  auto rest = *text;
  while (call.evaluator.count(1)) {
    const auto place = rest.find(*by);
    out.push_back(call.evaluator.text(rest.substr(0, place)));
    if (place == std::string_view::npos) return;
    rest.remove_prefix(place + by->size());
  }
}

void join(Call& call, Items& out) {
  std::string by;
  if (call.has(0)) by = call.text_argument(0).value_or("");
  std::string joined;
  bool is_first = true;
  for (const auto& item : call.input) {
    if (item.value.is_null()) continue;
    if (call.kind_of(item) != System::string)
      return call.fail("join() was asked of something that is no text.");
    if (!is_first) append_bounded(call, joined, by);
    append_bounded(call, joined, item.value.text());
    is_first = false;
  }
  if (!is_first) out.push_back(call.evaluator.text(joined));
}

constexpr Function text_table[] = {
    {"startsWith", 1, 1, starts_with},
    {"endsWith", 1, 1, ends_with},
    {"contains", 1, 1, contains},
    {"indexOf", 1, 1, index_of<false>},
    {"lastIndexOf", 1, 1, index_of<true>},
    {"substring", 1, 2, substring},
    {"upper", 0, 0, upper},
    {"lower", 0, 0, lower},
    {"replace", 2, 2, replace},
    {"matches", 1, 2, matches<false>, Takes::regex},
    {"matchesFull", 1, 2, matches<true>, Takes::regex},
    {"replaceMatches", 2, 3, replace_matches, Takes::regex},
    {"length", 0, 0, length},
    {"toChars", 0, 0, to_chars},
    {"trim", 0, 0, trim},
    {"split", 1, 1, split},
    {"join", 0, 1, join},
};

}  // namespace

std::span<const Function> text_functions() {
  return text_table;
}

}  // namespace tasuki::fhir::path
