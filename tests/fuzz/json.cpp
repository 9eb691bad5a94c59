// Any bytes are refused or become a tree that prints to text which parses to the same tree; and an
// outline with its items parsed one by one is that tree.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/outline.h"
#include "json/print.h"

namespace {

using namespace tasuki::json;

// The outline knows no twin within an item; that the items say.
bool is_told_alike(std::string_view text, const Value& whole) {
  auto outlined = outline(text, "entry");
  if (!outlined) return false;
  for (const std::string_view item : outlined->items) {
    auto parsed = parse(item);
    if (!parsed) return false;
    Arena& arena = outlined->document.arena;
    outlined->document.root.find("entry")->push(arena, clone(parsed->root, arena));
  }
  const Value* entries = whole.find("entry");
  const bool has_scalars =
      entries != nullptr && std::ranges::any_of(entries->items(), [](const Value& item) {
        return !item.is_object() && !item.is_array();
      });
  return has_scalars || equal(outlined->document.root, whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = parse(text);
  if (!first) return 0;
  const auto second = parse(print(first->root));
  if (!second || !equal(first->root, second->root)) std::abort();
  if (!is_told_alike(text, first->root)) std::abort();
  return 0;
}
