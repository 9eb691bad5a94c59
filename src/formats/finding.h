// What a decoder has to say about its input beside the result: where, what, what would be right.
#pragma once

#include <cstdint>
#include <string>

namespace tasuki::formats {

struct Finding {
  enum class Severity : uint8_t { information, warning, error };
  Severity severity;
  std::string
      code;  // "charset.unterminated-escape", "structure.unexpected-segment": stable, for counting
  std::string message;   // one sentence for the person who can mend it, Japanese / English
  std::string location;  // "PID-7", "OBX[3]-5": as the standard numbers, segments of one name
                         // counted from 1
  size_t byte_begin = 0, byte_end = 0;  // in the bytes as received
};

}  // namespace tasuki::formats
