// Any bytes as an HL7 message give a conversion, never a crash; any text as a mapping is lexed or
// refused.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "intake/convert.h"
#include "intake/mapping/lines.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki::intake;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto lines = read_lines("fuzz.map", bytes);
  if (lines) {
    for (const Line& line : *lines) {
      if (line.words.empty()) std::abort();
    }
  }
  size_t total = 0;
  for (const auto message : split_messages(bytes))
    total += message.size();
  if (total > size) std::abort();
  return 0;
}
