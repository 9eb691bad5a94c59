#include <algorithm>

#include "base/charset.h"

namespace tasuki {

void BytePositions::add(size_t text, size_t byte, uint8_t text_size, uint8_t byte_size) {
  const bool goes_on = !runs_.empty() && text == text_size_ && byte == byte_size_ &&
                       runs_.back().text_step == text_size && runs_.back().byte_step == byte_size;
  if (!goes_on)
    runs_.push_back(
        {static_cast<uint32_t>(text), static_cast<uint32_t>(byte), text_size, byte_size});
  text_size_ = text + text_size;
  byte_size_ = byte + byte_size;
}

void BytePositions::add_run(size_t text, size_t byte, size_t size) {
  add(text, byte, 1, 1);
  text_size_ = text + size;
  byte_size_ = byte + size;
}

void BytePositions::close(size_t text_size, size_t byte_size) {
  text_size_ = text_size;
  byte_size_ = byte_size;
}

size_t BytePositions::start_of(size_t text) const {
  if (text >= text_size_) return byte_size_;
  auto run = std::ranges::upper_bound(runs_, text, {}, &Run::text);
  if (run == runs_.begin()) return 0;
  --run;
  return run->byte + (text - run->text) / run->text_step * run->byte_step;
}

size_t BytePositions::end_before(size_t text) const {
  if (text == 0) return 0;
  auto run = std::ranges::upper_bound(runs_, text - 1, {}, &Run::text);
  if (run == runs_.begin()) return 0;
  --run;
  return run->byte + ((text - 1 - run->text) / run->text_step + 1) * run->byte_step;
}

BytePositions::Range BytePositions::of(size_t text_begin, size_t text_end) const {
  const size_t begin = end_before(text_begin);
  return {begin, std::max(begin, text_begin == text_end ? begin : start_of(text_end))};
}

}  // namespace tasuki
