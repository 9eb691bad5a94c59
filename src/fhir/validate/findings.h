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
  // What profiles and rules ask for.
  too_few,
  too_many,
  slice_too_few,
  slice_too_many,
  slice_closed,
  slice_order,
  slice_at_end,
  type_not_allowed,
  fixed_differs,
  pattern_differs,
  below_minimum,
  above_maximum,
  text_too_long,
  rule_broken,
  rule_not_run,
  code_outside,
  code_unknown,
  extension_unknown,
  modifier_unknown,
  extension_context,
  profile_unknown,
  profile_other_type,
  no_profile_matches,
  slice_missed,
  target_profile,
  aggregation,
  not_in_bundle,
  full_url_relative,
  full_url_id,
  ambiguous_reference,
  narrative_empty,
  text_too_short,
  value_missing,
  extension_url_relative,
  part_unknown,
  attachment_size,
  identifier_not_uri,
  not_present_concepts,
  supplement_content,
  system_relative,
  canonical_relative,
  embedded_html,
  link_twice,
  search_id_missing,
  outcome_expected,
  full_url_without_id,
  entry_unreachable,
  target_type_differs,
  version_not_in_bundle,
  link_id_unknown,
  item_not_enabled,
  answer_missing,
  answer_type,
  answer_not_option,
  answer_repeats,
  item_text_differs,
  questionnaire_unknown,
  enable_when_unknown,
  code_not_in_system,
  display_differs,
  structure_not_built,
  fixed_anew,
  map_outside,
  filter_not_coding,
  unit_unknown,
  profile_unusable,
};

// Who asks: the rule's official id, and the profile.
struct Source {
  std::string_view rule = {}, profile = {};
};

class Findings {
 public:
  static constexpr size_t findings_max = 1000;

  Findings() = default;
  explicit Findings(size_t count_max) : count_max_(count_max) {}

  // The parts fill the problem's sentence in order.
  void add(const Place& place, Problem problem, std::initializer_list<std::string_view> parts = {},
           Finding::Severity severity = Finding::Severity::error, Source source = {});
  // Why a value is not of the nearest slice of the list: for information.
  void add_reason(const Finding& reason, std::string_view list, std::string_view slice);
  bool is_full() const { return all_.size() >= count_max_; }
  bool has_errors() const { return errors_ > 0; }
  size_t error_count() const { return errors_; }  // those beyond the bound, too
  const std::vector<Finding>& all() const { return all_; }
  std::vector<Finding> take() { return std::move(all_); }

 private:
  size_t count_max_ = findings_max;
  size_t errors_ = 0;
  std::vector<Finding> all_;
};

}  // namespace tasuki::fhir
