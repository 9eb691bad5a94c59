// Writing transaction storage: every message behind a line that says what it is, in the order of
// the calls, in files that only grow. The counterpart of split_transactions (path.h).
//
//   <root>/<YYYY>/TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT    a new file for each day and every 64 MB
//
// Standard: SS-MIX2 1.2g; ss-mix2.md 6.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/result.h"
#include "formats/ssmix2/path.h"

namespace tasuki::ssmix2 {

// "#SSMIX,2.00,<facility>,<patient>,<date>,<kind>,<order>,<INS|DEL>,<department>,<time>"
std::string transaction_header(const FileName& name, std::string_view facility);

class LogWriter {
 public:
  LogWriter(std::filesystem::path root, std::string facility)
      : root_(std::move(root)), facility_(std::move(facility)) {}

  // A name with flag 0 is a deletion. Refused: what the disk does not take.
  Result<void> add(const FileName& name, std::string_view message);

 private:
  Result<void> begin_file(std::string_view made_at);

  std::filesystem::path root_;
  std::string facility_;
  std::string begun_at_;  // of the file: names never go back, because readers sort by them
  unsigned number_ = 0;
  size_t written_ = 0;
  std::ofstream file_;
};

}  // namespace tasuki::ssmix2
