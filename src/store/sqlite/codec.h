// Bytes inside rows: a record's ordered entries, its terms, and the keyed hash that finds it.
//
// Ordered entries:  group (8 bytes, big-endian)  length of low (1)  low  length of high (1; 0 =
// same as low)  high
//                   bit 7 of the length of low: the span is found by its high end too
// Terms:            length (1)  term             as the tokenizer reads them
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "store/store.h"

namespace tasuki::store::sqlite {

constexpr size_t ordered_bytes_max = 64;

struct EntryView {
  uint64_t group;
  std::string_view low, high;
  bool by_high;
};

std::string encode_ordered(const std::vector<OrderedEntry>& entries);

// Calls use(entry) for each until it returns false.
template <class Use>
void each_ordered(std::string_view bytes, Use&& use);

template <class Use>
void each_term(std::string_view document, Use&& use);

bool in_range(const Node& range, std::string_view low, std::string_view high);
bool has_in_range(const Node& range, std::string_view ordered);

// Whether one record is in the set that the node describes, judged from its own terms and entries
// alone.
bool matches(const Node& node, uint64_t record, std::string_view document,
             std::string_view ordered);

// SipHash-2-4 (Aumasson, Bernstein 2012) of kind and id under the database's salt.
int64_t key_hash(std::string_view salt, const Key& key);

// ---- inline

template <class Use>
void each_ordered(std::string_view bytes, Use&& use) {
  size_t at = 0;
  const auto take = [&](size_t count) {
    const auto part = bytes.substr(at, count);
    at += count;
    return part;
  };
  while (at + 10 <= bytes.size()) {
    EntryView entry{};
    for (const char byte : take(8))
      entry.group = entry.group << 8U | static_cast<unsigned char>(byte);
    const auto low_size = static_cast<unsigned char>(take(1)[0]);
    entry.by_high = (low_size & 128U) != 0;
    entry.low = take(low_size & 127U);
    entry.high = take(static_cast<unsigned char>(take(1)[0]));
    if (entry.high.empty()) entry.high = entry.low;
    if (!use(entry)) return;
  }
}

template <class Use>
void each_term(std::string_view document, Use&& use) {
  for (size_t at = 0; at < document.size();) {
    const auto size = static_cast<unsigned char>(document[at]);
    if (!use(document.substr(at + 1, size))) return;
    at += 1U + size;
  }
}

}  // namespace tasuki::store::sqlite
