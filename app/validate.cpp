// `tasuki validate`: files against R4, the profiles they declare and those asked for; for people in
// Japanese, with --json as OperationOutcome. Exit code 0: all valid, 3: not.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "fhir/validate/outcome.h"
#include "fhir/xml/xml.h"
#include "json/parse.h"
#include "parts.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

struct ValidateRequest {
  std::vector<std::string> files;
  fhir::Options options;
  bool as_json = false;
};

Result<ValidateRequest> read_validate_request(const std::vector<std::string_view>& words) {
  ValidateRequest request;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--profile" && has_value) {
      request.options.profiles.emplace_back(words[++i]);
    } else if (words[i] == "--package" && has_value) {
      request.options.package = words[++i];
    } else if (words[i] == "--json") {
      request.as_json = true;
    } else if (words[i].starts_with("--")) {
      return Error{Error::Kind::invalid,
                   "知らない指定です。/ Unknown option; known: --profile, --package, --json.",
                   std::string(words[i])};
    } else {
      request.files.emplace_back(words[i]);
    }
  }
  if (request.files.empty()) request.files.emplace_back("-");
  return request;
}

Result<std::string> text_of(const std::string& file) {
  if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Error::Kind::not_found, "ファイルを開けません。/ The file cannot be opened.",
                 file};
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// A file that cannot be read as a resource is a finding of its own.
std::vector<fhir::Finding> findings_of(const fhir::Rulebook& rulebook, const std::string& text,
                                       const fhir::Options& options) {
  const size_t first = text.find_first_not_of(" \r\n\t\xef\xbb\xbf");
  const bool is_xml = first != std::string::npos && text[first] == '<';
  std::string_view body(text);
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  const auto document = is_xml ? fhir::from_xml(rulebook.definitions(), body) : json::parse(body);
  if (!document) {
    fhir::Finding one;
    one.code = "structure";
    one.location = document.error().location;
    one.message = document.error().message;
    one.message_ja = "読めない文書です: " + document.error().message;
    return {one};
  }
  auto findings = fhir::validate(rulebook, document->root, options);
  if (!is_xml) fhir::locate(body, findings);
  return findings;
}

void print_findings(const std::string& file, const std::vector<fhir::Finding>& findings) {
  constexpr std::string_view marks[] = {"誤り", "注意", "参考"};
  size_t errors = 0;
  for (const fhir::Finding& one : findings) {
    errors += one.severity == fhir::Finding::Severity::error ? 1 : 0;
    fmt::print("{}:{}:{}: {}: {}\n    {}{}{}\n", file, one.line, one.column,
               marks[static_cast<size_t>(one.severity)], one.message_ja, one.location,
               one.rule.empty() ? "" : "  規則 " + one.rule,
               one.profile.empty() ? "" : "  " + one.profile);
  }
  fmt::print("{}: {} (誤り {}, そのほか {})\n", file, errors == 0 ? "合格" : "不合格", errors,
             findings.size() - errors);
}

Result<int> run_validate(const Arguments& arguments) {
  const Settings settings = TRY(settings_of(arguments));
  const ValidateRequest request = TRY(read_validate_request(arguments.rest));
  const std::shared_ptr<const fhir::Definitions> definitions =
      TRY(fhir::Definitions::open(settings.definitions, settings.zone));
  const auto rulebook = TRY(rulebook_of(settings, *definitions));
  if (!request.options.package.empty()) {
    const auto id = TRY(fhir::parse_package_id(request.options.package));
    if (rulebook->packages().package(id) == nullptr) {
      return Error{Error::Kind::not_found,
                   "そのパッケージは導入されていません。/ The package is not installed; "
                   "`tasuki package list` says which are.",
                   id.text()};
    }
  }
  bool all_valid = true;
  for (const std::string& file : request.files) {
    const std::string text = TRY(text_of(file));
    const auto findings = findings_of(*rulebook, text, request.options);
    all_valid = all_valid && fhir::is_valid(findings);
    if (request.as_json) {
      fmt::print("{}\n", fhir::outcome_of(findings));
    } else {
      print_findings(file, findings);
    }
  }
  return all_valid ? 0 : 3;
}

}  // namespace

int validate(const Arguments& arguments) {
  const auto code = run_validate(arguments);
  return code ? *code : complain(code.error());
}

}  // namespace tasuki::app
