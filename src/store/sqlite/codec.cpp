#include "store/sqlite/codec.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace tasuki::store::sqlite {
namespace {

bool has_term(std::string_view document, const Node& node) {
  bool found = false;
  each_term(document, [&](std::string_view term) {
    if (term[0] != 't') return true;
    term.remove_prefix(1);
    switch (node.op) {
      case Node::Op::term:
        found = term == node.bytes;
        break;
      case Node::Op::prefix:
        found = term.starts_with(node.bytes);
        break;
      default:
        found = term.starts_with(node.bytes) &&
                term.substr(node.bytes.size()).find(node.needle) != std::string_view::npos;
    }
    return !found;
  });
  return found;
}

uint64_t load(std::string_view bytes, size_t at, size_t count) {
  uint64_t word = 0;
  for (size_t i = count; i-- > 0;)
    word = word << 8U | static_cast<unsigned char>(bytes[at + i]);
  return word;
}

class SipHash {
 public:
  explicit SipHash(std::string_view salt) {
    const uint64_t k0 = load(salt, 0, 8);
    const uint64_t k1 = load(salt, 8, 8);
    v_[0] = k0 ^ 0x736f6d6570736575;
    v_[1] = k1 ^ 0x646f72616e646f6d;
    v_[2] = k0 ^ 0x6c7967656e657261;
    v_[3] = k1 ^ 0x7465646279746573;
  }

  void add(uint64_t word) {
    v_[3] ^= word;
    round();
    round();
    v_[0] ^= word;
  }

  uint64_t finish() {
    v_[2] ^= 0xff;
    for (int i = 0; i < 4; ++i)
      round();
    return v_[0] ^ v_[1] ^ v_[2] ^ v_[3];
  }

 private:
  void round() {
    v_[0] += v_[1], v_[1] = std::rotl(v_[1], 13) ^ v_[0], v_[0] = std::rotl(v_[0], 32);
    v_[2] += v_[3], v_[3] = std::rotl(v_[3], 16) ^ v_[2];
    v_[0] += v_[3], v_[3] = std::rotl(v_[3], 21) ^ v_[0];
    v_[2] += v_[1], v_[1] = std::rotl(v_[1], 17) ^ v_[2], v_[2] = std::rotl(v_[2], 32);
  }

  uint64_t v_[4];
};

}  // namespace

std::string encode_ordered(const std::vector<OrderedEntry>& entries) {
  std::string bytes;
  const auto put = [&](std::string_view part, size_t flag) {
    CHECK(part.size() <= ordered_bytes_max);
    bytes += static_cast<char>(part.size() | flag);
    bytes += part;
  };
  for (const auto& entry : entries) {
    for (int shift = 56; shift >= 0; shift -= 8)
      bytes += static_cast<char>(entry.group >> shift);
    const bool is_point = entry.high == entry.low;
    put(entry.low, entry.by_high && !is_point ? 128 : 0);
    put(is_point ? std::string_view() : std::string_view(entry.high), 0);
  }
  return bytes;
}

bool in_range(const Node& range, std::string_view low, std::string_view high) {
  return low >= range.low_from && (range.low_to.empty() || low < range.low_to) &&
         high >= range.high_from && (range.high_to.empty() || high < range.high_to);
}

bool has_in_range(const Node& range, std::string_view ordered) {
  bool found = false;
  each_ordered(ordered, [&](const EntryView& entry) {
    found = entry.group == range.group && in_range(range, entry.low, entry.high);
    return !found;
  });
  return found;
}

bool matches(const Node& node, uint64_t record, std::string_view document,
             std::string_view ordered) {
  const auto holds = [&](const Node& child) { return matches(child, record, document, ordered); };
  const auto& children = node.children;
  switch (node.op) {
    case Node::Op::all:
      return true;
    case Node::Op::none:
      return false;
    case Node::Op::term:
    case Node::Op::prefix:
    case Node::Op::contains:
      return has_term(document, node);
    case Node::Op::range:
      return has_in_range(node, ordered);
    case Node::Op::both:
      return std::all_of(children.begin(), children.end(), holds);
    case Node::Op::either:
      return std::any_of(children.begin(), children.end(), holds);
    case Node::Op::except:
      return !children.empty() && holds(children[0]) &&
             std::none_of(children.begin() + 1, children.end(), holds);
    case Node::Op::about:  // terms and entries do not tell
      return true;
    case Node::Op::records:
      return std::find(node.records.begin(), node.records.end(), record) != node.records.end();
  }
  return false;
}

int64_t key_hash(std::string_view salt, const Key& key) {
  SipHash hash(salt);
  const std::string_view id = key.id;
  size_t at = 0;
  for (; at + 8 <= id.size(); at += 8)
    hash.add(load(id, at, 8));
  hash.add(load(id, at, id.size() - at));
  hash.add(uint64_t{id.size()} << 16U | key.kind);
  return static_cast<int64_t>(hash.finish());
}

}  // namespace tasuki::store::sqlite
