#include "fhir/terminology/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>

#include <fmt/core.h>

#include "base/utf8.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr size_t pattern_bytes_max = 4096;
constexpr size_t text_bytes_max = 65536;
constexpr uint32_t steps_max = 1'000'000;
constexpr uint32_t heap_kib_max = 20'000;
// All ways through the expression are followed side by side, each state once, so that "(a+)+" costs
// no more than "a+". What the expression is in at one time fits here, or it is refused.
constexpr size_t states_ints = 6000;

PCRE2_SPTR units(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.data());
}

Error broken(std::string_view text) {
  return {Error::Kind::invalid, fmt::format("\"{}\" is not a regular expression.", text), {}};
}

}  // namespace

struct Pattern::Machine {
  ~Machine() {
    pcre2_match_context_free(context);
    pcre2_code_free(code);
  }
  pcre2_code* code = nullptr;
  pcre2_match_context* context = nullptr;
  std::string text;
};

Pattern::Pattern(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

Result<Pattern> Pattern::compile(std::string_view text) {
  if (text.empty() || text.size() > pattern_bytes_max) return broken(utf8::head(text, 80));
  int problem = 0;
  PCRE2_SIZE place = 0;
  auto machine = std::make_unique<Machine>();
  machine->text = text;
  machine->code = pcre2_compile(units(text), text.size(), PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED,
                                &problem, &place, nullptr);
  if (machine->code == nullptr) return broken(text);
  machine->context = pcre2_match_context_create(nullptr);
  pcre2_set_match_limit(machine->context, steps_max);
  pcre2_set_heap_limit(machine->context, heap_kib_max);
  return Pattern(std::move(machine));
}

Result<bool> Pattern::matches(std::string_view text) const {
  if (text.size() > text_bytes_max) return false;
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> found(
      pcre2_match_data_create(1, nullptr), pcre2_match_data_free);
  std::array<int, states_ints> states{};
  int count = pcre2_dfa_match(machine_->code, units(text), text.size(), 0, 0, found.get(),
                              machine_->context, states.data(), states.size());
  // A back reference cannot be followed so; it is tried way after way, within the limits.
  if (count == PCRE2_ERROR_DFA_UITEM || count == PCRE2_ERROR_DFA_UCOND) {
    count = pcre2_match(machine_->code, units(text), text.size(), 0, PCRE2_ENDANCHORED, found.get(),
                        machine_->context);
  }
  // The longest comes first; 0 says that there were shorter ones, for which there is no room.
  if (count >= 0) return pcre2_get_ovector_pointer(found.get())[1] == text.size();
  if (count == PCRE2_ERROR_NOMATCH) return false;
  return Error{Error::Kind::too_costly,
               fmt::format("The regular expression \"{}\" takes too long.", machine_->text),
               {}};
}

}  // namespace tasuki::fhir::terminology
