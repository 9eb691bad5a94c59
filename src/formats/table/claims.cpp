// Claims files (レセプト電算処理, UKE): lines of comma-separated items, the first of which names
// the kind of record. There is no quoting: writers widen a comma that belongs to a text.
//
// 記録条件仕様(医科・調剤・歯科); receipt-uke.md 1, 5.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/scan.h"
#include "base/utf8.h"
#include "formats/table/reading.h"

namespace tasuki::table {
namespace {

constexpr char end_of_file = 0x1A;  // of the floppy disks that the format was made for
constexpr int days_of_month = 31;

// What an empty item means is said by the line before: 診療識別 stands on the first line of a
// group.
class Reader {
 public:
  Reader(const Decoded& decoded, const Shape& shape) : decoded_(decoded), shape_(shape) {}

  Result<Records> read() {
    const std::string_view text = decoded_.text;
    for (size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0; at < text.size();) {
      const size_t end = std::min(find_one_of<'\r', '\n'>(text, at), text.size());
      if (end > at && text[at] != end_of_file) {
        if (records_.rows.size() == rows_max) return too_many_rows();
        TRY(line(at, end));
      }
      at = end + 1;
    }
    return std::move(records_);
  }

 private:
  Result<void> line(size_t begin, size_t end) {
    std::vector<Cell> row;
    const std::string_view text = decoded_.text;
    for (size_t at = begin; at <= end;) {
      const size_t comma = std::min(text.substr(0, end).find(',', at), end);
      const auto range = decoded_.positions.of(at, comma);
      row.push_back({.text = std::string(text.substr(at, comma - at)),
                     .repetitions = {},
                     .begin = range.begin,
                     .end = range.end});
      at = comma + 1;
    }
    const auto kind = std::ranges::find(shape_.kinds, row.front().text, &RecordKind::name);
    if (kind == shape_.kinds.end() && row.front().text.size() != 2)
      return Error{
          Error::Kind::invalid,
          fmt::format("レコード識別ではありません:「{0}」。/ '{0}' does not name a kind of "
                      "record.",
                      utf8::head(row.front().text, 12)),
          fmt::format("row {}", records_.rows.size() + 1)};
    if (row.front().text == shape_.begins) carried_.clear();
    if (kind != shape_.kinds.end()) shaped(*kind, row);
    const auto range = decoded_.positions.of(begin, end);
    records_.rows.push_back(std::move(row));
    records_.places.emplace_back(range.begin, range.end);
    return {};
  }

  void shaped(const RecordKind& kind, std::vector<Cell>& row) {
    const auto has = [&](int item) { return item > 0 && static_cast<size_t>(item) < row.size(); };
    if (has(kind.carried)) {
      std::string& text = row[static_cast<size_t>(kind.carried)].text;
      std::string& known = carried_[kind.carried];
      (text.empty() ? text : known) = text.empty() ? known : text;
    }
    if (has(kind.cut)) cut(row[static_cast<size_t>(kind.cut)], static_cast<size_t>(kind.cut_size));
    if (has(kind.days)) gather_days(row, static_cast<size_t>(kind.days));
  }

  static void cut(Cell& cell, size_t size) {
    for (size_t at = 0; at < cell.text.size(); at += size)
      cell.repetitions.push_back({cell.text.substr(at, size)});
  }

  static void gather_days(std::vector<Cell>& row, size_t first) {
    const size_t end = std::min(row.size(), first + days_of_month);
    Cell& days = row[first];
    for (size_t i = first; i < end; ++i) {
      if (!row[i].text.empty())
        days.repetitions.push_back({fmt::format("{:02}", i - first + 1), row[i].text});
      days.end = row[i].end;
      row[i].text.clear();
    }
    row.erase(row.begin() + static_cast<std::ptrdiff_t>(first) + 1,
              row.begin() + static_cast<std::ptrdiff_t>(end));
  }

  const Decoded& decoded_;
  const Shape& shape_;
  Records records_;
  std::map<int, std::string> carried_;
};

}  // namespace

Result<Records> read_uke(std::string_view bytes, const Shape& shape,
                         std::optional<Charset> charset) {
  const Decoded decoded = decode(bytes, charset.value_or(sniffed_charset(bytes)));
  return Reader(decoded, shape).read();
}

}  // namespace tasuki::table
