// What a structure definition demands beyond its base type, as a tree of elements and slices.
//
// Why a tree and not the snapshot's list: base R4 is checked by the structural walk, so of a
// profile only what it adds is kept. JP Core's 111 snapshots of 12 MB become trees of some hundred
// kilobytes, and a value that no node speaks of costs nothing. FHIR R4 elementdefinition.html,
// profiling.html#slicing.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tasuki::fhir {

inline constexpr uint32_t unbounded = 0xffffffff;

struct Discriminator {
  enum class Kind : uint8_t { value, pattern, type, profile, exists };
  Kind kind = Kind::value;
  std::string path;  // "$this", "code.coding", "resolve().ofType(Patient)"
};

enum class SliceRules : uint8_t { open, closed, open_at_end };

// One allowed type of an element. FHIR R4 elementdefinition-definitions.html#ElementDefinition.type
struct AllowedType {
  enum Aggregation : uint8_t { contained = 1, referenced = 2, bundled = 4 };
  std::string code;
  std::vector<std::string> profiles, targets;  // canonicals
  uint8_t aggregation = 0;                     // 0: any
  bool operator==(const AllowedType&) const = default;
};

struct Constraint {
  std::string key, human, expression;
  bool is_error = true;
};

enum class Strength : uint8_t { none, example, preferred, extensible, required };

struct ProfileNode {
  std::string name;   // the element, as FHIRPath says it: "value"; of a root the type
  std::string slice;  // "local", of a reslice "local/old"; empty: not a slice
  std::string id;     // "Patient.identifier:local.system"
  std::optional<uint32_t> min, max;
  std::vector<AllowedType> types;                    // empty: as in the base
  std::string fixed, pattern, min_value, max_value;  // JSON text; empty: none
  uint32_t max_length = 0, min_length = 0;
  bool needs_value = false;  // extensions do not stand in for it
  Strength strength = Strength::none;
  std::string value_set, max_value_set;
  bool must_support = false;

  bool is_sliced = false, is_ordered = false;
  SliceRules rules = SliceRules::open;
  std::vector<Discriminator> discriminators;

  std::vector<Constraint> constraints;
  std::vector<ProfileNode> children, slices;

  ProfileNode* child(std::string_view stem);
  const ProfileNode* child(std::string_view stem) const;
  ProfileNode* slice_named(std::string_view name);
};

// Where an extension may stand. FHIR R4 defining-extensions.html#context
struct ExtensionContext {
  enum class Kind : uint8_t { element, extension, fhirpath };
  Kind kind = Kind::element;
  std::string expression;
};

struct Structure {
  std::string url, version, name, type, base;  // base: canonical of what it is derived from
  bool is_constraint = false;                  // a profile, not a type of its own
  bool is_abstract = false;
  std::vector<ExtensionContext> contexts{};
  ProfileNode root{};
};

// The written form in a package image: lengths and bytes in the order above.
void write_structure(const Structure& structure, std::string& out);
std::optional<Structure> read_structure(
    std::string_view bytes);  // nothing: not what write_structure wrote

}  // namespace tasuki::fhir
