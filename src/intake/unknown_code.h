// A code that a table did not know, as the report of a message names it.
//
// Why: when a person has said what the code means, the messages that named it are looked for again,
// whatever became of them at the time.
#pragma once

#include <string>
#include <string_view>

namespace tasuki::intake {

struct UnknownCode {
  std::string table, code;

  bool is_in(std::string_view report) const;
};

}  // namespace tasuki::intake
