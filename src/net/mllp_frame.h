// The frame of MLLP, taken out of a stream of bytes: 0x0B message 0x1C 0x0D. HL7 v2.5 appendix
// C.4.3.
//
// Senders err, so: what stands between frames is skipped; a new 0x0B inside a message starts over
// (the sender broke off); 0x1C counts as the end even without its 0x0D. None of the three bytes
// occurs inside a message in any charset HL7 Japan uses (ISO-2022-JP shifts with 0x1B and stays
// within 0x21-0x7E).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tasuki::net {

class MllpFrames {
 public:
  explicit MllpFrames(size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

  void feed(std::string_view bytes) { bytes_ += bytes; }

  // The next whole message, or nothing until more is fed.
  std::optional<std::string> next();

  bool too_long() const { return too_long_; }  // the connection is beyond repair: close it
  bool noise_only() const {
    return skipped_in_row_ > noise_bytes_max;
  }                                                  // whoever talks there does not speak MLLP
  bool inside() const { return inside_; }            // a message has begun
  size_t skipped() const { return skipped_; }        // bytes outside frames, line ends not counted
  size_t broken_off() const { return broken_off_; }  // messages begun and never ended

 private:
  static constexpr size_t noise_bytes_max = 64 * 1024;

  void skip_to_start();
  void forget(size_t count);

  const size_t message_bytes_max_;
  std::string bytes_;
  size_t searched_ = 0;  // of bytes_: holds no mark
  bool inside_ = false, too_long_ = false;
  size_t skipped_ = 0, skipped_in_row_ = 0, broken_off_ = 0;
};

std::string mllp_framed(std::string_view message);

}  // namespace tasuki::net
