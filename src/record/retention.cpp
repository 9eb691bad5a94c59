#include "record/retention.h"

#include "record/inside.h"

namespace tasuki::record {

Result<uint64_t> forget_message_bytes(Door& door, const std::vector<uint64_t>& numbers) {
  if (numbers.empty()) return uint64_t{0};
  uint64_t forgotten = 0;
  const auto done = inside(door).store().write([&](store::Writer& writer) -> Result<void> {
    forgotten = 0;
    for (const uint64_t number : numbers)
      if (TRY(writer.forget_bytes(number))) ++forgotten;
    return {};
  });
  if (!done) return done.error();
  return forgotten;
}

}  // namespace tasuki::record
