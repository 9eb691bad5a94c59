// Delimited and fixed-width text.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/scan.h"
#include "base/text.h"
#include "formats/table/reading.h"

namespace tasuki::table {
namespace {

constexpr size_t cells_max = 10'000'000;

// The cells of a decoded text, with the byte places they came from. RFC 4180: a cell in quotation
// marks may hold separators, line ends and, doubled, quotation marks.
class Delimited {
 public:
  Delimited(const Decoded& decoded, char separator) : decoded_(decoded), separator_(separator) {}

  Result<void> read() {
    const std::string_view text = decoded_.text;
    at_ = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    size_t cells = 0;
    while (at_ < text.size()) {
      std::vector<Cell> row;
      const size_t begin = at_;
      do {
        row.push_back(TRY(cell()));
        if (++cells > cells_max) return too_many_rows();
      } while (at_ < text.size() && text[at_ - 1] == separator_ && more_);
      const bool is_blank = row.size() == 1 && row.front().text.empty();
      if (!is_blank) {
        if (rows_.size() == rows_max) return too_many_rows();
        const auto range = decoded_.positions.of(begin, at_);
        rows_.push_back(std::move(row));
        places_.emplace_back(range.begin, range.end);
      }
    }
    return {};
  }
  std::vector<std::vector<Cell>>& rows() { return rows_; }
  std::vector<std::pair<size_t, size_t>>& places() { return places_; }

 private:
  // One cell and what ends it. more_: a separator did, so that another one follows.
  Result<Cell> cell() {
    const std::string_view text = decoded_.text;
    Cell cell;
    size_t begin = at_, end = at_;
    if (at_ < text.size() && text[at_] == '"') {
      begin = ++at_;
      for (;; ++at_) {
        if (at_ >= text.size())
          return Error{Error::Kind::invalid,
                       "引用符が閉じていません。/ A quotation mark is not closed.",
                       fmt::format("row {}", rows_.size() + 1)};
        if (text[at_] != '"') {
          cell.text += text[at_];
        } else if (at_ + 1 < text.size() && text[at_ + 1] == '"') {
          cell.text += text[at_++];
        } else {
          break;
        }
      }
      end = at_++;
    } else {
      while (at_ < text.size() && text[at_] != separator_ && text[at_] != '\r' && text[at_] != '\n')
        ++at_;
      end = at_;
      cell.text = text.substr(begin, end - begin);
    }
    more_ = at_ < text.size() && text[at_] == separator_;
    if (more_) {
      ++at_;
    } else {
      while (at_ < text.size() && text[at_] != '\n' && text[at_] != '\r')
        ++at_;  // rubbish behind a closing quotation mark
      if (at_ < text.size() && text[at_] == '\r') ++at_;
      if (at_ < text.size() && text[at_] == '\n') ++at_;
    }
    const auto range = decoded_.positions.of(begin, end);
    cell.begin = range.begin;
    cell.end = range.end;
    return cell;
  }

  const Decoded& decoded_;
  char separator_;
  size_t at_ = 0;
  bool more_ = false;
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::pair<size_t, size_t>> places_;
};

// Where each of the shape's columns stands in a row; then the others, as they stand.
struct Order {
  std::vector<size_t> from;  // cell of the file, by our number
  std::vector<std::string> names;
};

Result<Order> order_of(const Shape& shape, const std::vector<Cell>& header, size_t width) {
  Order order;
  std::vector<bool> used(std::max(width, header.size()));
  const auto take = [&](const std::string& name, size_t cell) {
    order.names.push_back(name);
    order.from.push_back(cell);
    if (cell < used.size()) used[cell] = true;
  };
  for (const Column& column : shape.columns) {
    if (column.number > 0) {
      take(column.name, static_cast<size_t>(column.number - 1));
      continue;
    }
    const auto found = std::ranges::find_if(
        header, [&](const Cell& cell) { return folded(cell.text) == folded(column.source); });
    if (found == header.end()) {
      std::string known;
      for (const Cell& cell : header)
        known += (known.empty() ? "" : ", ") + cell.text;
      return Error{
          Error::Kind::invalid,
          fmt::format(
              "見出しに「{0}」がありません。あるのは / The header has no '{0}'; it has: {1}",
              column.source, known),
          "row 1"};
    }
    take(column.name, static_cast<size_t>(found - header.begin()));
  }
  for (size_t i = 0; i < used.size() && order.names.size() < names_max; ++i)
    if (!used[i])
      take(i < header.size() && !header[i].text.empty() ? header[i].text : fmt::format("{}", i + 1),
           i);
  return order;
}

}  // namespace

Error too_many_rows() {
  return {Error::Kind::too_costly, "行が多すぎます。/ There are too many rows.", {}};
}

Result<Records> read_delimited(std::string_view bytes, const Shape& shape,
                               std::optional<Charset> charset) {
  const Decoded decoded = decode(bytes, charset.value_or(sniffed_charset(bytes)));
  Delimited delimited(decoded, shape.separator);
  TRY(delimited.read());
  auto& rows = delimited.rows();
  Records records;
  size_t width = 0;
  for (const auto& row : rows)
    width = std::max(width, row.size());
  std::vector<Cell> header;
  size_t first = 0;
  if (shape.has_header && !rows.empty()) {
    header = rows.front();
    first = 1;
  }
  const Order order = TRY(order_of(shape, header, width));
  records.names = order.names;
  for (size_t i = first; i < rows.size(); ++i) {
    std::vector<Cell> row;
    for (const size_t from : order.from)
      row.push_back(from < rows[i].size() ? std::move(rows[i][from]) : Cell());
    records.rows.push_back(std::move(row));
    records.places.push_back(delimited.places()[i]);
  }
  return records;
}

Result<Records> read_fixed(std::string_view bytes, const Shape& shape,
                           std::optional<Charset> charset) {
  const Charset known = charset.value_or(sniffed_charset(bytes));
  Records records;
  for (const Column& column : shape.columns)
    records.names.push_back(column.name);
  for (size_t begin = 0; begin < bytes.size();) {
    const size_t end = std::min(find_one_of<'\r', '\n'>(bytes, begin), bytes.size());
    const std::string_view line = bytes.substr(begin, end - begin);
    if (!line.empty()) {
      if (records.rows.size() == rows_max) return too_many_rows();
      std::vector<Cell> row;
      for (const Column& column : shape.columns) {
        const size_t from = std::min(static_cast<size_t>(column.number - 1), line.size());
        const std::string_view cell = line.substr(from, static_cast<size_t>(column.size));
        row.push_back({decode(cell, known).text, {}, begin + from, begin + from + cell.size()});
      }
      records.rows.push_back(std::move(row));
      records.places.emplace_back(begin, end);
    }
    begin = end + 1;
  }
  return records;
}

}  // namespace tasuki::table
