#include "intake/propose/confirm.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "json/print.h"

namespace tasuki::intake::propose {
namespace {

constexpr std::string_view answerable[] = {"id",   "organisation", "name",     "port",
                                           "kind", "roots",        "alert_to", "escalate_to"};
constexpr std::string_view needed[] = {"id", "organisation", "name"};

Error wrong(std::string_view name, std::string_view right_ja, std::string_view right) {
  return {Error::Kind::invalid, fmt::format("{0} は{1}です。/ {0} is {2}.", name, right_ja, right),
          std::string(name)};
}

// It stands in addresses, in the audit file and in the ids of messages, for ever.
bool is_lasting_name(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

bool is_port(std::string_view text) {
  uint16_t port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && port > 0;
}

Result<void> check(const Answers& answers) {
  for (const std::string_view name : needed)
    if (std::ranges::find(answers, name, &Answers::value_type::first) == answers.end())
      return Error{Error::Kind::invalid,
                   fmt::format("--{0} を添えてください。/ --{0} is needed.", name),
                   std::string(name)};
  for (const auto& [name, value] : answers) {
    if (std::ranges::find(answerable, name) == std::end(answerable))
      return Error{
          Error::Kind::invalid,
          fmt::format("指定できるのは {0} です。/ Known: {0}.", fmt::join(answerable, " ")),
          std::string(name)};
    if (name == "id" && !is_lasting_name(value))
      return wrong(name, "英小文字・数字・「-」「.」「_」だけの名前",
                   "a name of small letters, digits, '-', '.' and '_'");
    if (name == "port" && !is_port(value))
      return wrong(name, "1 から 65535 までの数", "a number from 1 to 65535");
  }
  return {};
}

// TOML's basic strings are written as JSON's are.
std::string line_of(std::string_view name, std::string_view value) {
  std::string line = fmt::format("{} = ", name);
  const bool is_list = name == "roots" || name.ends_with("_to");
  if (is_list) line += '[';
  if (name == "port") {
    line += value;
  } else {
    json::print_string(value, line);
  }
  return line + (is_list ? "]\n" : "\n");
}

}  // namespace

Result<std::string> confirmed(std::string_view settings, const Answers& answers) {
  TRY(check(answers));
  std::string made;
  Answers left = answers;
  while (!settings.empty()) {
    const size_t end = std::min(settings.find('\n'), settings.size() - 1) + 1;
    const std::string_view line = settings.substr(0, end);
    settings.remove_prefix(end);
    const auto answer = std::ranges::find_if(
        left, [&](const auto& one) { return line.starts_with(fmt::format("{} = ", one.first)); });
    made += answer == left.end() ? std::string(line) : line_of(answer->first, answer->second);
    if (answer != left.end()) left.erase(answer);
  }
  for (const auto& [name, value] : left)
    made += line_of(name, value);
  return made;
}

}  // namespace tasuki::intake::propose
