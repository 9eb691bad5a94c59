// A mapping file as lines of words with their depth. Two blanks a level; "# " begins a comment.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::intake {

struct Word {
  enum class Kind : uint8_t { name, text, sign };
  Kind kind = Kind::name;
  std::string text;  // of a text: without its quotation marks
  bool is(std::string_view other) const { return kind != Kind::text && text == other; }
};

struct Line {
  std::string file;
  uint32_t number = 0;
  unsigned depth = 0;
  std::vector<Word> words;
};

Result<std::vector<Line>> read_lines(std::string_view file, std::string_view text);

// "line 12 of foundation.map": where a refusal points.
std::string place_of(const Line& line);

}  // namespace tasuki::intake
