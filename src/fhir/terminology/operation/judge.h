// One coding against a value set or a code system: is it right, and everything that is wrong with
// it. FHIR R4 valueset-operation-validate-code.html; HL7 terminology ecosystem (issue types).
#pragma once

#include <set>

#include "fhir/terminology/operation/ask.h"
#include "fhir/terminology/operation/issue.h"

namespace tasuki::fhir::terminology {

struct Subject {
  std::string_view system, version, code, display;
};

// Where its parts stand in the input: "Coding.code", or "code" where they came one by one.
struct Places {
  std::string whole, code, system, version, display;
  static Places of_parameters();
  static Places of_coding();
  static Places of_concept(size_t number);
};

struct Judged {
  bool is_in = false;      // of the value set, or of the code system where there is no value set
  bool is_decided = true;  // false: a version or a value set is missing
  std::string system, version, code, display, normalized, status;
  bool inactive = false;
  std::vector<Issue> issues;
  std::vector<std::string> unknown_systems, caused_by;
};

struct JudgeOptions {
  bool is_part_of_concept = false;  // the concept as a whole says "not in the value set"
  bool display_is_lenient = false;
  bool membership_only = false;
  bool active_only = false;
  bool abstract_is_allowed = true;
};

class Judge {
 public:
  // set: nullptr for a code system alone.
  Judge(const Scope& scope, const Composed* set, const json::Value* resource, JudgeOptions options)
      : scope_(scope), set_(set), resource_(resource), options_(options) {}

  Judged judge(const Subject& subject, const Places& places) const;

  // The one system in which the value set has this code; else an issue that says why not.
  std::expected<std::string, Issue> infer_system(std::string_view code,
                                                 const std::string& place) const;
  // "Reference to deprecated CodeSystem ...": what the value set stands on.
  void add_status_checks(const CodeSystem* system, std::vector<Issue>& issues) const;

 private:
  class Case;
  const Scope& scope_;
  const Composed* set_;
  const json::Value* resource_;
  JudgeOptions options_;
};

}  // namespace tasuki::fhir::terminology
