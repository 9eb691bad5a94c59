// One walk over document and definitions together: the parts of the validator share what they know
// of the way.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/model/image.h"
#include "fhir/validate/findings.h"

namespace tasuki::fhir {

inline constexpr int hints_max =
    10;  // a look for the nearest name is dear: the first mistakes get one

// As much of a value as a message shows, cut between characters.
std::string shown(std::string_view text);

struct Hint {
  std::string english, japanese;
};

// A resource whose contained resources a "#id" means; they are listed by id when the first such
// reference is met.
struct Container {
  const json::Value* resource = nullptr;
  bool is_listed = false;
  std::unordered_map<std::string_view, const json::Value*> contained;
};

class Walker {
 public:
  explicit Walker(const Definitions& definitions)
      : definitions_(definitions),
        extension_(known("Extension")),
        reference_(known("Reference")),
        coding_(known("Coding")),
        codeable_(known("CodeableConcept")),
        quantity_(known("Quantity")) {}

  std::vector<Finding> walk(const json::Value& root);

 private:
  enum class Role : uint8_t {
    outermost,
    contained,
    inner
  };  // inner: in a Bundle entry or a parameter

  // What an object has shown so far.
  struct Seen {
    uint64_t required = 0;
    std::array<const Element*, image::choices_max> choices{};
    bool anything = false;  // besides the id
  };

  TypeId known(std::string_view name) const { return definitions_.type(name).value_or(no_type); }

  void resource(const json::Value& value, const Place& place, Role role);
  void members(const json::Value& object, TypeId type, const Place& place);
  void member(const json::Member& one, const json::Value& object, TypeId type, const Place& place,
              Seen& seen);
  bool mark(const Element& element, const Place& place, Seen& seen);
  void missing(TypeId type, uint64_t seen, const Place& place);
  void unknown(std::string_view name, TypeId type, const Place& place);

  void values(const json::Value& value, const Element& element, const json::Value& object,
              const Place& place);
  void siblings(const json::Value& value, const Element& element, const json::Value& object,
                const Place& place);
  void sibling(const json::Value& value, const Element& element, bool has_value,
               const Place& place);
  void one(const json::Value& value, const Element& element, const Place& place);
  void primitive(const json::Value& value, const Element& element, const Place& place);
  void complex(const json::Value& value, const Element& element, const Place& place);

  void code(const json::Value& value, const Element& element, const Place& place);
  bool is_in_set(const json::Value& coding, const Binding& binding) const;
  void coding(const json::Value& value, const Element& element, const Place& place);
  void codeable(const json::Value& value, const Element& element, const Place& place);
  void reference(const json::Value& value, const Element& element, const Place& place);
  void target(std::string_view type, const Element& element, const Place& place);
  const json::Value* contained(std::string_view id);
  Hint hint(std::string_view name, std::span<const std::string_view> among);
  std::vector<std::string_view> resource_names() const;
  void extension(const json::Value& value, const Place& place);

  const Definitions& definitions_;
  const TypeId extension_, reference_, coding_, codeable_, quantity_;
  Findings findings_;
  Container* container_ = nullptr;
  bool is_in_bundle_ = false;
  int hints_left_ = hints_max;
  int depth_ = 0;
};

}  // namespace tasuki::fhir
