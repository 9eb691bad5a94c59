// Rows of a CSV file, still in the file's bytes. RFC 4180: quotes around a field, doubled inside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::formats::masters {

inline constexpr size_t row_bytes_max = 64 * 1024;
inline constexpr size_t columns_max = 512;
inline constexpr size_t rows_max = 5'000'000;

class Rows {
 public:
  explicit Rows(std::string_view bytes) : rest_(bytes) {}

  // The next row's fields, views into the bytes or into this object until the next call; false at
  // the end. invalid: a row or a file beyond the bounds, a quote that is never closed.
  Result<bool> next(std::vector<std::string_view>& fields);
  size_t number() const { return number_; }  // of the row just read, from 1

 private:
  Result<void> field(std::vector<std::string_view>& fields, size_t& at);
  Error error(std::string message) const;

  std::string_view rest_;
  std::vector<std::string> unquoted_;  // fields that held doubled quotes
  size_t number_ = 0;
};

}  // namespace tasuki::formats::masters
