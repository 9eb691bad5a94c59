// A set of record numbers that is small and quick to intersect: 65,536 numbers a block, each block
// a sorted list while few, a bit each otherwise. Blocks are shared between copies, so that a set
// with one number more costs one block.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace tasuki::store::sqlite {

class RecordSet {
 public:
  void add(uint64_t record);
  void remove(uint64_t record);
  bool has(uint64_t record) const;
  uint64_t count() const;
  size_t bytes() const;  // of memory
  // The greatest not above it.
  std::optional<uint64_t> at_or_below(uint64_t record) const;

  // Calls use(record) for each that is not above it, greatest first.
  template <class Use>
  void each_down_from(uint64_t record, Use&& use) const;

  static uint64_t count_of_both(const RecordSet& a, const RecordSet& b);
  static RecordSet both(const RecordSet& a, const RecordSet& b);
  static RecordSet either(const RecordSet& a, const RecordSet& b);
  static RecordSet except(const RecordSet& a, const RecordSet& b);

 private:
  using Bits = std::array<uint64_t, 1024>;
  struct Block {
    std::vector<uint16_t> few;  // ascending; or
    std::unique_ptr<Bits> bits;
    uint32_t count = 0;

    Block() = default;
    Block(const Block& other);
    Block& operator=(const Block&) = delete;
    bool has(uint16_t low) const;
    bool add(uint16_t low);
    bool remove(uint16_t low);
    const Bits& spread(Bits& room) const;  // its own, or made in the room
  };
  using Shared = std::shared_ptr<const Block>;

  Block& own(uint64_t place);                            // a block that no copy shares
  enum class Alone : uint8_t { neither, left, either };  // which stays where the other has nothing
  template <class Join>
  static RecordSet joined(const RecordSet& a, const RecordSet& b, Alone alone, Join join);
  static Shared block_of(const Bits& bits);

  std::vector<Shared> blocks_;  // by the number's upper bits; null: empty
};

// ---- inline

template <class Use>
void RecordSet::each_down_from(uint64_t record, Use&& use) const {
  for (size_t place = blocks_.size(); place-- > 0;) {
    const auto& block = blocks_[place];
    const uint64_t base = uint64_t{place} << 16U;
    if (!block || base > record) continue;
    const auto give = [&](uint64_t found) {
      if (found <= record) use(found);
    };
    for (auto low = block->few.rbegin(); low != block->few.rend(); ++low)
      give(base + *low);
    if (!block->bits) continue;
    for (size_t word = block->bits->size(); word-- > 0;) {
      for (uint64_t left = (*block->bits)[word]; left != 0;) {
        const auto bit = static_cast<unsigned>(std::bit_width(left) - 1);
        left ^= uint64_t{1} << bit;
        give(base + word * 64 + bit);
      }
    }
  }
}

}  // namespace tasuki::store::sqlite
