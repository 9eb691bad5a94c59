#include "intake/mapping/lines.h"

namespace tasuki::intake {
namespace {

constexpr std::string_view stops = " \t,()|=\"?+!<>";
constexpr size_t words_max = 200;

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t';
}

// The longest sign at the start of text, or nothing.
std::string_view sign_at(std::string_view text) {
  for (const std::string_view sign :
       {"<-", "->", "??", "!=", "|", ",", "(", ")", "=", "?", "+", ":"}) {
    if (text.starts_with(sign)) return text.substr(0, sign.size());
  }
  return {};
}

Result<Word> word_at(std::string_view& rest, const Line& line) {
  if (rest.front() == '"') {
    const size_t end = rest.find('"', 1);
    if (end == std::string_view::npos) {
      return Error{Error::Kind::invalid,
                   "文字列が閉じていません。終わりの引用符が要ります。/ A text is not closed: a "
                   "quotation mark is missing.",
                   place_of(line)};
    }
    Word word{Word::Kind::text, std::string(rest.substr(1, end - 1))};
    rest.remove_prefix(end + 1);
    return word;
  }
  // ":" alone is a sign; inside a word it belongs to it.
  if (const auto sign = sign_at(rest); !sign.empty()) {
    Word word{Word::Kind::sign, std::string(sign)};
    rest.remove_prefix(sign.size());
    return word;
  }
  size_t end = 0;
  while (end < rest.size() && stops.find(rest[end]) == std::string_view::npos)
    ++end;
  if (end == 0) {
    return Error{Error::Kind::invalid,
                 std::string("ここでは意味のない記号です:「") + rest.front() + "」。/ The sign '" +
                     rest.front() + "' has no meaning here.",
                 place_of(line)};
  }
  Word word{Word::Kind::name, std::string(rest.substr(0, end))};
  rest.remove_prefix(end);
  return word;
}

Result<Line> line_of(std::string_view file, uint32_t number, std::string_view text) {
  Line line{.file = std::string(file), .number = number, .depth = 0, .words = {}};
  size_t blanks = 0;
  while (blanks < text.size() && text[blanks] == ' ')
    ++blanks;
  std::string_view rest = text.substr(blanks);
  while (!rest.empty()) {
    if (is_blank(rest.front())) {
      rest.remove_prefix(1);
      continue;
    }
    if (rest.front() == '#') break;
    if (line.words.size() == words_max) {
      return Error{Error::Kind::invalid,
                   "1行は200語までです。/ The line is too long: at most 200 words.",
                   place_of(line)};
    }
    line.words.push_back(TRY(word_at(rest, line)));
  }
  if (!line.words.empty() && blanks % 2 != 0) {
    return Error{Error::Kind::invalid,
                 "字下げは1段につき空白2つです。/ Blocks are indented by two blanks a level.",
                 place_of(line)};
  }
  line.depth = static_cast<unsigned>(blanks / 2);
  return line;
}

}  // namespace

std::string place_of(const Line& line) {
  return "line " + std::to_string(line.number) + " of " + line.file;
}

Result<std::vector<Line>> read_lines(std::string_view file, std::string_view text) {
  std::vector<Line> lines;
  uint32_t number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (one.ends_with('\r')) one.remove_suffix(1);
    ++number;
    Line line = TRY(line_of(file, number, one));
    if (line.words.empty()) continue;
    // A line that begins with "|", "else", "??" or "," goes on with the one above, one level
    // deeper.
    const Word& first = line.words.front();
    const bool goes_on = first.is("|") || first.is("else") || first.is("??") || first.is("+") ||
                         first.is("key") || first.is("into") || first.is("where");
    if (goes_on && !lines.empty()) {
      auto& above = lines.back().words;
      above.insert(above.end(), line.words.begin(), line.words.end());
      continue;
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace tasuki::intake
