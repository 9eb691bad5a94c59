// Chance that is the same on every machine: splitmix64, seeded by the region's seed and a person's
// number.
#pragma once

#include <cstdint>
#include <span>

namespace tasuki::demo {

class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  double fraction() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  int between(int low, int high) {  // both included
    return low + static_cast<int>(next() % static_cast<uint64_t>(high - low + 1));
  }
  double between(double low, double high) { return low + (high - low) * fraction(); }
  bool happens(double probability) { return fraction() < probability; }
  template <class T, size_t n>
  const T& one_of(std::span<const T, n> all) {
    return all[next() % all.size()];
  }

 private:
  uint64_t state_;
};

}  // namespace tasuki::demo
