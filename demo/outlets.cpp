#include "outlets.h"

#include <iconv.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

namespace tasuki::demo {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> stand_ins{{
    {"髙", "高"},
    {"﨑", "崎"},
    {"－", "−"},
    {"〜", "～"},
}};

size_t character_size(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

std::string_view stand_in(std::string_view character) {
  for (const auto& [wanted, given] : stand_ins) {
    if (wanted == character) return given;
    if (given == character) return wanted;
  }
  return "〓";
}

// One of glibc's converters, from UTF-8.
class Converter {
 public:
  explicit Converter(const char* charset) : handle_(iconv_open(charset, "UTF-8")) {}
  ~Converter() { iconv_close(handle_); }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  iconv_t handle() const { return handle_; }

 private:
  const iconv_t handle_;
};

}  // namespace

std::string encoded(std::string_view utf8, const char* charset) {
  thread_local std::map<std::string, Converter> converters;
  const iconv_t converter = converters.try_emplace(charset, charset).first->second.handle();
  iconv(converter, nullptr, nullptr, nullptr, nullptr);

  std::string text(utf8);
  std::string out(text.size() * 4 + 16, '\0');
  char* to = out.data();
  size_t room = out.size();
  for (size_t at = 0; at < text.size();) {
    char* from = text.data() + at;
    size_t left = text.size() - at;
    if (iconv(converter, &from, &left, &to, &room) != static_cast<size_t>(-1)) break;
    at = text.size() - left;
    if (errno != EILSEQ) std::abort();
    const size_t size = character_size(text[at]);
    text.replace(at, size, stand_in(std::string_view(text).substr(at, size)));
  }
  iconv(converter, nullptr, nullptr, &to, &room);  // back to ASCII
  out.resize(out.size() - room);
  return out;
}

void Ssmix2Outlet::write(const Message& message, const Event& event, const std::string& patient,
                         uint64_t serial) {
  const std::chrono::year_month_day date(event.at.day);
  const std::string stamp =
      fmt::format("{:04}{:02}{:02}", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  const std::string day = message.has_date ? stamp : "-";
  const std::string order =
      event.order == 0 ? "999999999999999" : fmt::format("{:015}", event.order);
  const auto folder =
      root_ / patient.substr(0, 3) / patient.substr(3, 3) / patient / day / message.kind;
  std::filesystem::create_directories(folder);
  const std::string key = fmt::format("{}_{}_{}_{}", patient, day, message.kind, order);
  const auto file =
      folder / fmt::format("{}_{}{:02}{:02}{:02}{:03}_{}_1", key, stamp, event.at.minute / 60 % 24,
                           event.at.minute % 60, serial / 1000 % 60, serial % 1000,
                           message.has_date ? event.department_code : "-");
  if (const auto old = current_.find(key); old != current_.end()) {
    std::string name = old->second.filename().string();
    name.back() = '2';
    std::filesystem::rename(old->second, old->second.parent_path() / name);
  }
  std::ofstream(file, std::ios::binary) << encoded(message.text, "ISO-2022-JP");
  current_[key] = file;
  ++count_;
}

}  // namespace tasuki::demo
