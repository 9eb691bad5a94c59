// Headers of mappings that read records: from csv|fixed|json|xml|uke|dicom KIND, separator, header,
// rows, column, record, claim, total.
#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

using Format = table::Shape::Format;

constexpr std::pair<std::string_view, Format> standards[] = {
    {"hl7v2", Format::none},  {"ssmix2", Format::none}, {"csv", Format::csv},
    {"fixed", Format::fixed}, {"json", Format::json},   {"xml", Format::xml},
    {"uke", Format::uke},     {"dicom", Format::dicom}};

std::optional<int> number_in(std::string_view word) {
  int number = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failure != std::errc() || end != word.data() + word.size() || number < 1) return std::nullopt;
  return number;
}

}  // namespace

Result<void> Compiler::standard(Cursor& cursor) {
  const std::string name = TRY(cursor.name("hl7v2, ssmix2, csv, fixed, json, xml, uke or dicom"));
  const auto* const found =
      std::ranges::find(standards, name, &std::pair<std::string_view, Format>::first);
  if (found == std::end(standards))
    return cursor.error(fmt::format(
        "読める形式ではありません:「{0}」。hl7v2、ssmix2、csv、fixed、json、xml、uke、dicom "
        "のどれかです。/ '{0}' is not a "
        "standard that is read: hl7v2, ssmix2, csv, fixed, json, xml, uke or dicom.",
        name));
  if (found->second != Format::none) program_.records.format = found->second;
  if (found->second == Format::dicom) program_.records.has_header = false;
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
  const bool is_of_claims = word == "record" || word == "claim" || word == "total";
  if (is_of_claims != (shape.format == Format::uke))
    return cursor.error(
        "`record`、`claim`、`total` は uke を読む変換規則だけのもので、`column` "
        "などの代わりです。/ "
        "`record`, `claim` and `total` belong into a mapping from uke, in the place of `column`.");
  if (word == "record") return record_kind(cursor);
  if (is_of_claims) return claim(word, cursor);
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
  if (program_.records.format == Format::dicom && !table::is_dicom_attribute(made.source))
    return cursor.error(fmt::format(
        "DICOM の属性ではありません:「{0}」。StudyInstanceUID や 0020,000D のように書きます。"
        "/ '{0}' is no attribute of DICOM; write StudyInstanceUID or 0020,000D.",
        made.source));
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

// record SI 43; record SI 43 carry 1 days 13; record SY 7 cut 4 4
Result<void> Compiler::record_kind(Cursor& cursor) {
  const auto number = [&]() -> Result<int> {
    const std::string word = TRY(cursor.name("a number"));
    const auto read = number_in(word);
    if (!read || *read > 250)
      return cursor.error(fmt::format(
          "1から250までの数ではありません:「{0}」。/ '{0}' is not a number up to 250.", word));
    return *read;
  };
  table::RecordKind kind;
  kind.name = TRY(cursor.name("the record's two letters"));
  if (kind.name.size() != 2)
    return cursor.error("レコード識別は英字2文字です。/ A record's name has two letters.");
  kind.items = TRY(number());
  while (!cursor.at_end()) {
    if (cursor.accept("carry")) {
      kind.carried = TRY(number());
    } else if (cursor.accept("days")) {
      kind.days = TRY(number());
    } else {
      TRY(cursor.expect("cut"));
      kind.cut = TRY(number());
      kind.cut_size = TRY(number());
    }
  }
  symbols_.segments[record_segment(kind.name)] = static_cast<unsigned>(kind.items);
  program_.records.kinds.push_back(std::move(kind));
  return {};
}

// claim RE-13: where one begins, and whose it is. total GO-1: how many there were.
Result<void> Compiler::claim(const std::string& word, Cursor& cursor) {
  Context context;
  context.symbols = &symbols_;
  const std::string text = TRY(cursor.name("an item of a record"));
  const Path path = TRY(parse_path(text, cursor, context));
  if (path.field == 0)
    return cursor.error("`claim RE-13` のように項目まで書きます。/ Write the item as well: RE-13.");
  table::Shape& shape = program_.records;
  (word == "claim" ? shape.begins : shape.ends) = text.substr(0, 2);
  (word == "claim" ? shape.patient : shape.total) = path.field;
  return {};
}

}  // namespace tasuki::intake
