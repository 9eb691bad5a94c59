// Where messages are written, and in which charset: a stream of MLLP frames, or an SS-MIX2 tree.
#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "messages.h"

namespace tasuki::demo {

// Unicode to the charset, by glibc's iconv. What the charset lacks is written as systems of that
// kind write it: the common kanji for the variant (髙 -> 高), else 〓.
std::string encoded(std::string_view utf8, const char* charset);

class MllpOutlet {
 public:
  MllpOutlet(const std::filesystem::path& file, const char* charset)
      : file_(file, std::ios::binary), charset_(charset) {}
  void write(const Message& message) {
    file_ << '\x0b' << encoded(message.text, charset_) << "\x1c\r";
    ++count_;
  }
  uint64_t count() const { return count_; }

 private:
  std::ofstream file_;
  const char* charset_;
  uint64_t count_ = 0;
};

// Keeps the state machine of ss-mix2.md 3: a newer version of the same key makes the older one's
// flag 2.
class Ssmix2Outlet {
 public:
  explicit Ssmix2Outlet(std::filesystem::path root) : root_(std::move(root)) {}
  void write(const Message& message, const Event& event, const std::string& patient_number,
             uint64_t serial);
  void next_person() { current_.clear(); }
  uint64_t count() const { return count_; }

 private:
  std::filesystem::path root_;
  std::map<std::string, std::filesystem::path> current_;  // key -> file with flag 1
  uint64_t count_ = 0;
};

}  // namespace tasuki::demo
