#include "fhir/path/regex.h"

#include <fmt/core.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace tasuki::fhir::path {

struct Regex::Code {
  pcre2_code* code = nullptr;
  pcre2_match_context* context = nullptr;

  Code() = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() {
    pcre2_match_context_free(context);
    pcre2_code_free(code);
  }
};

namespace {

PCRE2_SPTR units(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data() != nullptr ? text.data() : "");
}

std::string words_of(int problem) {
  PCRE2_UCHAR buffer[200];
  pcre2_get_error_message(problem, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

Error failed(int problem) {
  const bool is_limit = problem == PCRE2_ERROR_MATCHLIMIT || problem == PCRE2_ERROR_DEPTHLIMIT ||
                        problem == PCRE2_ERROR_HEAPLIMIT;
  if (is_limit)
    return Error{
        Error::Kind::too_costly,
        fmt::format("The regular expression needs more than {} steps on this text; make it "
                    "say one thing in one way.",
                    Regex::steps_max),
        {}};
  return Error{
      Error::Kind::invalid, "The regular expression failed: " + words_of(problem) + ".", {}};
}

class Matches {
 public:
  explicit Matches(const pcre2_code* code)
      : data_(pcre2_match_data_create_from_pattern(code, nullptr)) {}
  ~Matches() { pcre2_match_data_free(data_); }
  Matches(const Matches&) = delete;
  Matches& operator=(const Matches&) = delete;
  pcre2_match_data* data() const { return data_; }

 private:
  pcre2_match_data* data_;
};

}  // namespace

Result<Regex> Regex::compile(std::string_view pattern, std::string_view flags, bool is_whole) {
  if (pattern.size() > pattern_bytes_max)
    return Error{Error::Kind::invalid,
                 fmt::format("A regular expression has at most {} bytes.", pattern_bytes_max),
                 {}};
  uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_DOTALL;
  for (const char flag : flags) {
    if (flag != 'i' && flag != 'm')
      return Error{Error::Kind::invalid,
                   fmt::format("'{}' is no flag of a regular expression; i and m are.", flag),
                   {}};
    options |= flag == 'i' ? PCRE2_CASELESS : PCRE2_MULTILINE;
  }
  const auto text = is_whole ? fmt::format("^(?:{})$", pattern) : std::string(pattern);
  int problem = 0;
  PCRE2_SIZE place = 0;
  auto made = std::make_shared<Code>();
  made->code = pcre2_compile(units(text), text.size(), options, &problem, &place, nullptr);
  if (made->code == nullptr)
    return Error{
        Error::Kind::invalid,
        fmt::format("The regular expression is wrong at its character {}: {}.",
                    place + 1 - (is_whole ? std::min<size_t>(place, 4) : 0), words_of(problem)),
        {}};
  made->context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(made->context, steps_max);
  pcre2_set_depth_limit(made->context, 10'000);
  pcre2_set_heap_limit(made->context, 20'000);  // KiB
  Regex regex;
  regex.code_ = std::move(made);
  return regex;
}

Result<bool> Regex::matches(std::string_view text) const {
  const Matches found(code_->code);
  const int count =
      pcre2_match(code_->code, units(text), text.size(), 0, 0, found.data(), code_->context);
  if (count >= 0) return true;
  if (count == PCRE2_ERROR_NOMATCH) return false;
  return failed(count);
}

Result<std::string> Regex::replaced(std::string_view text, std::string_view by,
                                    size_t bytes_max) const {
  const Matches found(code_->code);
  std::string out(std::min(bytes_max, text.size() * 2 + by.size() + 64), '\0');
  for (int attempt = 0; attempt < 2; ++attempt) {
    PCRE2_SIZE bytes = out.size();
    const int count = pcre2_substitute(
        code_->code, units(text), text.size(), 0,
        PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_UNSET_EMPTY | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH,
        found.data(), code_->context, units(by), by.size(),
        reinterpret_cast<PCRE2_UCHAR*>(out.data()), &bytes);
    if (count >= 0) {
      out.resize(bytes);
      return out;
    }
    if (count != PCRE2_ERROR_NOMEMORY) return failed(count);
    if (bytes > bytes_max) break;
    out.resize(bytes);
  }
  return Error{Error::Kind::too_costly,
               fmt::format("The text becomes longer than {} bytes.", bytes_max),
               {}};
}

}  // namespace tasuki::fhir::path
