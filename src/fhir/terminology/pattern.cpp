#include "fhir/terminology/pattern.h"

#include <unicode/uregex.h>
#include <unicode/ustring.h>

#include <fmt/core.h>

namespace tasuki::fhir::terminology {
namespace {

constexpr size_t pattern_bytes_max = 4096;
constexpr size_t text_bytes_max = 65536;
constexpr int32_t steps_max = 200;  // ICU counts in units of some ten thousand steps
constexpr int32_t stack_bytes_max = 1 << 20;

std::u16string wide(std::string_view text) {
  std::u16string out(text.size(), u'\0');
  int32_t size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8WithSub(out.data(), static_cast<int32_t>(out.size()), &size, text.data(),
                       static_cast<int32_t>(text.size()), 0xfffd, nullptr, &status);
  out.resize(static_cast<size_t>(size));
  return out;
}

Error broken(std::string_view text) {
  return {Error::Kind::invalid, fmt::format("\"{}\" is not a regular expression.", text), {}};
}

}  // namespace

struct Pattern::Machine {
  ~Machine() { uregex_close(expression); }
  URegularExpression* expression = nullptr;
  std::string text;
};

Pattern::Pattern(std::unique_ptr<Machine> machine) : machine_(std::move(machine)) {}
Pattern::~Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;

Result<Pattern> Pattern::compile(std::string_view text) {
  if (text.empty() || text.size() > pattern_bytes_max) return broken(text.substr(0, 80));
  const std::u16string pattern = wide(text);
  UErrorCode status = U_ZERO_ERROR;
  auto machine = std::make_unique<Machine>();
  machine->text = text;
  machine->expression =
      uregex_open(pattern.data(), static_cast<int32_t>(pattern.size()), 0, nullptr, &status);
  if (U_FAILURE(status) || machine->expression == nullptr) return broken(text);
  uregex_setTimeLimit(machine->expression, steps_max, &status);
  uregex_setStackLimit(machine->expression, stack_bytes_max, &status);
  return Pattern(std::move(machine));
}

Result<bool> Pattern::matches(std::string_view text) const {
  if (text.size() > text_bytes_max) return false;
  const std::u16string subject = wide(text);
  UErrorCode status = U_ZERO_ERROR;
  uregex_setText(machine_->expression, subject.data(), static_cast<int32_t>(subject.size()),
                 &status);
  const UBool found = uregex_matches(machine_->expression, 0, &status);
  if (U_FAILURE(status))
    return Error{Error::Kind::too_costly,
                 fmt::format("The regular expression \"{}\" takes too long.", machine_->text),
                 {}};
  return found != 0;
}

}  // namespace tasuki::fhir::terminology
