#include "record/index/ordered.h"

#include <algorithm>
#include <bit>

namespace tasuki::record {

namespace {

using fhir::search::Prefix;
using store::Node;

std::string big_endian(uint64_t value) {
  std::string out(8, '\0');
  for (size_t i = 0; i < 8; ++i)
    out[i] = static_cast<char>(value >> (56 - 8 * i));
  return out;
}

// The bytes right behind all that begin with these: bounds of the store are [from, to).
std::string behind(std::string bytes) {
  bytes.push_back('\0');
  return bytes;
}

struct Bounds {
  std::string low_from, low_to, high_from, high_to;
};

Node range(uint64_t group, Bounds bounds) {
  Node node;
  node.op = Node::Op::range;
  node.group = group;
  node.low_from = std::move(bounds.low_from);
  node.low_to = std::move(bounds.low_to);
  node.high_from = std::move(bounds.high_from);
  node.high_to = std::move(bounds.high_to);
  return node;
}

// The long ones are also stored by their high end (store::OrderedEntry::by_high).
Node by_high(Node node) {
  node.by_high = true;
  return node;
}

// Values that end behind t (or at t, when `at` too): short ones begin less than a day before.
Node ends_after(uint64_t every, uint64_t longs, int64_t t, bool at) {
  const std::string high_from = at ? ordered(t) : behind(ordered(t));
  const int64_t begin = t < INT64_MIN + long_moment_us ? INT64_MIN : t - long_moment_us;
  std::vector<Node> nodes;
  nodes.push_back(range(
      every, {.low_from = ordered(begin), .low_to = {}, .high_from = high_from, .high_to = {}}));
  nodes.push_back(by_high(range(
      longs, {.low_from = {}, .low_to = ordered(begin), .high_from = high_from, .high_to = {}})));
  return either(std::move(nodes));
}

// The ranges of a tree of `either`; false: there is something else in it.
bool collect(const Node& node, std::vector<const Node*>& ranges) {
  if (node.op == Node::Op::range) {
    ranges.push_back(&node);
    return true;
  }
  return node.op == Node::Op::either && std::ranges::all_of(node.children, [&](const Node& child) {
           return collect(child, ranges);
         });
}

using Ranges = std::vector<const Node*>;

// The group of those found by their high end, or of the others; 0: there are none; nothing:
// several.
std::optional<uint64_t> group_of(const Ranges& ranges, bool by_high) {
  uint64_t group = 0;
  for (const Node* one : ranges) {
    if (one->by_high != by_high) continue;
    if (group != 0 && one->group != group) return std::nullopt;
    group = one->group;
  }
  return group;
}

// Of one group of values. Only times keep their long ones in a group of its own, and then one of
// the two nodes shows the pair: 5 mg and 5 of any unit are two groups, and hold of one value
// together all the same.
bool are_one_kind(const Ranges& of_a, const Ranges& of_b) {
  Ranges all = of_a;
  all.insert(all.end(), of_b.begin(), of_b.end());
  const auto plain = group_of(all, false), high = group_of(all, true);
  if (!plain || !high) return false;
  if (*plain == 0 || *high == 0 || *plain == *high) return true;
  const auto shows_pair = [](const Ranges& ranges) {
    return group_of(ranges, false) != 0U && group_of(ranges, true) != 0U;
  };
  return shows_pair(of_a) || shows_pair(of_b);
}

std::string_view least(std::string_view a, std::string_view b) {  // empty is open
  if (a.empty() || b.empty()) return a.empty() ? b : a;
  return std::min(a, b);
}

// Where both hold of one entry; nothing: nowhere. A long value stands among every value, too.
std::optional<Node> cut_of(const Node& a, const Node& b) {
  Node cut = a.by_high ? a : b;
  cut.low_from = std::max(a.low_from, b.low_from);
  cut.high_from = std::max(a.high_from, b.high_from);
  cut.low_to = least(a.low_to, b.low_to);
  cut.high_to = least(a.high_to, b.high_to);
  const auto is_empty = [](const std::string& from, const std::string& to) {
    return !to.empty() && from >= to;
  };
  if (is_empty(cut.low_from, cut.low_to) || is_empty(cut.high_from, cut.high_to) ||
      is_empty(cut.low_from, cut.high_to))
    return std::nullopt;
  return cut;
}

}  // namespace

void imply(Node& node, std::string_view term) {
  if (node.op == Node::Op::range) node.implies = term;
  for (auto& child : node.children)
    imply(child, term);
}

void only(Node& node) {
  if (node.op == Node::Op::range) node.is_only = true;
  for (auto& child : node.children)
    only(child);
}

std::optional<Node> of_one_value(const Node& a, const Node& b) {
  Ranges of_a, of_b;
  if (!collect(a, of_a) || !collect(b, of_b)) return std::nullopt;
  if ((of_a.empty() && of_b.empty()) || !are_one_kind(of_a, of_b)) return std::nullopt;
  std::vector<Node> cuts;
  for (const auto* one : of_a) {
    for (const auto* other : of_b) {
      if (auto cut = cut_of(*one, *other)) cuts.push_back(*std::move(cut));
    }
  }
  return either(std::move(cuts));
}

std::string ordered(int64_t value) {
  return big_endian(static_cast<uint64_t>(value) ^ (uint64_t{1} << 63));
}

std::string ordered(double value) {
  const auto bits = std::bit_cast<uint64_t>(value == 0 ? 0.0 : value);
  return big_endian((bits >> 63) != 0 ? ~bits : bits ^ (uint64_t{1} << 63));
}

Node moment_node(uint64_t every, uint64_t longs, Prefix prefix, fhir::search::Moment asked) {
  const auto within = [&] {
    return range(every, {.low_from = ordered(asked.from),
                         .low_to = behind(ordered(asked.to)),
                         .high_from = {},
                         .high_to = behind(ordered(asked.to))});
  };
  const auto begins_before = [&](int64_t t) {
    return range(every, {.low_from = {}, .low_to = ordered(t), .high_from = {}, .high_to = {}});
  };
  switch (prefix) {
    case Prefix::eq:
      return within();
    case Prefix::ne:
      return either({begins_before(asked.from), ends_after(every, longs, asked.to, false)});
    case Prefix::gt:
      return ends_after(every, longs, asked.to, false);
    case Prefix::lt:
      return begins_before(asked.from);
    case Prefix::ge:
      return either({ends_after(every, longs, asked.to, false), within()});
    case Prefix::le:
      return either({begins_before(asked.from), within()});
    case Prefix::sa:
      return range(every,
                   {.low_from = ordered(asked.to), .low_to = {}, .high_from = {}, .high_to = {}});
    case Prefix::eb:
      return range(every, {.low_from = {},
                           .low_to = behind(ordered(asked.from)),
                           .high_from = {},
                           .high_to = behind(ordered(asked.from))});
    case Prefix::ap:
    case Prefix::po:
      return both({begins_before(asked.to), ends_after(every, longs, asked.from, false)});
  }
  return node_of(Node::Op::none);
}

Node number_node(uint64_t group, Prefix prefix, fhir::search::Number asked) {
  const auto above = [&](const std::string& from) {
    return by_high(range(group, {.low_from = {}, .low_to = {}, .high_from = from, .high_to = {}}));
  };
  const auto below = [&](const std::string& to) {
    return range(group, {.low_from = {}, .low_to = to, .high_from = {}, .high_to = {}});
  };
  const std::string value = ordered(asked.value), from = ordered(asked.from),
                    to = ordered(asked.to);
  const auto within = [&] {
    return range(group, {.low_from = from, .low_to = to, .high_from = {}, .high_to = behind(to)});
  };
  const auto exactly = [&] {
    return range(
        group,
        {.low_from = value, .low_to = behind(value), .high_from = {}, .high_to = behind(value)});
  };
  switch (prefix) {
    case Prefix::eq:
      return within();
    case Prefix::ne:
      return either({below(from), above(to)});
    case Prefix::gt:
      return above(behind(value));
    case Prefix::lt:
      return below(value);
    case Prefix::ge:
      return either({above(behind(value)), exactly()});
    case Prefix::le:
      return either({below(value), exactly()});
    case Prefix::sa:
      return range(group,
                   {.low_from = behind(value), .low_to = {}, .high_from = {}, .high_to = {}});
    case Prefix::eb:
      return range(group, {.low_from = {}, .low_to = value, .high_from = {}, .high_to = value});
    case Prefix::ap:
    case Prefix::po:
      return overlap_node(group, asked);
  }
  return node_of(Node::Op::none);
}

Node overlap_node(uint64_t group, fhir::search::Number asked) {
  return by_high(range(group, {.low_from = {},
                               .low_to = ordered(asked.to),
                               .high_from = ordered(asked.from),
                               .high_to = {}}));
}

Node node_of(Node::Op op, std::string bytes) {
  Node node;
  node.op = op;
  node.bytes = std::move(bytes);
  return node;
}

Node either(std::vector<Node> nodes) {
  if (nodes.empty()) return node_of(Node::Op::none);
  if (nodes.size() == 1) return std::move(nodes.front());
  Node node = node_of(Node::Op::either);
  node.children = std::move(nodes);
  return node;
}

Node both(std::vector<Node> nodes) {
  if (nodes.empty()) return node_of(Node::Op::all);
  if (nodes.size() == 1) return std::move(nodes.front());
  Node node = node_of(Node::Op::both);
  node.children = std::move(nodes);
  return node;
}

Node except(Node first, Node second) {
  Node node = node_of(Node::Op::except);
  node.children.push_back(std::move(first));
  node.children.push_back(std::move(second));
  return node;
}

}  // namespace tasuki::record
