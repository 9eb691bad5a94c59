// Any text is a unit or refused with a place; what is a unit converts to itself and to its base.
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/ucum/ucum.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki::fhir;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto unit = ucum::parse(text);
  if (!unit) {
    if (unit.error().message.empty() || unit.error().location.empty()) std::abort();
    return 0;
  }
  const auto base = ucum::parse(ucum::base_unit(*unit));
  if (!base) std::abort();
  if (unit->is_meaningless) return 0;
  if (!ucum::commensurable(*unit, *base)) std::abort();
  (void)ucum::convert(tasuki::Decimal(15, -1), *unit, *base);
  (void)ucum::convert(tasuki::Decimal(15, -1), *base, *unit);
  (void)ucum::to_base(1.5, *unit);
  if (!ucum::display(text)) std::abort();
  (void)ucum::multiply({tasuki::Decimal(3, 0), std::string(text)}, {tasuki::Decimal(2, 0), "m"});
  (void)ucum::divide({tasuki::Decimal(3, 0), "s"}, {tasuki::Decimal(2, 0), std::string(text)});
  return 0;
}
