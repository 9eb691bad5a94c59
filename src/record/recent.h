// What stood when it was last written, as a fingerprint a key: a feed says most things again.
//
// A hint only. Who reads here that the same body stands may leave out checking, indexing and
// packing it; whether it does stand, the unit of work still asks the store (store::Put::only_same).
// Kept for the keys written last, each in one place by its hash, the newer over the older: 1.5 MB.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "store/store.h"

namespace tasuki::record {

class RecentBodies {
 public:
  // The body's hash as store::Packed has it.
  bool stands(const store::Key& key, std::string_view hash) const;
  bool stands(const store::Key& key) const;  // with whatever body
  void remember(const store::Key& key, std::string_view hash);
  void forget(const store::Key& key);

 private:
  struct Place {
    uint64_t key = 0;
    uint64_t hash[2] = {0, 0};
  };
  static Place place_of(const store::Key& key, std::string_view hash);

  static constexpr size_t places = size_t{1} << 16U;
  Guarded<std::vector<Place>> places_{std::vector<Place>(places)};
};

}  // namespace tasuki::record
