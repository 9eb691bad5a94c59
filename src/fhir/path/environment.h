// What an expression may ask of the world around it: variables, the clock, and what only the caller
// can answer. Everything may be left out; what is asked and cannot be answered is an error that
// names it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "fhir/path/item.h"

namespace tasuki::fhir::path {

struct Variable {
  std::string_view name;  // without %
  Items value;
};

struct Environment {
  static constexpr size_t items_max_usual = 1'000'000;

  Item resource;                        // %resource; its contained resources are what "#id" finds
  std::optional<Item> root_resource{};  // %rootResource: the container of a contained resource
  std::span<const Variable> variables{};

  // The moment of now(), today() and timeOfDay(); without it, when the evaluation began.
  std::optional<Instant> now{};
  std::chrono::minutes offset = japan_offset;

  // What a reference leads to ("Patient/1", "urn:uuid:..."); null value: nothing known. Contained
  // resources are found without it. Without it, or where it finds nothing, an item that has only
  // the type.
  std::function<std::optional<Item>(std::string_view reference)> resolve{};
  // Is the code, Coding or CodeableConcept in the value set? Nothing: cannot be told.
  std::function<Result<std::optional<bool>>(const Item& coded, std::string_view value_set)>
      member_of{};
  std::function<Result<bool>(const Item& item, std::string_view profile)> conforms_to{};
  // Does `general` subsume `special`, codes of one system?
  std::function<Result<bool>(std::string_view system, std::string_view general,
                             std::string_view special)>
      subsumes{};
  // The items of the named slice of the profile.
  std::function<Result<Items>(const Items& input, std::string_view profile, std::string_view slice)>
      slice{};
  std::function<void(std::string_view name, const Items& items)> trace{};
  // How many items one evaluation may look at: for a very large document, more.
  size_t items_max = items_max_usual;
};

}  // namespace tasuki::fhir::path
