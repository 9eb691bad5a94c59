// Files of records that are no HL7: delimited and fixed-width text, JSON, XML, each as rows of
// named cells that know their place; and claims files (UKE), whose rows begin with their kind.
//
// Why one shape for four: laboratories and small systems write the same list in whatever their
// maker chose; a mapping should say which cell is the result, not how a quotation mark is escaped.
// A column is found by what the file calls it (header, member, element, attribute) or by where it
// stands. What no column asks for is read as well and named by the file's own name, so that it can
// be told as not carried.
//
// Standards: RFC 4180 (CSV), RFC 8259 (JSON), XML 1.0. Fixed-width columns count bytes, as the
// systems do that write them (a kanji is two in Shift_JIS).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/charset.h"
#include "base/result.h"
#include "formats/finding.h"

namespace tasuki::table {

struct Column {
  std::string name;  // as the mapping calls it
  std::string
      source;      // csv: the header's word; json, xml: "patient.id", "patient/@id", from the row;
                   // "$.facility" from the whole; dicom: is_dicom_attribute()
  int number = 0;  // csv: from 1; fixed: the first byte, from 1
  int size = 0;    // fixed: bytes
};

// A kind of record of a claims file: SI, 43 items, of which the first is carried on from the line
// before where it is empty, and the last 31 are the days of the month.
struct RecordKind {
  std::string name;
  int items = 0;
  int carried = 0;            // 0: none
  int days = 0;               // the first of 31, which becomes repetitions: day and how often
  int cut = 0, cut_size = 0;  // an item that holds codes of one length, one behind another
};

struct Shape {
  enum class Format : uint8_t { none, csv, fixed, json, xml, uke, dicom };
  Format format = Format::none;
  char separator = ',';
  bool has_header = true;
  std::string
      rows;  // json, xml: where the records are: "results", "report/result"; empty: the whole
  std::vector<Column> columns;
  // uke
  std::vector<RecordKind> kinds;
  std::string begins;  // the kind that begins a claim,
  int patient = 0;     // and its item that says whose it is
  std::string ends;    // the kind that ends the file,
  int total = 0;       // and its item that says how many claims there were
};

struct Cell {
  std::string text;
  std::vector<std::vector<std::string>> repetitions;  // of components; empty: text is all
  size_t begin = 0, end = 0;  // in the bytes; both 0 where the format does not tell (JSON, XML)
};

struct Records {
  std::vector<std::string> names;       // the shape's columns, then what else the file has
  std::vector<std::vector<Cell>> rows;  // a cell a name; shorter rows have fewer
  std::vector<std::pair<size_t, size_t>> places;  // of each row in the bytes
  std::vector<formats::Finding> findings;
};

constexpr size_t rows_max = 1'000'000;
constexpr size_t names_max = 200;

// Refused: what is not of the format, a column that the header lacks (naming the nearest), too
// much.
// Is this an attribute of DICOM: a keyword ("StudyInstanceUID"), a tag ("0020,000D"), or a path of
// them into the first items of sequences ("RequestAttributesSequence.ScheduledProcedureStepID")?
bool is_dicom_attribute(std::string_view source);

Result<Records> read(std::string_view bytes, const Shape& shape,
                     std::optional<Charset> charset = {});

}  // namespace tasuki::table
