// Where a record stands under a sort key, as its row tells: empty = absent, else 1 and the value.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/sqlite/codec.h"
#include "store/sqlite/snapshot.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

inline std::string big_endian(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8)
    bytes += static_cast<char>(number >> shift);
  return bytes;
}

inline uint64_t number_of(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes)
    number = number << 8U | static_cast<unsigned char>(byte);
  return number;
}

inline std::string value_of(const SortKey& key, const RecordRow& row) {
  if (key.group == 0) return "\x01" + big_endian(row.sequence);
  std::optional<std::string_view> value;
  each_ordered(row.ordered, [&](const EntryView& entry) {
    if (entry.group != key.group) return true;
    if (!value || (key.descending ? entry.low > *value : entry.low < *value)) value = entry.low;
    return true;
  });
  return value ? "\x01" + std::string(*value) : std::string();
}

}  // namespace tasuki::store::sqlite
