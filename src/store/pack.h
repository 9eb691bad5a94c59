// Bodies, messages and audit texts as they lie in the database: zstd with a built-in dictionary.
//
// Why: a FHIR resource alone is 1-2 KB of which most is names that every resource repeats; without
// a dictionary zstd has nothing to repeat. The first byte of packed bytes says how they were
// packed:
//   0  as they are (shorter than compressed)
//   1  zstd frame, dictionary 1
// A dictionary once released is never changed: a new one gets the next number and the old one stays
// readable.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tasuki::store {

constexpr size_t unpacked_bytes_max = size_t{1} << 30U;  // beyond: the frame lies

// Into a buffer that is used again and again; what was in it goes.
Result<void> unpack_into(std::string_view packed, std::string& plain);

std::string pack_bytes(std::string_view plain);
Result<std::string> unpack_bytes(std::string_view packed);

std::string_view dictionary_1();

}  // namespace tasuki::store
