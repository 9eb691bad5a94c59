// A terminology image: code systems, value sets and concept maps as one file that is mapped, never
// read through.
//
// Why: a million concepts must be there at once when the program starts and cost no memory until
// they are asked for. Layout, little-endian: Header, then arrays of fixed records each at a
// multiple of 8, last the characters. A Text is an offset and a size among the characters, a Run a
// first record and a count, so nothing is an address. Concepts of a system stand in the order of
// its hierarchy (a parent before its children, descendants without a gap), so "is it below" is two
// comparisons; further parents ("subsumedBy") are edges. A system's slots are an open-addressed
// table over hash(code), at most half full.
//
// Valid means: magic, version, size and each section inside the file. What a record points to is
// checked when it is followed (a wrong one is empty text, never a wrong read), because checking all
// of it at start would touch every page.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "fhir/model/image.h"

namespace tasuki::fhir::terminology::image {

using fhir::image::hash;
using fhir::image::Place;
using fhir::image::Run;
using fhir::image::Text;

inline constexpr std::string_view magic = "tasukiT\n";
inline constexpr uint32_t version = 1;
inline constexpr uint32_t none = 0xffffffff;

enum class Section : uint32_t {
  systems,       // System
  value_sets,    // Definition
  concept_maps,  // Definition
  names,         // Name: what else a system is called
  concepts,      // Concept, a run for each system
  slots,         // uint32, a run for each system: number of the concept within the system
  up,            // Edge by (from, to): further parents; a run for each system
  down,          // Edge by (from, to): the same backwards
  designations,  // Designation
  properties,    // Property
  characters,
};
inline constexpr size_t section_count = static_cast<size_t>(Section::characters) + 1;

struct Header {
  std::array<char, 8> mark{};
  uint32_t format = version;
  uint32_t sections = section_count;
  uint64_t bytes = 0;
  std::array<Place, section_count> places{};
};

struct Definition {  // a resource kept as JSON
  Text url, version, json;
};

enum SystemFlag : uint32_t {
  ignores_case = 1,
  is_fragment = 2,  // fragment or example: what is not in it may still exist
  is_supplement = 4,
  is_not_present = 8,
  has_more_parents = 16,
};

struct System {
  Definition definition;  // the JSON without its concepts
  Text supplements;       // canonical
  Text language;
  Run concepts, slots, up, down;
  uint32_t flags = 0, padding = 0;
};

enum ConceptFlag : uint32_t { is_inactive = 1, is_abstract = 2 };

struct Concept {
  Text code, display, definition;
  Run designations, properties;
  uint32_t parent = none;  // within the system
  uint32_t end = 0;        // one past its last descendant, within the system
  uint32_t flags = 0, padding = 0;
};

struct Edge {
  uint32_t from = 0, to = 0;
};

enum DesignationFlag : uint32_t { is_withdrawn = 1 };

struct Designation {
  Text language, use_system, use_code, use_display, value;
  uint32_t flags = 0, padding = 0;
};

enum class ValueKind : uint32_t { code, coding, string, integer, boolean, date_time, decimal };

struct Property {
  Text code, value, system, display;  // the last two of a Coding
  ValueKind kind = ValueKind::code;
  uint32_t padding = 0;
};

struct Name {
  Text alias, name;  // "urn:oid:1.2.392.100495.20.1.73" -> "http://capstandard.jp/iyaku.info/..."
};

}  // namespace tasuki::fhir::terminology::image
