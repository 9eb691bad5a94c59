// The sentences of a judgement: English as the HL7 terminology ecosystem's tests expect it,
// Japanese beside it, each with its issue type. `at` is where the part stands in the input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/terminology/operation/ask.h"
#include "fhir/terminology/operation/issue.h"

namespace tasuki::fhir::terminology::said {

// ---- the system
Issue no_system(const std::string& at);
Issue system_is_value_set(std::string_view system, const std::string& at);
Issue system_is_local(const std::string& at);
Issue system_is_supplement(std::string_view system, std::string_view canonical,
                           const std::string& at);
Issue system_has_no_content(std::string_view url, const std::string& at);
Issue unknown_system(std::string_view system, std::string_view version, const std::string& at);

// ---- its version
Issue unknown_version(std::string_view url, std::string_view version,
                      const std::vector<std::string_view>& known, const std::string& at);
// The part of the value set names or leaves open another version than `given`.
Issue differing_version(const Part& part, std::string_view url, std::string_view given,
                        const std::string& at);
Issue version_not_allowed(std::string_view url, std::string_view version, std::string_view required,
                          const std::string& at);

// ---- the code
Issue unknown_code(std::string_view code, std::string_view url, std::string_view version,
                   const std::string& at);
Issue not_in_fragment(std::string_view code, std::string_view url, std::string_view version,
                      const std::string& at);
Issue against_grammar(std::string_view code, std::string_view url, std::string_view version,
                      const std::string& at);
Issue grammar_says(std::string_view code, const std::string& why, const std::string& at);
Issue differs_by_case(std::string_view code, std::string_view written, std::string_view canonical,
                      const std::string& at);
Issue needs_review(std::string_view code, std::string_view status, const std::string& at);
Issue is_abstract(std::string_view code, const std::string& at);
Issue is_not_active(std::string_view code, const std::string& at);

// ---- the value set
Issue unknown_value_set(const Problem& problem);
Issue cannot_be_asked(const Composed& set, const Problem& problem);
Issue marked_deprecated(const Composed& set, std::string_view code, std::string_view url,
                        const std::string& at);
Issue cannot_infer(const Composed& set, std::string_view code,
                   const std::vector<std::string_view>& systems, const std::string& at);

}  // namespace tasuki::fhir::terminology::said
