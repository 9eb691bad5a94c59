// Terminology resources to an image: done when a package is installed, a master loaded or a
// resource written, never at start.
//
// FHIR R4 codesystem.html, valueset.html, conceptmap.html, namingsystem.html. Of a CodeSystem the
// concepts become tables; value sets and maps are kept as JSON and compiled when first asked.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "fhir/terminology/image.h"
#include "json/value.h"

namespace tasuki::fhir::terminology {

class Compiler {
 public:
  Compiler();

  // CodeSystem, ValueSet, ConceptMap or NamingSystem; any other type is left alone. Refused: a
  // definition without url, nesting without end.
  Result<void> add(const json::Value& resource);

  // A second name of a system: an OID and its URL.
  void name(std::string_view alias, std::string_view name);

  // A system too large for a tree, as the masters are: begin, its concepts, end.
  struct Property {
    std::string_view code, value;
    image::ValueKind kind = image::ValueKind::string;
  };
  struct Designation {
    std::string_view language, use_system, use_code, value;
  };
  struct Concept {
    std::string_view code, display;
    std::vector<Property> properties;
    std::vector<Designation> designations;
    bool inactive = false;
  };
  void begin(const json::Value& system);  // a CodeSystem; its own "concept" counts too
  bool concept_of(const Concept& one);    // false: the code stood already, and is left out
  void end();
  void drop();  // the system just ended, which held nothing

  std::string bytes() const;
  // Written beside and renamed: a reader sees the old file or the new one.
  Result<void> write(const std::filesystem::path& file) const;

 private:
  template <class Sink>
  void put(Sink&& sink) const;
  struct Roles;  // which property codes mean inactive, status, notSelectable, parent
  void concepts(const json::Value* list, uint32_t parent, const Roles& roles, unsigned depth);
  void concept_from(const json::Value& one, uint32_t parent, const Roles& roles, unsigned depth);
  void property(const json::Value& one, const Roles& roles, image::Concept& record);
  void designation(const json::Value& one);
  void naming(const json::Value& system);
  void table();
  void edges();

  image::Text text(std::string_view text);
  image::Text shared(std::string_view text);  // for what comes again and again
  image::Text json_of(const json::Value& resource);
  image::Definition definition(const json::Value& resource);
  std::string_view view(image::Text text) const;
  bool reserve(std::string_view code);

  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::vector<image::System> systems_;
  std::vector<image::Definition> value_sets_, concept_maps_;
  std::vector<image::Name> names_;
  std::vector<image::Concept> concepts_;
  std::vector<uint32_t> slots_;
  std::vector<image::Edge> up_, down_;
  std::vector<image::Designation> designations_;
  std::vector<image::Property> properties_;
  std::string characters_;
  std::unordered_map<std::string, image::Text, TextHash, std::equal_to<>> shared_;
  // Of the system that is being added.
  std::vector<uint32_t> table_;
  std::vector<std::pair<uint32_t, std::string>> parents_;  // concept, code of a further parent
  std::vector<std::pair<uint32_t, std::string>> children_;
};

}  // namespace tasuki::fhir::terminology
