#include "fhir/validate/outcome.h"

#include <fmt/core.h>

#include "json/print.h"

namespace tasuki::fhir {
namespace {

void append_text(std::string_view name, std::string_view text, std::string& out) {
  out += fmt::format(",\"{}\":", name);
  json::print_string(text, out);
}

// The rule by its official id, in the system of who made it.
void append_details(const Finding& one, std::string& out) {
  out += ",\"details\":{";
  if (!one.rule.empty()) {
    out += "\"coding\":[{\"system\":";
    json::print_string(one.profile.empty() ? "http://hl7.org/fhir" : one.profile, out);
    append_text("code", one.rule, out);
    out += "}],";
  }
  out += "\"text\":";
  json::print_string(one.message_ja, out);
  out += '}';
}

void append_finding(const Finding& one, std::string& out) {
  out += '{';
  if (one.line > 0) {
    constexpr std::string_view base =
        "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-";
    out += fmt::format(
        R"("extension":[{{"url":"{0}line","valueInteger":{1}}},{{"url":"{0}col","valueInteger":{2}}}],)",
        base, one.line, one.column);
  }
  out += fmt::format(R"("severity":"{}","code":"{}")", name_of(one.severity), one.code);
  append_details(one, out);
  append_text("diagnostics", one.message, out);
  out += ",\"expression\":[";
  json::print_string(one.location, out);
  out += "]}";
}

}  // namespace

std::string_view name_of(Finding::Severity severity) {
  switch (severity) {
    case Finding::Severity::error:
      return "error";
    case Finding::Severity::warning:
      return "warning";
    case Finding::Severity::information:
      return "information";
  }
  return "error";
}

std::string outcome_of(const std::vector<Finding>& findings) {
  std::string out = R"({"resourceType":"OperationOutcome","issue":[)";
  for (size_t i = 0; i < findings.size(); ++i) {
    if (i > 0) out += ',';
    append_finding(findings[i], out);
  }
  if (findings.empty()) {
    out += R"({"severity":"information","code":"informational","details":{"text":")"
           R"(問題は見つかりませんでした。"},"diagnostics":"Nothing was found that is wrong."})";
  }
  return out + "]}";
}

}  // namespace tasuki::fhir
