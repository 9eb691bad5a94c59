// Any bytes are refused or become a tree that prints to text which parses to the same tree.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/parse.h"
#include "json/print.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki::json;
  const auto first = parse({reinterpret_cast<const char*>(data), size});
  if (!first) return 0;
  const auto second = parse(print(first->root));
  if (!second || !equal(first->root, second->root)) std::abort();
  return 0;
}
