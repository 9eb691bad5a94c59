// The definitions image as bytes: what the compiler writes and Definitions maps. Law 8.
//
// Layout, little-endian, everything at multiples of 8:
//
//   Header    magic "TASUKI·D", version, whole size, checksum of all that follows the header, and
//   where each
//             section lies.
//   sections  arrays of one fixed-size record each (below), and last the characters all Texts point
//   into.
//
// Nothing in it is an address: a Text is an offset and a size in the section of characters, a Run
// is a first record and a count in another section, so the file can be mapped anywhere. Hash tables
// are open-addressed with linear probing; a slot holds a record's number, or `empty`; they are at
// most half full, so probing ends.
//
// Valid means: right magic, version and size, the checksum agrees, each section inside the file and
// a multiple of its record, each Text, Run and number inside what it points into. The reader checks
// all of it once, on opening.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace tasuki::fhir::image {

inline constexpr std::string_view magic = "tasukiD\n";
inline constexpr uint32_t version = 2;
inline constexpr uint32_t empty = 0xffffffff;
inline constexpr uint16_t none = 0xffff;
inline constexpr uint8_t required_max = 64;  // required elements of one type: the bits of a word
inline constexpr uint8_t choices_max = 8;    // choices of one type; R4's ElementDefinition has 5

struct Text {
  uint32_t offset = 0, size = 0;
};
struct Run {
  uint32_t first = 0, count = 0;
};

enum class Section : uint32_t {
  types,            // Type, the number is the TypeId
  type_slots,       // uint32: by hash(name)
  elements,         // Element
  element_slots,    // uint32: by hash(name, type)
  type_numbers,     // uint16: runs of TypeIds (reference targets, bases)
  resource_types,   // uint16: the concrete ones, by name
  value_sets,       // ValueSet
  value_set_slots,  // uint32: by hash(url)
  concepts,         // Concept
  concept_slots,    // uint32: a run of slots for each value set, by hash(code)
  parameters,       // Parameter
  parameter_lists,  // uint32: runs of parameter numbers for each type, by code
  components,       // Component
  links,            // Text: runs of search parameter codes for each type (patient compartment)
  characters,
};
inline constexpr size_t section_count = static_cast<size_t>(Section::characters) + 1;

struct Place {
  uint64_t offset = 0, bytes = 0;
};

struct Header {
  std::array<char, 8> mark{};
  uint32_t format = version;
  uint32_t sections = section_count;
  uint64_t bytes = 0;
  uint64_t sum = 0;
  std::array<Place, section_count> places{};
};

struct Type {
  Text name;
  Run elements, parameters, links;
  uint16_t parent = none;
  uint8_t category = 0, primitive = 0;
  uint8_t is_abstract = 0, required_count = 0;
  uint16_t padding = 0;
};

struct Element {
  Text name, stem;
  Run targets;  // in type_numbers
  uint32_t value_set = empty;
  uint16_t type = none, min = 0;
  uint8_t is_array = 0, is_choice = 0, is_required_binding = 0, is_simple = 0;
  uint8_t required_bit = 0xff, choice_bit = 0xff;
  uint8_t is_summary = 0, is_modifier = 0;
};

struct ValueSet {
  Text url;
  Run slots;  // in concept_slots; none: not enumerable
};

struct Concept {
  Text system, code;
};

struct Parameter {
  Text url, code, expression;
  Run bases, targets, components;
  uint32_t type = 0, padding = 0;
};

struct Component {
  Text definition, expression;
};

// Eight bytes at a time, multiply and fold: names are short and the tables are ours, so quality
// beyond this buys nothing. Both sides of the image must agree on it; a change is a new version.
inline uint64_t hash(std::string_view text, uint64_t seed = 0) {
  constexpr uint64_t factor = 0x9e3779b97f4a7c15;
  uint64_t sum = (seed + 1) * factor ^ text.size();
  while (text.size() >= 8) {
    uint64_t piece;
    std::memcpy(&piece, text.data(), 8);
    sum = (sum ^ piece) * factor;
    sum ^= sum >> 29;
    text.remove_prefix(8);
  }
  uint64_t last = 0;
  if (!text.empty()) std::memcpy(&last, text.data(), text.size());
  sum = (sum ^ last) * factor;
  return sum ^ (sum >> 32);
}

}  // namespace tasuki::fhir::image
