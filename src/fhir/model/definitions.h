// The FHIR R4 definitions as one memory-mapped, read-only image: types, elements, value sets,
// search parameters.
//
// Why: law 8. The JSON definitions (90 MB) are compiled once at build time by `tasuki-definitions`;
// opening the image parses nothing. Handles are plain numbers and views into the mapping; they live
// as long as Definitions.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tasuki::fhir {

// Any type: "string", "HumanName", "Patient", or the inner type of a backbone element,
// "Observation.component". A number of no_type means: not defined.
enum class TypeId : uint16_t {};
inline constexpr TypeId no_type{0xffff};

enum class Category : uint8_t { primitive, complex, backbone, resource };

enum class Primitive : uint8_t {  // the regular expressions of datatypes.html, as checks
  none,
  base64_binary,
  boolean,
  canonical,
  code,
  date,
  date_time,
  decimal,
  id,
  instant,
  integer,
  markdown,
  oid,
  positive_int,
  string,
  time,
  unsigned_int,
  uri,
  url,
  uuid,
  xhtml,
};

struct Binding {
  std::string_view value_set;  // canonical, without version; empty = none
  bool required = false;
  uint32_t number = 0xffffffff;  // of the value set, for has_code without a look-up by name
};

// One JSON name a type may carry. A choice element ("value[x]") stands here once for each allowed
// type.
struct Element {
  std::string_view name;  // as in JSON: "valueQuantity"
  std::string_view stem;  // as in FHIRPath: "value"
  TypeId type = no_type;
  uint16_t min = 0;       // of a choice: of all its names together
  bool is_array = false;  // JSON array <=> max > 1
  bool is_choice = false;
  bool is_summary = false;      // part of what _summary=true asks for
  bool is_modifier = false;     // may change what the other elements mean
  bool is_simple = false;       // a Quantity without comparator (SimpleQuantity)
  uint8_t required_bit = 0xff;  // its place among the type's required elements; 0xff: not required
  uint8_t choice_bit = 0xff;    // its place among the type's choices; 0xff: no choice
  Binding binding;
  std::span<const TypeId>
      targets;  // of a Reference or canonical: allowed resource types; empty = any
};

enum class ParameterType : uint8_t {
  number,
  date,
  string,
  token,
  reference,
  composite,
  quantity,
  uri,
  special
};

struct Component {
  std::string_view definition;  // canonical of the part's SearchParameter
  std::string_view expression;
};

struct SearchParameter {
  uint32_t number = 0;  // dense, stable for one image
  std::string_view url, code, expression;
  ParameterType type = ParameterType::special;
  std::span<const TypeId> bases;
  std::span<const TypeId> targets;
  std::span<const Component> components;
  // Added while the program runs (added.h), what was stored before may have to be indexed first;
  // until then nothing may be asked by it. How far that is, in percent.
  bool is_ready = true;
  const std::atomic<unsigned>* percent = nullptr;
};

class AddedParameters;
struct AddedParameter;

class Definitions {
 public:
  virtual ~Definitions() = default;
  // `zone`: what a date without one is in. It decides under which instants dates are indexed, so a
  // database keeps the one it was made with.
  static Result<std::unique_ptr<const Definitions>> open(const std::filesystem::path& image,
                                                         std::chrono::minutes zone = japan_offset);
  std::chrono::minutes zone() const { return zone_; }

  virtual std::optional<TypeId> type(std::string_view name) const = 0;
  virtual std::string_view name(TypeId type) const = 0;
  virtual Category category(TypeId type) const = 0;
  virtual Primitive primitive(TypeId type) const = 0;
  virtual TypeId parent(
      TypeId type) const = 0;  // what it specialises: code -> string, Patient -> DomainResource
  virtual bool is_abstract(TypeId type) const = 0;
  virtual unsigned required_count(TypeId type) const = 0;  // elements with a required_bit: 0 to 63

  virtual std::span<const Element> elements(
      TypeId type) const = 0;  // inherited ones included, in order
  virtual const Element* element(TypeId type, std::string_view json_name) const = 0;

  virtual std::span<const TypeId> resource_types() const = 0;        // concrete ones, by name
  std::optional<TypeId> resource_type(std::string_view name) const;  // only if concrete

  // Is the code in the value set's expansion? Nothing when the value set is not enumerable here
  // (SNOMED, UCUM ...). An empty system means any: a code element takes its system from the
  // binding.
  virtual std::optional<bool> has_code(std::string_view value_set, std::string_view system,
                                       std::string_view code) const = 0;
  virtual std::optional<bool> has_code(const Binding& binding, std::string_view system,
                                       std::string_view code) const = 0;
  // The codes of the expansion, in no order; empty when it is not enumerable. For "did you mean".
  virtual std::vector<std::string_view> codes(const Binding& binding) const = 0;

  virtual std::span<const SearchParameter> search_parameters() const = 0;
  // Of a resource type, those of Resource and DomainResource included ("_id", "_lastUpdated"). Of
  // the abstract type Resource: what can be asked of all types together. By code.
  virtual const SearchParameter* search_parameter(TypeId resource, std::string_view code) const = 0;
  virtual std::span<const SearchParameter* const> search_parameters_of(TypeId resource) const = 0;

  // The parameters beside the image's, in place of those added before; what was given out stays
  // valid. What is compiled from a type's parameters belongs to the type's generation.
  virtual void add_parameters(std::vector<AddedParameter> all) const = 0;
  virtual uint32_t generation(TypeId resource) const = 0;

  // The elements by which a resource belongs to the patient compartment, as search parameter codes:
  // Observation -> subject, performer. CompartmentDefinition/patient.
  virtual std::span<const std::string_view> patient_links(TypeId resource) const = 0;

  // What search makes of these definitions at first use and keeps with them: compiled parameters.
  // Any thread.
  struct Derived {
    virtual ~Derived() = default;
  };
  template <class Make>
  const Derived& derived(Make&& make) const {
    std::call_once(derived_once_, [&] { derived_ = make(); });
    return *derived_;
  }

 protected:
  explicit Definitions(std::chrono::minutes zone) : zone_(zone) {}

 private:
  const std::chrono::minutes zone_;
  mutable std::once_flag derived_once_;
  mutable std::unique_ptr<const Derived> derived_;
};

// The nearest of the names in `among` by edit distance, for "did you mean".
std::string_view nearest(std::string_view name, std::span<const std::string_view> among);

}  // namespace tasuki::fhir
