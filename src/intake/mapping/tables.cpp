// Code tables as CSV: a header line naming the columns from, to, system, display in any order;
// quotes as in RFC 4180.
#include <algorithm>

#include <fmt/format.h>

#include "intake/mapping/compile.h"

namespace tasuki::intake {
namespace {

constexpr size_t rows_max = 200'000;

}  // namespace

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"')
      cells.back() += line[++i];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      cells.emplace_back();
    else
      cells.back() += c;
  }
  return cells;
}

Result<Table> read_table(std::string_view name, std::string_view csv) {
  Table table;
  table.name = name;
  std::vector<std::string> header;
  for (size_t number = 1; !csv.empty(); ++number) {
    const size_t end = std::min(csv.find('\n'), csv.size());
    std::string_view line = csv.substr(0, end);
    csv.remove_prefix(std::min(end + 1, csv.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto place = fmt::format("line {} of tables/{}.csv", number, name);
    auto cells = cells_of(line);
    if (header.empty()) {
      header = std::move(cells);
      if (std::ranges::find(header, "from") == header.end() ||
          std::ranges::find(header, "to") == header.end()) {
        return Error{Error::Kind::invalid,
                     "表の1行目には列の名前(from,to と、要れば system,display)を書きます。/ A "
                     "table's first line names its columns: from,to and if needed system,display.",
                     place};
      }
      continue;
    }
    if (cells.size() != header.size()) {
      return Error{Error::Kind::invalid,
                   fmt::format("列が {0} つあります。1行目の列は {1} つです。/ {0} columns where "
                               "the header has {1}.",
                               cells.size(), header.size()),
                   place};
    }
    Row row;
    std::string from;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (header[i] == "from")
        from = cells[i];
      else if (header[i] == "to")
        row.to = cells[i];
      else if (header[i] == "system")
        row.system = cells[i];
      else if (header[i] == "display")
        row.display = cells[i];
    }
    if (table.rows.size() == rows_max)
      return Error{
          Error::Kind::too_costly,
          "表の行が多すぎます(20万行まで)。/ The table has too many rows: at most 200,000.", place};
    if (!table.rows.emplace(from, std::move(row)).second)
      return Error{Error::Kind::invalid,
                   fmt::format("「{0}」が二度あります。/ '{0}' stands twice.", from), place};
  }
  return table;
}

}  // namespace tasuki::intake
