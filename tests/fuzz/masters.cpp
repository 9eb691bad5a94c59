// Any bytes as a master file: an answer in bounded time, and each code that comes out was read from
// the bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "formats/masters/read.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki::formats::masters;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto master = Master::open(bytes);
  if (!master) return 0;
  for (const Target* target : master->targets()) {
    size_t codes = 0;
    const auto counts = master->read(*target, [&](const Code& code) {
      if (code.code.empty()) std::abort();
      ++codes;
      return true;
    });
    if (counts && counts->codes != codes) std::abort();
  }
  return 0;
}
