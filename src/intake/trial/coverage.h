// What becomes of the fields of many messages, kind by kind: mapped, kept aside by the mapping's
// own word, or listed as not carried. Law 5: the three are all there is.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/validate/rulebook.h"
#include "intake/convert.h"

namespace tasuki::intake::trial {

class CoverageTally {
 public:
  // nullptr: resources are not judged again.
  explicit CoverageTally(const fhir::Rulebook* rulebook = nullptr) : rulebook_(rulebook) {}

  void add(std::string_view sample, const Converted& made);

  struct Kind {
    size_t messages = 0, done = 0, held = 0, refused = 0;
    size_t fields = 0, carried = 0, aside = 0, listed = 0;
    size_t resources = 0, invalid = 0;
    std::map<std::string, size_t> not_carried;  // field and how often it was sent
    std::map<std::string, size_t> reasons;      // why messages are held or refused
    std::map<std::string, std::string> wrong;   // what the validator says, and a sample of it
  };
  const std::map<std::string, Kind>& kinds() const { return kinds_; }
  Kind total() const;

  std::string markdown() const;

 private:
  void judge(std::string_view sample, const Converted& made, Kind& kind);

  const fhir::Rulebook* rulebook_;
  std::map<std::string, Kind> kinds_;
};

}  // namespace tasuki::intake::trial
