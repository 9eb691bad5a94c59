// What a code may be called, within one request: the system's names, those of the supplements that
// take part, those the value set gives; and the judgement of a display.
#pragma once

#include <optional>

#include "fhir/terminology/operation/ask.h"
#include "fhir/terminology/operation/issue.h"

namespace tasuki::fhir::terminology {

// The supplements that the request or the value set asks for: others do not speak.
std::vector<const CodeSystem*> supplements_for(const Scope& scope, const Composed* set,
                                               const CodeSystem& system);
Languages languages_for(const Scope& scope, const Composed* set);

class Names {
 public:
  Names(const Scope& scope, const Composed* set, const CodeSystem& system, uint32_t number,
        std::string_view url, const Listed* listed = nullptr);

  std::string preferred() const;  // empty: none in the languages allowed
  const Words& words() const { return words_; }
  // Nothing: the display is right.
  std::optional<Issue> judge(std::string_view display, bool lenient) const;

 private:
  std::vector<const Word*> wanted() const;  // in the languages asked for

  Languages languages_;
  std::vector<const CodeSystem*> supplements_;
  Words words_;
  std::string_view listed_;  // the value set's own display
  std::string_view code_, url_;
};

}  // namespace tasuki::fhir::terminology
