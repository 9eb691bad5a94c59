// Findings as they are collected: where (a chain of steps, printed only when needed), what, in both
// languages.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/validate/validate.h"

namespace tasuki::fhir {

// One step of the way from the root to a value; each lives on the stack of the one who walks.
struct Place {
  const Place* above = nullptr;
  std::string_view name;  // of the root: the resource type
  int index = -1;         // -1: not in an array
};

std::string location_of(const Place& place);  // "Patient.name[0].given[1]"

enum class Problem : uint8_t {
  not_an_object,
  no_resource_type,
  unknown_resource_type,
  abstract_resource_type,
  unknown_name,
  not_an_array,
  an_array,
  empty_array,
  null_value,
  empty_object,
  too_deep,
  not_a_primitive,
  wrong_format,
  missing,
  second_choice,
  code_not_in_set,
  coding_not_in_set,
  concept_not_in_set,
  lengths_differ,
  bad_reference,
  no_contained,
  wrong_target,
  type_disagrees,
  nested_contained,
  comparator,
  extension_and_value,
  extension_without_value,
  bad_narrative,
  only_id,
};

class Findings {
 public:
  static constexpr size_t findings_max = 100;

  // The parts fill the problem's sentence in order.
  void add(const Place& place, Problem problem, std::initializer_list<std::string_view> parts = {});
  bool is_full() const { return all_.size() >= findings_max; }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  std::vector<Finding> all_;
};

}  // namespace tasuki::fhir
