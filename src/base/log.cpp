#include "base/log.h"

#include <atomic>
#include <cstdio>
#include <string>

#include <fmt/format.h>

#include "base/time.h"

namespace tasuki::log {
namespace {

std::atomic<Level> lowest{Level::info};

constexpr std::string_view level_name(Level level) {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

void append_text(std::string& line, std::string_view text) {
  line += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') line += '\\';
    line += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  line += '"';
}

void append_field(std::string& line, const Field& field) {
  line += ',';
  append_text(line, field.name.text());
  line += ':';
  if (const auto* number = std::get_if<int64_t>(&field.value)) line += fmt::format("{}", *number);
  if (const auto* number = std::get_if<double>(&field.value)) line += fmt::format("{:g}", *number);
  if (const auto* text = std::get_if<std::string_view>(&field.value)) append_text(line, *text);
}

}  // namespace

void set_lowest(Level level) {
  lowest = level;
}

void write(Level level, Literal message, std::initializer_list<Field> fields) {
  if (level < lowest.load(std::memory_order_relaxed)) return;
  std::string line = fmt::format(R"({{"time":"{}","level":"{}","event":)", format_instant(now()),
                                 level_name(level));
  append_text(line, message.text());
  for (const Field& field : fields)
    append_field(line, field);
  line += "}\n";
  std::fwrite(line.data(), 1, line.size(),
              stderr);  // one write a line: lines of two threads never mix
}

}  // namespace tasuki::log
