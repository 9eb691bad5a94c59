#include "fhir/terminology/operation/issue.h"

#include <fmt/core.h>

#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

std::string_view name_of(Issue::Severity severity) {
  switch (severity) {
    case Issue::Severity::error:
      return "error";
    case Issue::Severity::warning:
      return "warning";
    case Issue::Severity::information:
      return "information";
  }
  return "error";
}

struct Row {
  std::string_view code, kind, ja;
};

Row row_of(Error::Kind kind) {
  using enum Error::Kind;
  switch (kind) {
    case not_found:
    case gone:
      return {"not-found", "not-found", "見つかりません。"};
    case too_costly:
      return {"too-costly", "", "対象が多すぎます。条件をしぼってください。"};
    case unsupported:
      return {"not-supported", "", "この指定には対応していません。"};
    default:
      return {"invalid", "", "入力に誤りがあります。"};
  }
}

}  // namespace

std::string outcome_of(const std::vector<Issue>& issues, bool japanese) {
  std::string out = R"({"resourceType":"OperationOutcome","issue":[)";
  std::string_view separator;
  for (const Issue& issue : issues) {
    fmt::format_to(std::back_inserter(out), R"({}{{"severity":"{}","code":"{}","details":{{)",
                   separator, name_of(issue.severity), issue.code);
    separator = ",";
    if (!issue.kind.empty())
      fmt::format_to(
          std::back_inserter(out),
          R"("coding":[{{"system":"http://hl7.org/fhir/tools/CodeSystem/tx-issue-type","code":"{}"}}],)",
          issue.kind);
    out += "\"text\":";
    json::print_string(japanese && !issue.ja.empty() ? issue.ja : issue.text, out);
    out += '}';
    const std::string& other = japanese ? issue.text : issue.ja;
    if (!other.empty()) {
      out += ",\"diagnostics\":";
      json::print_string(other, out);
    }
    if (!issue.expression.empty()) {
      out += ",\"location\":[";
      json::print_string(issue.expression, out);
      out += "],\"expression\":[";
      json::print_string(issue.expression, out);
      out += ']';
    }
    out += '}';
  }
  return out + "]}";
}

Reply refused(const Error& error, bool japanese) {
  const Row row = row_of(error.kind);
  return refused(error.kind,
                 {.code = row.code,
                  .kind = row.kind,
                  .text = error.message,
                  .ja = std::string(row.ja),
                  .expression = error.location},
                 japanese);
}

Reply refused(Error::Kind kind, const Issue& issue, bool japanese) {
  return {.body = outcome_of({issue}, japanese), .refused = kind};
}

void ParametersText::begin(std::string_view name) {
  if (!out_.ends_with('[')) out_ += ',';
  out_ += "{\"name\":";
  json::print_string(name, out_);
}

void ParametersText::add(std::string_view name, std::string_view type, std::string_view text) {
  begin(name);
  fmt::format_to(std::back_inserter(out_), ",\"{}\":", type);
  json::print_string(text, out_);
  out_ += '}';
}

void ParametersText::add(std::string_view name, bool truth) {
  begin(name);
  fmt::format_to(std::back_inserter(out_), ",\"valueBoolean\":{}}}", truth);
}

void ParametersText::add_json(std::string_view name, std::string_view type, std::string_view json) {
  begin(name);
  fmt::format_to(std::back_inserter(out_), ",\"{}\":{}}}", type, json);
}

void ParametersText::add_resource(std::string_view name, std::string_view json) {
  begin(name);
  fmt::format_to(std::back_inserter(out_), ",\"resource\":{}}}", json);
}

void ParametersText::open(std::string_view name) {
  begin(name);
  out_ += ",\"part\":[";
}

void ParametersText::close() {
  out_ += "]}";
}

std::string ParametersText::done() && {
  return std::move(out_) + "]}";
}

}  // namespace tasuki::fhir::terminology
