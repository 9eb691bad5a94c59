#include "intake/workbench/approve.h"

#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "intake/mapping/compile.h"

namespace tasuki::intake::workbench {
namespace {

namespace fs = std::filesystem;

// RFC 4180: in quotation marks where it must be.
std::string cell(std::string_view text) {
  if (text.find_first_of(",\"") == std::string_view::npos && !text.starts_with('#'))
    return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

Result<void> check(const trial::Reloader& reloader, const Approval& approval) {
  const auto mappings = reloader.mappings();
  const Table* const table = mappings->table(approval.table);
  if (table == nullptr)
    return Error{Error::Kind::not_found,
                 fmt::format("表「{0}」がありません。/ There is no table '{0}'.", approval.table),
                 "table"};
  if (approval.from.empty() || approval.to.empty())
    return Error{
        Error::Kind::invalid,
        "元のコードと対応するコードの両方が要ります。/ Both codes are needed, from and to.",
        approval.from.empty() ? "from" : "to"};
  for (const std::string* const text : {&approval.from, &approval.to, &approval.system,
                                        &approval.display, &approval.who, &approval.reason})
    if (text->find_first_of("\r\n") != std::string::npos)
      return Error{Error::Kind::invalid, "改行は書けません。/ A line break cannot be written here.",
                   "from"};
  if (table->find(approval.from) != nullptr)
    return Error{
        Error::Kind::conflict,
        fmt::format(
            "コード「{0}」はもう表 {1} にあります。/ The code '{0}' stands in the table {1} "
            "already.",
            approval.from, approval.table),
        "from"};
  return {};
}

Result<std::string> text_of_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Error::Kind::not_found,
                 "表のファイルを読めません。/ The table's file cannot be read.",
                 file.filename().string()};
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// Whole or not at all: written beside and renamed over.
Result<void> write_file(const fs::path& file, std::string_view text) {
  const fs::path beside = file.string() + ".tmp";
  {
    std::ofstream stream(beside, std::ios::binary);
    stream << text;
    if (!stream.flush())
      return Error{Error::Kind::unavailable,
                   "表のファイルに書けません。/ The table's file cannot be written.",
                   file.filename().string()};
  }
  std::error_code failure;
  fs::rename(beside, file, failure);
  if (failure)
    return Error{Error::Kind::unavailable,
                 "表のファイルを置き換えられません。/ The table's file cannot be replaced: " +
                     failure.message(),
                 file.filename().string()};
  return {};
}

// The columns stand in the order of the table's own header.
Result<std::string> line_for(std::string_view table, const Approval& approval) {
  for (size_t begin = 0; begin < table.size();) {
    const size_t end = std::min(table.find('\n', begin), table.size());
    std::string_view line = table.substr(begin, end - begin);
    begin = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    std::string made;
    for (size_t at = 0; at <= line.size();) {
      const size_t comma = std::min(line.find(',', at), line.size());
      const std::string_view name = line.substr(at, comma - at);
      made += at == 0 ? "" : ",";
      made += name == "from"      ? cell(approval.from)
              : name == "to"      ? cell(approval.to)
              : name == "system"  ? cell(approval.system)
              : name == "display" ? cell(approval.display)
                                  : std::string();
      at = comma + 1;
      // A coding without a system would be refused by the record, message after message.
      if (name == "system" && approval.system.empty())
        return Error{Error::Kind::invalid,
                     "対応するコードのコード体系(system)が要ります。/ The system of the code is "
                     "needed: system.",
                     "system"};
    }
    return made + "\n";
  }
  return Error{Error::Kind::invalid, "表に列の名前がありません。/ The table has no header.",
               "table"};
}

Result<void> remember(const fs::path& folder, const Approval& approval, Instant now) {
  std::error_code failure;
  fs::create_directories(folder / "tables/history", failure);
  const fs::path file = folder / "tables/history" / (approval.table + ".csv");
  const bool is_new = !fs::exists(file, failure);
  std::ofstream stream(file, std::ios::binary | std::ios::app);
  if (is_new) stream << "time,who,from,to,system,display,reason\n";
  stream << fmt::format("{},{},{},{},{},{},{}\n", format_instant(now), cell(approval.who),
                        cell(approval.from), cell(approval.to), cell(approval.system),
                        cell(approval.display), cell(approval.reason));
  if (!stream.flush())
    return Error{Error::Kind::unavailable, "履歴に書けません。/ The history cannot be written.",
                 approval.table};
  return {};
}

}  // namespace

Result<void> approve(trial::Reloader& reloader, const Approval& approval, Instant now) {
  TRY(check(reloader, approval));
  const fs::path folder = reloader.mappings()->folder();
  const fs::path file = folder / "tables" / (approval.table + ".csv");
  const std::string before = TRY(text_of_file(file));
  std::string after = before;
  if (!after.ends_with('\n')) after += '\n';
  after += TRY(line_for(before, approval));
  TRY(write_file(file, after));
  const trial::Reload reload = reloader.reload();
  if (!reload.changed) {
    TRY(write_file(file, before));
    return Error{Error::Kind::conflict,
                 reload.problems.empty()
                     ? std::string("変換規則を読み直せません。/ The mappings do not load.")
                     : reload.problems.front().place + ": " + reload.problems.front().message,
                 approval.table};
  }
  return remember(folder, approval, now);
}

Result<std::vector<HistoryLine>> history_of(const trial::Reloader& reloader,
                                            const std::string& table) {
  const auto mappings = reloader.mappings();
  if (mappings->table(table) == nullptr)
    return Error{Error::Kind::not_found,
                 fmt::format("表「{0}」がありません。/ There is no table '{0}'.", table), "table"};
  std::vector<HistoryLine> lines;
  const fs::path file = mappings->folder() / "tables/history" / (table + ".csv");
  std::error_code failure;
  if (!fs::exists(file, failure)) return lines;
  const std::string text = TRY(text_of_file(file));
  for (size_t begin = text.find('\n') + 1; begin != 0 && begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const auto cells = cells_of(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    if (cells.size() == 7)
      lines.push_back(
          {cells[0], {table, cells[2], cells[3], cells[4], cells[5], cells[1], cells[6]}});
  }
  return lines;
}

}  // namespace tasuki::intake::workbench
