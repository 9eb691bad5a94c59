// One code system of an image: find a code, its words, its place in the hierarchy.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string_view>

#include "fhir/terminology/mapping.h"
#include "json/value.h"

namespace tasuki::fhir::terminology {

// A resource kept as JSON, parsed when first asked for.
class Kept {
 public:
  Kept(const Mapping& mapping, const image::Definition& record)
      : mapping_(mapping), record_(record) {}
  virtual ~Kept() = default;
  std::string_view url() const { return mapping_.text(record_.url); }
  std::string_view version() const { return mapping_.text(record_.version); }
  std::string canonical() const;        // "url|version"
  const json::Value& resource() const;  // without text, meta, and a CodeSystem's concepts

 protected:
  const Mapping& mapping_;

 private:
  const image::Definition& record_;
  mutable std::once_flag once_;
  mutable json::Document document_;
};

class CodeSystem : public Kept {
 public:
  CodeSystem(const Mapping& mapping, const image::System& record);

  uint32_t size() const { return static_cast<uint32_t>(concepts_.size()); }
  std::optional<uint32_t> find(std::string_view code) const;  // the concept's number
  std::string_view code(uint32_t number) const { return text(concepts_[number].code); }
  std::string_view display(uint32_t number) const { return text(concepts_[number].display); }
  std::string_view definition(uint32_t number) const { return text(concepts_[number].definition); }
  bool is_inactive(uint32_t number) const { return has(number, image::is_inactive); }
  bool is_abstract(uint32_t number) const { return has(number, image::is_abstract); }
  std::string_view status(uint32_t number) const;  // the property; empty when not said
  std::span<const image::Designation> designations(uint32_t number) const;
  std::span<const image::Property> properties(uint32_t number) const;
  std::optional<uint32_t> parent(uint32_t number) const;
  uint32_t end(uint32_t number) const { return concepts_[number].end; }
  std::vector<uint32_t> parents(uint32_t number) const;   // all of them
  std::vector<uint32_t> children(uint32_t number) const;  // direct ones

  // Subsumed: the same or below. By interval; through further parents by climbing.
  bool is_within(uint32_t number, uint32_t ancestor) const;
  void mark_within(uint32_t ancestor, std::vector<bool>& marks) const;

  bool ignores_case() const { return is(image::ignores_case); }
  bool is_fragment() const { return is(image::is_fragment); }
  bool is_supplement() const { return is(image::is_supplement); }
  bool is_not_present() const { return is(image::is_not_present); }
  std::string_view supplements() const { return text(record_.supplements); }
  std::string_view language() const { return text(record_.language); }
  std::string_view text(image::Text text) const { return mapping_.text(text); }

 private:
  bool is(image::SystemFlag flag) const { return (record_.flags & flag) != 0; }
  bool has(uint32_t number, image::ConceptFlag flag) const {
    return (concepts_[number].flags & flag) != 0;
  }

  const image::System& record_;
  std::span<const image::Concept> concepts_;
  std::span<const uint32_t> slots_;
  std::span<const image::Edge> up_, down_;
};

}  // namespace tasuki::fhir::terminology
