// What goes wrong, as HTTP status and OperationOutcome: the one table (style.md 4). FHIR R4
// operationoutcome.html, http.html "Rejecting Updates"; issue codes: valueset-issue-type.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fhir/validate/validate.h"

namespace tasuki::server::api {

// Refusals that are about HTTP rather than about the data.
enum class Refusal : uint8_t {
  method_not_allowed,
  not_acceptable,
  media_type,
  precondition,
  unprocessable,
  too_many
};

// An Error with what the outcome adds.
struct Problem {
  Error error;
  std::optional<Refusal> refusal;  // decides the status where set
  std::vector<fhir::Finding>
      findings;              // each becomes an issue; empty: the error alone is the issue
  std::string outcome = {};  // an OperationOutcome that is already written
  std::vector<std::string_view> allowed;  // methods, of method_not_allowed

  Problem(Error reason) : error(std::move(reason)) {}  // NOLINT(*-explicit-*)
  Problem(Refusal why, std::string message, std::string location = {})
      : error{Error::Kind::invalid, std::move(message), std::move(location)}, refusal(why) {}
};

unsigned status_of(const Problem& problem);
std::string outcome_text(const Problem& problem);  // OperationOutcome as JSON

std::string_view sentence_ja(
    Error::Kind kind);  // 「入力に誤りがあります。」, for the web faces too
unsigned status_of(Error::Kind kind);

}  // namespace tasuki::server::api
