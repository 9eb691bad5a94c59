// The parts of the compilation, in the order they run: each adds its sections to the writer.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "fhir/package/image_writer.h"
#include "json/value.h"

namespace tasuki::fhir {

using Resources = std::vector<const json::Value*>;

// "http://x|4.0.1" -> "http://x": a binding names the version it was published with; there is one
// version here.
inline std::string_view without_version(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

// Types by name, as they are numbered.
class TypeNumbers {
 public:
  uint16_t add(std::string_view name);
  std::optional<uint16_t> find(std::string_view name) const;

 private:
  std::unordered_map<std::string, uint16_t> numbers_;
};

// Value sets by canonical, as they are numbered.
using ValueSetNumbers = std::unordered_map<std::string, uint32_t>;

// All value sets, expanded where that is possible.
ValueSetNumbers compile_terminology(const Resources& value_sets, const Resources& code_systems,
                                    ImageWriter& writer);

// A binding may name a value set nobody defined here; it is added, as one that cannot be
// enumerated.
Result<TypeNumbers> compile_structures(const Resources& definitions, ValueSetNumbers& value_sets,
                                       ImageWriter& writer);

Result<size_t> compile_search(const Resources& parameters, const TypeNumbers& types,
                              ImageWriter& writer);
Result<size_t> compile_compartment(const json::Value& compartment, const TypeNumbers& types,
                                   ImageWriter& writer);

}  // namespace tasuki::fhir
