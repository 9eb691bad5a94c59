#include "formats/masters/rows.h"

#include <fmt/core.h>

#include "base/scan.h"

namespace tasuki::formats::masters {

Error Rows::error(std::string message) const {
  return {Error::Kind::invalid, std::move(message), fmt::format("row {}", number_)};
}

Result<bool> Rows::next(std::vector<std::string_view>& fields) {
  fields.clear();
  unquoted_.clear();
  unquoted_.reserve(columns_max);  // views into it must stay
  while (!rest_.empty() && (rest_.front() == '\n' || rest_.front() == '\r'))
    rest_.remove_prefix(1);
  if (rest_.empty() || rest_.front() == '\x1a') return false;  // ^Z ends a file of old
  if (++number_ > rows_max) return error(fmt::format("A master has at most {} rows.", rows_max));
  size_t at = 0;
  for (;;) {
    if (fields.size() >= columns_max)
      return error(fmt::format("A row has at most {} columns.", columns_max));
    TRY(field(fields, at));
    if (at > row_bytes_max) return error(fmt::format("A row has at most {} bytes.", row_bytes_max));
    if (at >= rest_.size() || rest_[at] != ',') break;
    ++at;
  }
  rest_.remove_prefix(at);
  return true;
}

Result<void> Rows::field(std::vector<std::string_view>& fields, size_t& at) {
  if (at >= rest_.size() || rest_[at] != '"') {
    const size_t end = std::min(find_one_of<',', '\r', '\n'>(rest_, at), rest_.size());
    fields.push_back(rest_.substr(at, end - at));
    at = end;
    return {};
  }
  const size_t begin = ++at;
  bool doubled = false;
  for (;;) {
    const size_t quote = rest_.find('"', at);
    if (quote == std::string_view::npos || quote - begin > row_bytes_max)
      return error("A quote is never closed.");
    at = quote + 1;
    if (at < rest_.size() && rest_[at] == '"') {
      doubled = true;
      ++at;
      continue;
    }
    break;
  }
  const std::string_view inner = rest_.substr(begin, at - 1 - begin);
  if (!doubled) {
    fields.push_back(inner);
  } else {
    std::string& text = unquoted_.emplace_back();
    for (size_t i = 0; i < inner.size(); ++i) {
      text += inner[i];
      if (inner[i] == '"') ++i;
    }
    fields.push_back(text);
  }
  // What stands between the closing quote and the comma is not the publishers'; it is passed over.
  at = std::min(find_one_of<',', '\r', '\n'>(rest_, at), rest_.size());
  return {};
}

}  // namespace tasuki::formats::masters
