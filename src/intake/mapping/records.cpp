// Headers of mappings that read records: from csv|fixed|json|xml KIND, separator, header, rows,
// column.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

using Format = table::Shape::Format;

constexpr std::pair<std::string_view, Format> standards[] = {
    {"hl7v2", Format::none},  {"ssmix2", Format::none}, {"csv", Format::csv},
    {"fixed", Format::fixed}, {"json", Format::json},   {"xml", Format::xml}};

std::optional<int> number_in(std::string_view word) {
  int number = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failure != std::errc() || end != word.data() + word.size() || number < 1) return std::nullopt;
  return number;
}

}  // namespace

Result<void> Compiler::standard(Cursor& cursor) {
  const std::string name = TRY(cursor.name("hl7v2, ssmix2, csv, fixed, json or xml"));
  const auto* const found =
      std::ranges::find(standards, name, &std::pair<std::string_view, Format>::first);
  if (found == std::end(standards))
    return cursor.error(
        fmt::format("読める形式ではありません:「{0}」。hl7v2、ssmix2、csv、fixed、json、xml "
                    "のどれかです。/ '{0}' is not a "
                    "standard that is read: hl7v2, ssmix2, csv, fixed, json or xml.",
                    name));
  if (found->second != Format::none) program_.records.format = found->second;
  return {};
}

Result<void> Compiler::records_line(const std::string& word, Cursor& cursor) {
  table::Shape& shape = program_.records;
  if (shape.format == Format::none)
    return cursor.error(
        fmt::format("`{0}` は csv、fixed、json、xml を読む変換規則で、`from` の後に書きます。/ "
                    "`{0}` belongs into a mapping "
                    "from csv, fixed, json or xml, behind `from`.",
                    word));
  if (word == "column") return column(cursor);
  if (word == "header") {
    TRY(cursor.expect("no"));
    shape.has_header = false;
  } else if (word == "rows") {
    shape.rows = TRY(cursor.text("where the records are"));
  } else if (cursor.accept("tab")) {
    shape.separator = '\t';
  } else {
    const std::string separator = TRY(cursor.text("the separator, or tab"));
    if (separator.size() != 1)
      return cursor.error("区切りは1文字です。/ A separator is one character.");
    shape.separator = separator.front();
  }
  return {};
}

// column NAME; column NAME "SOURCE"; column NAME 3; column NAME 11 20
Result<void> Compiler::column(Cursor& cursor) {
  table::Column made;
  made.name = TRY(cursor.name("the column's name"));
  if (std::ranges::find(symbols_.columns, made.name) != symbols_.columns.end())
    return cursor.error(
        fmt::format("列「{0}」が二度あります。/ The column '{0}' stands twice.", made.name));
  made.source = made.name;
  if (cursor.sees_text()) {
    made.source = TRY(cursor.text("what the file calls it"));
  } else if (!cursor.at_end()) {
    for (int* const number : {&made.number, &made.size}) {
      if (cursor.at_end()) break;
      const std::string word = TRY(cursor.name("a number"));
      const auto read = number_in(word);
      if (!read)
        return cursor.error(
            fmt::format("数ではありません:「{0}」。/ '{0}' is not a number.", word));
      *number = *read;
    }
  }
  const bool is_fixed = program_.records.format == Format::fixed;
  if (is_fixed != (made.size > 0))
    return cursor.error(
        is_fixed
            ? "`column 名前 11 20` のように、始まりの桁と長さを書きます。/ Write `column NAME 11 "
              "20`: where it begins and how long it is, in bytes."
            : "長さを書くのは固定長だけです。/ Only fixed-width columns have a length.");
  if (symbols_.columns.size() == table::names_max)
    return cursor.error("列が多すぎます。/ There are too many columns.");
  symbols_.columns.push_back(made.name);
  program_.records.columns.push_back(std::move(made));
  return {};
}

}  // namespace tasuki::intake
