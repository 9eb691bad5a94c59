#include "store/sqlite/record_set.h"

#include <algorithm>
#include <bit>

namespace tasuki::store::sqlite {
namespace {

// Then a bit each: joined and counted a word at a time, for at most four times the memory.
constexpr size_t few_max = 1024;

constexpr uint64_t place_of(uint64_t record) {
  return record >> 16U;
}
constexpr uint16_t low_of(uint64_t record) {
  return static_cast<uint16_t>(record & 0xffffU);
}

}  // namespace

RecordSet::Block::Block(const Block& other)
    : few(other.few),
      bits(other.bits ? std::make_unique<Bits>(*other.bits) : nullptr),
      count(other.count) {}

bool RecordSet::Block::has(uint16_t low) const {
  if (bits) return ((*bits)[low >> 6U] >> (low & 63U) & 1U) != 0;
  return std::binary_search(few.begin(), few.end(), low);
}

bool RecordSet::Block::add(uint16_t low) {
  if (!bits) {
    const auto at = std::lower_bound(few.begin(), few.end(), low);
    if (at != few.end() && *at == low) return false;
    few.insert(at, low);
    ++count;
    if (few.size() <= few_max) return true;
    auto made = std::make_unique<Bits>();
    spread(*made);
    bits = std::move(made);
    few = {};
    return true;
  }
  auto& word = (*bits)[low >> 6U];
  const uint64_t bit = uint64_t{1} << (low & 63U);
  if ((word & bit) != 0) return false;
  word |= bit;
  ++count;
  return true;
}

bool RecordSet::Block::remove(uint16_t low) {
  if (!has(low)) return false;
  --count;
  if (bits) {
    (*bits)[low >> 6U] &= ~(uint64_t{1} << (low & 63U));
  } else {
    few.erase(std::lower_bound(few.begin(), few.end(), low));
  }
  return true;
}

const RecordSet::Bits& RecordSet::Block::spread(Bits& room) const {
  if (bits) return *bits;
  room.fill(0);
  for (const auto low : few)
    room[low >> 6U] |= uint64_t{1} << (low & 63U);
  return room;
}

RecordSet::Block& RecordSet::own(uint64_t place) {
  if (place >= blocks_.size()) blocks_.resize(place + 1);
  auto& block = blocks_[place];
  // Whoever holds the only copy may change it.
  if (!block) {
    block = std::make_shared<Block>();
  } else if (block.use_count() > 1) {
    block = std::make_shared<Block>(*block);
  }
  return const_cast<Block&>(*block);
}

void RecordSet::add(uint64_t record) {
  if (!has(record)) own(place_of(record)).add(low_of(record));
}

void RecordSet::remove(uint64_t record) {
  if (has(record)) own(place_of(record)).remove(low_of(record));
}

bool RecordSet::has(uint64_t record) const {
  const auto place = place_of(record);
  return place < blocks_.size() && blocks_[place] && blocks_[place]->has(low_of(record));
}

uint64_t RecordSet::count() const {
  uint64_t count = 0;
  for (const auto& block : blocks_)
    count += block ? block->count : 0;
  return count;
}

size_t RecordSet::bytes() const {
  size_t bytes = sizeof *this + blocks_.capacity() * sizeof(Shared);
  for (const auto& block : blocks_) {
    if (!block) continue;
    bytes +=
        sizeof(Block) + block->few.capacity() * sizeof(uint16_t) + (block->bits ? sizeof(Bits) : 0);
  }
  return bytes;
}

std::optional<uint64_t> RecordSet::at_or_below(uint64_t record) const {
  if (blocks_.empty()) return std::nullopt;
  const uint64_t last = blocks_.size() - 1;
  uint64_t place = std::min(place_of(record), last);
  uint16_t low = place_of(record) > last ? uint16_t{0xffff} : low_of(record);
  for (;; --place, low = 0xffff) {
    const auto& block = blocks_[place];
    const auto found = [&](uint16_t at) { return std::optional(place << 16U | at); };
    if (block && block->bits) {
      size_t word = low >> 6U;
      uint64_t bits = (*block->bits)[word] & (~uint64_t{0} >> (63U - (low & 63U)));
      while (bits == 0 && word > 0)
        bits = (*block->bits)[--word];
      if (bits != 0)
        return found(
            static_cast<uint16_t>(word * 64 + 63 - static_cast<size_t>(std::countl_zero(bits))));
    } else if (block) {
      const auto above = std::upper_bound(block->few.begin(), block->few.end(), low);
      if (above != block->few.begin()) return found(*std::prev(above));
    }
    if (place == 0) return std::nullopt;
  }
}

RecordSet::Shared RecordSet::block_of(const Bits& bits) {
  auto block = std::make_shared<Block>();
  for (const auto word : bits)  // mostly none, and counting takes a dozen steps
    if (word != 0) block->count += static_cast<uint32_t>(std::popcount(word));
  if (block->count == 0) return nullptr;
  if (block->count > few_max) {
    block->bits = std::make_unique<Bits>(bits);
    return block;
  }
  block->few.reserve(block->count);
  for (size_t word = 0; word < bits.size(); ++word) {
    for (uint64_t left = bits[word]; left != 0; left &= left - 1)
      block->few.push_back(
          static_cast<uint16_t>(word * 64 + static_cast<size_t>(std::countr_zero(left))));
  }
  return block;
}

// What only one of them has stands as it is, shared; or not at all.
template <class Join>
RecordSet RecordSet::joined(const RecordSet& a, const RecordSet& b, Alone alone, Join join) {
  RecordSet result;
  result.blocks_.resize(std::max(a.blocks_.size(), b.blocks_.size()));
  const auto at = [](const RecordSet& set, size_t place) {
    return place < set.blocks_.size() ? set.blocks_[place] : Shared();
  };
  Bits one, other;
  for (size_t place = 0; place < result.blocks_.size(); ++place) {
    const Shared left = at(a, place), right = at(b, place);
    if (!left || !right) {
      if (left && alone != Alone::neither) result.blocks_[place] = left;
      if (right && alone == Alone::either) result.blocks_[place] = right;
      continue;
    }
    const Bits& left_bits = left->spread(one);
    const Bits& right_bits = right->spread(other);
    for (size_t word = 0; word < one.size(); ++word)
      one[word] = join(left_bits[word], right_bits[word]);
    result.blocks_[place] = block_of(one);
  }
  return result;
}

uint64_t RecordSet::count_of_both(const RecordSet& a, const RecordSet& b) {
  uint64_t count = 0;
  for (size_t place = 0; place < std::min(a.blocks_.size(), b.blocks_.size()); ++place) {
    if (!a.blocks_[place] || !b.blocks_[place]) continue;
    const Block& one = *a.blocks_[place];
    const Block& other = *b.blocks_[place];
    if (one.bits && other.bits) {
      for (size_t word = 0; word < one.bits->size(); ++word)
        count += static_cast<uint64_t>(std::popcount((*one.bits)[word] & (*other.bits)[word]));
      continue;
    }
    const Block& few = one.bits ? other : one;
    const Block& many = one.bits ? one : other;
    for (const auto low : few.few)
      count += many.has(low) ? uint64_t{1} : uint64_t{0};
  }
  return count;
}

RecordSet RecordSet::both(const RecordSet& a, const RecordSet& b) {
  return joined(a, b, Alone::neither, [](uint64_t x, uint64_t y) { return x & y; });
}

RecordSet RecordSet::either(const RecordSet& a, const RecordSet& b) {
  return joined(a, b, Alone::either, [](uint64_t x, uint64_t y) { return x | y; });
}

RecordSet RecordSet::except(const RecordSet& a, const RecordSet& b) {
  return joined(a, b, Alone::left, [](uint64_t x, uint64_t y) { return x & ~y; });
}

}  // namespace tasuki::store::sqlite
