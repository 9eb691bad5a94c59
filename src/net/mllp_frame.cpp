#include "net/mllp_frame.h"

#include "base/scan.h"

namespace tasuki::net {
namespace {

constexpr char start_block = 0x0b, end_block = 0x1c, carriage_return = 0x0d;

}  // namespace

std::optional<std::string> MllpFrames::next() {
  while (!too_long_) {
    if (!inside_) skip_to_start();
    if (!inside_) return std::nullopt;

    const size_t mark = find_one_of<start_block, end_block>(bytes_, searched_);
    const size_t length = mark == std::string::npos ? bytes_.size() : mark;
    if (length > message_bytes_max_) {
      too_long_ = true;
      return std::nullopt;
    }
    if (mark == std::string::npos) {
      searched_ = bytes_.size();
      return std::nullopt;
    }
    if (bytes_[mark] == start_block) {
      ++broken_off_;
      forget(mark + 1);
      continue;
    }
    std::string message = bytes_.substr(0, mark);
    inside_ = false;
    forget(mark + 1);
    return message;
  }
  return std::nullopt;
}

void MllpFrames::skip_to_start() {
  const size_t start = bytes_.find(start_block);
  const size_t skipped = std::min(start, bytes_.size());
  for (const char c : std::string_view(bytes_).substr(0, skipped))
    if (c != carriage_return && c != '\n') ++skipped_, ++skipped_in_row_;
  inside_ = start != std::string::npos;
  if (inside_) skipped_in_row_ = 0;
  forget(inside_ ? start + 1 : bytes_.size());
}

void MllpFrames::forget(size_t count) {
  bytes_.erase(0, count);
  searched_ = 0;
}

std::string mllp_framed(std::string_view message) {
  std::string framed;
  framed.reserve(message.size() + 3);
  framed += start_block;
  framed += message;
  framed += end_block;
  framed += carriage_return;
  return framed;
}

}  // namespace tasuki::net
