// What a terminology operation has to say about its input, and its answers as JSON. Issue types:
// HL7 terminology ecosystem, tx-issue-type.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tasuki::fhir::terminology {

struct Issue {
  enum class Severity : uint8_t { error, warning, information };
  Severity severity = Severity::error;
  std::string_view code;  // issue-type: "code-invalid", "not-found", "invalid", "business-rule"
  std::string_view kind;  // tx-issue-type: "not-in-vs", "invalid-code", ...; may be empty
  std::string text, ja;
  std::string expression;  // "Coding.code"; empty: of the whole
};

std::string outcome_of(const std::vector<Issue>& issues, bool japanese);

// The answer of an operation; refused: the body is an OperationOutcome.
struct Reply {
  std::string body;
  std::optional<Error::Kind> refused;
};
Reply refused(const Error& error, bool japanese = false);
Reply refused(Error::Kind kind, const Issue& issue, bool japanese = false);

// A Parameters resource, written down one parameter at a time.
class ParametersText {
 public:
  void add(std::string_view name, std::string_view type, std::string_view text);  // valueString ...
  void add(std::string_view name, bool truth);
  void add_json(std::string_view name, std::string_view type, std::string_view json);
  void add_resource(std::string_view name, std::string_view json);
  void open(std::string_view name);  // its parts follow
  void close();
  std::string done() &&;

 private:
  void begin(std::string_view name);
  std::string out_ = R"({"resourceType":"Parameters","parameter":[)";
};

}  // namespace tasuki::fhir::terminology
