// Code systems, value sets and concept maps as one immutable snapshot: is this code in that value
// set, what is it called, what lies below it.
//
// Why: validation, search (:in, :below), FHIRPath (memberOf) and the terminology operations must
// give the same answer at the same moment, from any thread, without a lock. A snapshot is a stack
// of mapped images (R4's own, packages, masters, what was written through REST); a new one shares
// all but what changed. Value sets are compiled when first asked for and kept with the snapshot.
//
// FHIR R4 terminology-service.html, codesystem.html, valueset.html.
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "fhir/terminology/code_system.h"
#include "fhir/terminology/versions.h"

namespace tasuki::fhir::terminology {

struct Composed;

enum class Truth : uint8_t { no, yes, unknown };

struct Coding {
  std::string_view system, code, version = {}, display = {};
};

// Whether a coding is right, and every reason why not (HL7 terminology ecosystem: tx-issue-type).
struct Reason {
  bool is_error = true;   // else a warning or information, which does not make it wrong
  std::string_view kind;  // "not-in-vs", "invalid-code", "invalid-display", "not-found" ...
  std::string message, message_ja;
};
struct Verdict {
  Truth truth = Truth::unknown;
  std::string display;  // what the code is called, where known
  std::vector<Reason> reasons;
};

struct Member {
  const CodeSystem* system;  // nullptr: listed of a system that is not at hand
  std::string system_url, code, display;
  bool inactive = false, abstract = false;
};

class Terminology {
 public:
  using Image = std::shared_ptr<const Mapping>;

  // Later images win over earlier ones that define the same url and version. `below`: a snapshot
  // that stays underneath, shared.
  static std::shared_ptr<const Terminology> make(
      std::vector<Image> images, std::shared_ptr<const Terminology> below = nullptr);
  ~Terminology();

  // The quick questions. A value set is a canonical, "url" or "url|version"; without a version the
  // newest. An empty system means any: a `code` element takes its system from the binding. Unknown:
  // the value set or one of its systems is not at hand, or does not say everything (a fragment).
  Truth contains(std::string_view value_set, std::string_view system, std::string_view code) const;
  Truth is_code(std::string_view system, std::string_view code) const;
  Truth subsumes(std::string_view system, std::string_view ancestor, std::string_view code) const;
  std::string display(std::string_view system, std::string_view code,
                      std::string_view languages = {}) const;  // "ja,en;q=0.5"; empty: unknown

  // The whole judgement, display included, against a value set (empty: only the code system).
  Verdict validate(std::string_view value_set, const Coding& coding,
                   std::string_view languages = {}) const;

  // Everything in the value set, at most `count_max`: for search (:in) and lists of choices.
  Result<std::vector<Member>> members(std::string_view value_set, size_t count_max) const;

  // One system under all its names: an OID and its URL ("urn:oid:1.2.392..." -> "http://...").
  std::string_view name_of(std::string_view system) const;                // the name to write
  std::vector<std::string_view> names_of(std::string_view system) const;  // all, itself first

  // Definitions. "url" or "url|version"; a version may end in x ("1.x"). nullptr: not here.
  const CodeSystem* code_system(std::string_view canonical) const;
  const CodeSystem* code_system(std::string_view url, std::string_view version) const;
  const Kept* value_set(std::string_view canonical) const;
  const Kept* concept_map(std::string_view canonical) const;
  std::vector<const CodeSystem*> supplements_of(const CodeSystem& system) const;
  std::vector<std::string_view> versions_of(
      std::string_view url) const;  // of a system, oldest first
  std::vector<const CodeSystem*> code_systems() const;
  std::vector<const Kept*> value_sets() const;
  std::vector<const Kept*> concept_maps() const;

  // A value set compiled under the default rules, kept. nullptr: not here.
  const Composed* composed(std::string_view canonical) const;
  const Composed& composed(const Kept& value_set) const;

 private:
  Terminology() = default;
  template <class T>
  using Index = std::unordered_map<std::string_view, std::vector<const T*>>;
  struct Cell {
    std::atomic<const Composed*> composed{nullptr};
  };

  std::vector<Image> images_;
  std::shared_ptr<const Terminology> below_;
  std::deque<CodeSystem> systems_;
  std::deque<Kept> value_sets_, concept_maps_;
  Index<CodeSystem> systems_by_url_;
  Index<CodeSystem> supplements_by_url_;
  Index<Kept> value_sets_by_url_, concept_maps_by_url_;
  std::unordered_map<std::string_view, std::string_view> names_;  // alias -> name
  std::unordered_map<std::string_view, std::vector<std::string_view>> aliases_;
  mutable std::unordered_map<const Kept*, Cell> cells_;  // one for each value set, made once
};

}  // namespace tasuki::fhir::terminology
