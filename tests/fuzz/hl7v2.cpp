// Any bytes are refused or become a message that prints to text which reads back the same; every
// part has its bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "formats/hl7v2/acknowledge.h"
#include "formats/hl7v2/batch.h"
#include "formats/hl7v2/check.h"
#include "formats/hl7v2/grammar.h"

namespace {

using namespace tasuki;
using namespace tasuki::hl7v2;

void read_everything(const Message& message, size_t size) {
  for (int s = 1; s <= message.segment_count(); ++s) {
    const auto segment = message.segment(s);
    for (int f = 1; f <= segment.field_count(); ++f) {
      const auto field = segment.field(f);
      if (field.bytes().end > size) std::abort();
      for (int r = 1; r <= field.repetition_count(); ++r)
        for (int c = 1; c <= field.repetition(r).component_count(); ++c) {
          const auto component = field.repetition(r).component(c);
          component.text();
          for (int u = 1; u <= component.subcomponent_count(); ++u)
            if (component.subcomponent(u).bytes().end > size) std::abort();
        }
    }
  }
}

size_t placed(const Group& group) {
  size_t count = group.segments.size();
  for (const auto& inner : group.groups)
    count += placed(inner);
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size > 20'000) return 0;  // reading everything is quadratic
  (void)split(bytes);
  const auto message = parse(bytes);
  if (!message) {
    if (message.error().location.empty()) std::abort();
    if (!parse(reject_unreadable(bytes, message.error(), "1", Instant{}))) std::abort();
    return 0;
  }
  read_everything(*message, size);
  check(*message);
  const auto structure = structure_of(*message);
  if (placed(structure.root) != static_cast<size_t>(message->segment_count())) std::abort();
  const auto printed = print(*message);
  const auto again = parse(printed, Charset::utf_8);
  if (!again || print(*again) != printed) std::abort();
  (void)parse(acknowledge(*message, {.verdict = Verdict::error,
                                     .faults = {{"PID-3", 101, "x"}},
                                     .control_id = "1",
                                     .time = Instant{}}));
  return 0;
}
