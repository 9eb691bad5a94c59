#include "formats/ssmix2/log.h"

#include <algorithm>

#include <fmt/format.h>

namespace tasuki::ssmix2 {
namespace {

constexpr size_t log_file_bytes = size_t{64} * 1024 * 1024;
constexpr size_t day_digits = 8, moment_digits = 17;

}  // namespace

std::string transaction_header(const FileName& name, std::string_view facility) {
  const Key& key = name.key;
  return fmt::format("#SSMIX,2.00,{},{},{},{},{},{},{},{}", facility, key.patient, key.care_date,
                     key.kind, key.order, name.flag == Flag::deleted ? "DEL" : "INS",
                     name.department, name.made_at);
}

Result<void> LogWriter::add(const FileName& name, std::string_view message) {
  const bool is_later_day = name.made_at.compare(0, day_digits, begun_at_, 0, day_digits) > 0;
  if (!file_.is_open() || is_later_day || written_ >= log_file_bytes) TRY(begin_file(name.made_at));
  std::string record = transaction_header(name, facility_) + "\r\n";
  record += message;
  if (!message.ends_with('\r') && !message.ends_with('\n')) record += '\r';
  record += '\n';
  file_ << record;
  written_ += record.size();
  if (!file_.flush())
    return Error{Error::Kind::unavailable,
                 "トランザクションストレージに書けません。/ The transaction storage cannot be "
                 "written.",
                 root_.string()};
  return {};
}

Result<void> LogWriter::begin_file(std::string_view made_at) {
  begun_at_ = std::max(begun_at_, std::string(made_at));
  begun_at_.resize(moment_digits, '0');
  const std::filesystem::path folder = root_ / begun_at_.substr(0, 4);
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  file_ = std::ofstream(folder / fmt::format("TR_{}_{:05}.DAT", begun_at_, ++number_),
                        std::ios::binary | std::ios::trunc);
  written_ = 0;
  if (failure || !file_)
    return Error{Error::Kind::unavailable,
                 "トランザクションストレージのファイルを作れません。/ A file of the transaction "
                 "storage cannot be made.",
                 folder.string()};
  return {};
}

}  // namespace tasuki::ssmix2
