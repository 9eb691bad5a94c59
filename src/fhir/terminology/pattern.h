// A regular expression over a code or a word, in bounded time. The whole text must match
// (valueset-filter-operator "regex").
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace tasuki::fhir::terminology {

class Pattern {
 public:
  static Result<Pattern> compile(std::string_view text);
  Result<bool> matches(std::string_view text) const;  // too_costly when it takes too many steps

  ~Pattern();
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;

 private:
  struct Machine;
  explicit Pattern(std::unique_ptr<Machine> machine);
  std::unique_ptr<Machine> machine_;
};

}  // namespace tasuki::fhir::terminology
