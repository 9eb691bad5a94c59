// Regular expressions, in bounded time.
//
// Why PCRE2: FHIRPath asks for Perl's syntax (N1 5.6.8: "PCRE"), and published guides use
// look-ahead, which RE2 refuses. Its match limit bounds the steps of a hostile pattern; reaching it
// is an error that says so, never a wait.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tasuki::fhir::path {

class Regex {
 public:
  static constexpr size_t pattern_bytes_max = 4096;
  static constexpr uint32_t steps_max = 1'000'000;

  // Flags: i (any case), m (^ and $ at lines). A dot is any character, line ends too.
  static Result<Regex> compile(std::string_view pattern, std::string_view flags, bool is_whole);

  Result<bool> matches(std::string_view text) const;
  // Every match replaced; $1 and ${name} stand for groups.
  Result<std::string> replaced(std::string_view text, std::string_view by, size_t bytes_max) const;

 private:
  struct Code;
  std::shared_ptr<const Code> code_;
};

}  // namespace tasuki::fhir::path
