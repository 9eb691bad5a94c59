#include "intake/records.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "formats/hl7v2/message.h"

namespace tasuki::intake {
namespace {

using Format = table::Shape::Format;
using Cells = std::vector<table::Cell>;

size_t patient_column(const Program& program) {
  const auto found = std::ranges::find(program.records.columns, "patient", &table::Column::name);
  return static_cast<size_t>(found - program.records.columns.begin());
}

std::string_view text_at(const Cells& row, size_t column) {
  return column < row.size() ? trimmed(row[column].text) : std::string_view();
}

void add_cell(const table::Cell& cell, std::string& text) {
  if (cell.repetitions.empty()) text += hl7v2::escaped(cell.text);
  for (size_t i = 0; i < cell.repetitions.size(); ++i) {
    if (i > 0) text += '~';
    for (size_t k = 0; k < cell.repetitions[i].size(); ++k)
      text += (k > 0 ? "^" : "") + hl7v2::escaped(cell.repetitions[i][k]);
  }
}

// Claims: the record's kind is the segment's name, its items are the fields.
void add_row(const Cells& row, bool is_of_claims, RecordMessage& message) {
  message.text += is_of_claims ? row.front().text + "0" : "ROW";
  auto& places = message.places.cells.emplace_back();
  for (size_t i = is_of_claims ? 1 : 0; i < row.size(); ++i) {
    message.text += '|';
    add_cell(row[i], message.text);
    places.push_back({row[i].begin, row[i].end});
  }
  message.text += '\r';
}

std::vector<size_t> claims_in(const table::Records& records, const table::Shape& shape) {
  std::vector<size_t> rows;
  for (size_t i = 0; i < records.rows.size(); ++i)
    if (records.rows[i].front().text == shape.begins) rows.push_back(i);
  return rows;
}

// Where the file's last record stands, if it counts more claims than there are.
std::optional<size_t> place_of_short_end(const table::Records& records, const table::Shape& shape,
                                         size_t claims) {
  for (size_t i = 0; i < records.rows.size(); ++i) {
    if (records.rows[i].front().text != shape.ends) continue;
    const std::string_view total = text_at(records.rows[i], static_cast<size_t>(shape.total));
    size_t number = 0;
    std::from_chars(total.data(), total.data() + total.size(), number);
    if (number > claims) return records.places[i].first;
  }
  return std::nullopt;
}

// What stands before the first claim says whose file it is, so it goes with each. Where claims are
// missing, the record that says so is a piece of its own, which waits for a person.
std::vector<std::string> split_claims(std::string_view bytes, const table::Records& records,
                                      const table::Shape& shape) {
  const auto claims = claims_in(records, shape);
  if (claims.empty()) return {std::string(bytes)};
  const std::string_view header = bytes.substr(0, records.places[claims.front()].first);
  const auto piece = [&](size_t begin, size_t end) {
    return std::string(header) + std::string(bytes.substr(begin, end - begin));
  };
  const auto short_end = place_of_short_end(records, shape, claims.size());
  const size_t last_end = short_end.value_or(bytes.size());
  std::vector<std::string> pieces;
  for (size_t i = 0; i < claims.size(); ++i)
    pieces.push_back(piece(records.places[claims[i]].first,
                           i + 1 < claims.size() ? records.places[claims[i + 1]].first : last_end));
  if (short_end) pieces.push_back(piece(*short_end, bytes.size()));
  return pieces;
}

std::vector<std::string> split_rows(std::string_view bytes, const table::Records& records,
                                    size_t column) {
  const std::string_view header = bytes.substr(0, records.places.front().first);
  std::vector<std::string> pieces;
  std::string_view before;
  for (size_t i = 0; i < records.rows.size(); ++i) {
    const auto [begin, end] = records.places[i];
    const std::string_view patient = text_at(records.rows[i], column);
    if (pieces.empty() || patient != before || patient.empty()) pieces.emplace_back(header);
    before = patient;
    pieces.back() += bytes.substr(begin, end - begin);
    if (!pieces.back().ends_with('\n')) pieces.back() += '\n';
  }
  return pieces;
}

}  // namespace

bool is_of_records(const Program* program) {
  return program != nullptr && program->records.format != Format::none;
}

Result<RecordMessage> read_records(std::string_view bytes, const Program& program,
                                   const ConvertSettings& settings) {
  const table::Shape& shape = program.records;
  const auto records = TRY(table::read(bytes, shape, settings.charset));
  if (records.rows.empty())
    return Error{Error::Kind::invalid, "レコードがありません。/ There are no records.", {}};
  const bool is_of_claims = shape.format == Format::uke;
  RecordMessage message{
      .text = "MSH|^~\\&|||||||" + hl7v2::escaped(settings.kind) + "|1|P|2.5\r",
      .places = {.names = records.names, .cells = {{}}, .rows = {0}, .patient = {}},
      .lacks_claims = is_of_claims && claims_in(records, shape).empty()};
  const size_t patient =
      is_of_claims ? static_cast<size_t>(shape.patient) : patient_column(program);
  for (size_t i = 0; i < records.rows.size(); ++i) {
    const Cells& row = records.rows[i];
    message.places.rows.push_back(i + (!is_of_claims && shape.has_header ? 2 : 1));
    add_row(row, is_of_claims, message);
    const bool tells = !is_of_claims || row.front().text == shape.begins;
    if (tells && message.places.patient.empty()) message.places.patient = text_at(row, patient);
  }
  return message;
}

std::vector<std::string> split_records(std::string_view bytes, const ConvertSettings& settings,
                                       const Mappings& mappings) {
  const Program* const program = mappings.find(settings.kind, {});
  if (!is_of_records(program)) return {};
  const Format format = program->records.format;
  const auto records = table::read(bytes, program->records, settings.charset);
  if (!records || format == Format::json || format == Format::xml || format == Format::dicom ||
      records->rows.empty())
    return {std::string(bytes)};
  if (format == Format::uke) return split_claims(bytes, *records, program->records);
  return split_rows(bytes, *records, patient_column(*program));
}

}  // namespace tasuki::intake
