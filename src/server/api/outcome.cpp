#include "server/api/outcome.h"

#include "json/print.h"

namespace tasuki::server::api {
namespace {

struct Row {
  unsigned status;
  std::string_view code;  // issue type
  std::string_view ja;
};

// clang-format off
Row row_of(Error::Kind kind) {
  using enum Error::Kind;
  switch (kind) {
    case invalid:         return {400, "invalid",       "入力に誤りがあります。"};
    case unauthenticated: return {401, "login",         "サインインが必要です。"};
    case forbidden:       return {403, "forbidden",     "この操作は許可されていません。"};
    case not_found:       return {404, "not-found",     "見つかりません。"};
    case gone:            return {410, "deleted",       "削除されています。"};
    case conflict:        return {409, "conflict",      "ほかの変更とぶつかりました。"};
    case unsupported:     return {400, "not-supported", "この指定には対応していません。"};
    case too_costly:      return {403, "too-costly",    "対象が多すぎます。条件をしぼってください。"};
    case unavailable:     return {503, "transient",     "いま混み合っています。少し待って、もう一度お試しください。"};
    case internal:        return {500, "exception",     "サーバーの中で問題が起きました。"};
  }
  return {500, "exception", ""};
}

Row row_of(Refusal refusal) {
  using enum Refusal;
  switch (refusal) {
    case method_not_allowed: return {405, "not-supported", "この操作はここではできません。"};
    case not_acceptable:     return {406, "not-supported", "返せる形式は JSON と XML です。"};
    case media_type:         return {415, "not-supported", "受け取れる形式は JSON と XML です。"};
    case precondition:       return {412, "conflict",      "指定された前提が成り立ちません。"};
    case unprocessable:      return {422, "invalid",       "FHIR の決まりに合わないところがあります。"};
    case too_many:           return {429, "throttled",     "回数が多すぎます。しばらく待ってください。"};
  }
  return {500, "exception", ""};
}
// clang-format on

Row row_of(const Problem& problem) {
  return problem.refusal ? row_of(*problem.refusal) : row_of(problem.error.kind);
}

std::string_view severity_of(fhir::Finding::Severity severity) {
  switch (severity) {
    case fhir::Finding::Severity::error:
      return "error";
    case fhir::Finding::Severity::warning:
      return "warning";
    case fhir::Finding::Severity::information:
      return "information";
  }
  return "error";
}

void append_issue(std::string_view severity, std::string_view code, std::string_view ja,
                  std::string_view en, std::string_view location, std::string& out) {
  fmt::format_to(std::back_inserter(out), R"({{"severity":"{}","code":"{}","details":{{"text":)",
                 severity, code);
  json::print_string(ja, out);
  out += "},\"diagnostics\":";
  json::print_string(en, out);
  if (!location.empty()) {
    out += ",\"expression\":[";
    json::print_string(location, out);
    out += ']';
  }
  out += '}';
}

}  // namespace

unsigned status_of(Error::Kind kind) {
  return row_of(kind).status;
}
unsigned status_of(const Problem& problem) {
  return row_of(problem).status;
}
std::string_view sentence_ja(Error::Kind kind) {
  return row_of(kind).ja;
}

std::string outcome_text(const Problem& problem) {
  if (!problem.outcome.empty()) return problem.outcome;
  const Row row = row_of(problem);
  std::string out = R"({"resourceType":"OperationOutcome","issue":[)";
  bool first = true;
  for (const fhir::Finding& finding : problem.findings) {
    if (!first) out += ',';
    first = false;
    append_issue(severity_of(finding.severity), finding.code, finding.message_ja, finding.message,
                 finding.location, out);
  }
  if (first)
    append_issue("error", row.code, row.ja, problem.error.message, problem.error.location, out);
  return out + "]}";
}

}  // namespace tasuki::server::api
