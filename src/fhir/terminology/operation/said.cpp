#include "fhir/terminology/operation/said.h"

#include <fmt/ranges.h>

namespace tasuki::fhir::terminology::said {
namespace {

using Severity = Issue::Severity;

// "text" and its Japanese, at a place.
struct Words {
  std::string text, ja;
  std::string at = {};
};

Issue issue(Severity severity, std::string_view code, std::string_view kind, Words words) {
  return {severity, code, kind, std::move(words.text), std::move(words.ja), std::move(words.at)};
}

Issue invalid_data(Severity severity, Words words) {
  return issue(severity, "invalid", "invalid-data", std::move(words));
}
Issue not_found(Words words) {
  return issue(Severity::error, "not-found", "not-found", std::move(words));
}
Issue invalid_code(Severity severity, Words words) {
  return issue(severity, "code-invalid", "invalid-code", std::move(words));
}
Issue rule(Severity severity, Words words) {
  return issue(severity, "business-rule", "code-rule", std::move(words));
}
Issue comment(Words words) {
  return issue(Severity::warning, "business-rule", "code-comment", std::move(words));
}

}  // namespace

Issue no_system(const std::string& at) {
  return invalid_data(
      Severity::warning,
      {"Coding has no system. A code with no system has no defined meaning, and it cannot be "
       "validated. A system should be provided",
       "システムのないコードには決まった意味がありません。system を書いてください。", at});
}

Issue system_is_value_set(std::string_view system, const std::string& at) {
  return invalid_data(
      Severity::error,
      {fmt::format("The Coding references a value set, not a code system ('{}')", system),
       fmt::format("「{}」は値セットで、コード体系ではありません。", system), at});
}

Issue system_is_local(const std::string& at) {
  return invalid_data(Severity::error,
                      {"Coding.system must be an absolute reference, not a local reference",
                       "system は絶対 URI でなければなりません。", at});
}

Issue system_is_supplement(std::string_view system, std::string_view canonical,
                           const std::string& at) {
  return invalid_data(
      Severity::error,
      {fmt::format("CodeSystem {} is a supplement, so can't be used as a value in Coding.system",
                   canonical),
       fmt::format("「{}」は補足(supplement)なので、system には使えません。", system), at});
}

Issue system_has_no_content(std::string_view url, const std::string& at) {
  return not_found(
      {fmt::format("The CodeSystem '{}' has no content here, so the code cannot be validated", url),
       fmt::format("コード体系 {} の中身がここにないので、確かめられません。", url), at});
}

Issue unknown_system(std::string_view system, std::string_view version, const std::string& at) {
  return not_found(
      {version.empty()
           ? fmt::format("A definition for CodeSystem '{}' could not be found, so the code cannot "
                         "be validated",
                         system)
           : fmt::format("A definition for CodeSystem '{}' version '{}' could not be found, so the "
                         "code cannot be validated. No versions of this code system are known",
                         system, version),
       fmt::format("コード体系 {} はここにないので、確かめられません。", system), at});
}

Issue unknown_version(std::string_view url, std::string_view version,
                      const std::vector<std::string_view>& known, const std::string& at) {
  return not_found(
      {fmt::format("A definition for CodeSystem '{}' version '{}' could not be found, so the code "
                   "cannot be validated. Valid versions: {}",
                   url, version, fmt::join(known, " or ")),
       fmt::format("コード体系 {} の版 {} はありません。あるのは {} です。", url, version,
                   fmt::join(known, "、")),
       at});
}

Issue differing_version(const Part& part, std::string_view url, std::string_view given,
                        const std::string& at) {
  const bool is_open = part.version.empty() && !part.version_was_ruled;
  const std::string_view known = part.system != nullptr ? part.system->version() : part.version;
  std::string text;
  if (is_open)
    text = fmt::format(
        "The code system '{}' version '{}' for the versionless include in the ValueSet include "
        "is different to the one in the value ('{}')",
        url, known, given);
  else if (part.version_was_ruled)
    text = fmt::format(
        "The code system '{}' version '{}' resulting from the version '{}' in the ValueSet "
        "include is different to the one in the value ('{}')",
        url, part.ruled_version, part.version, given);
  else
    text = fmt::format(
        "The code system '{}' version '{}' in the ValueSet include is different to the one in "
        "the value ('{}')",
        url, part.version, given);
  return issue(
      is_open ? Severity::warning : Severity::error, "invalid", "vs-invalid",
      {std::move(text),
       fmt::format("値セットが使う {} の版は {} で、渡された版 {} と違います。", url, known, given),
       at});
}

Issue version_not_allowed(std::string_view url, std::string_view version, std::string_view required,
                          const std::string& at) {
  return issue(Severity::error, "exception", "version-error",
               {fmt::format("The version '{}' is not allowed for system '{}': required to be '{}' "
                            "by a version-check parameter",
                            version, url, required),
                fmt::format("{} は版 {} に限るという指定なので、版 {} は使えません。", url,
                            required, version),
                at});
}

Issue unknown_code(std::string_view code, std::string_view url, std::string_view version,
                   const std::string& at) {
  return invalid_code(
      Severity::error,
      {version.empty() ? fmt::format("Unknown code '{}' in the CodeSystem '{}'", code, url)
                       : fmt::format("Unknown code '{}' in the CodeSystem '{}' version '{}'", code,
                                     url, version),
       fmt::format("コード「{}」は {} にありません。", code, url), at});
}

Issue not_in_fragment(std::string_view code, std::string_view url, std::string_view version,
                      const std::string& at) {
  return invalid_code(
      Severity::warning,
      {fmt::format("Unknown Code '{}' in the CodeSystem '{}' version '{}' - note that the code "
                   "system is labeled as a fragment, so the code may be valid in some other "
                   "fragment",
                   code, url, version),
       fmt::format("コード「{}」は {} の手元にある部分にはありません。", code, url), at});
}

Issue against_grammar(std::string_view code, std::string_view url, std::string_view version,
                      const std::string& at) {
  return invalid_code(
      Severity::error,
      {fmt::format("Unknown code '{}' in the CodeSystem '{}' version '{}'", code, url, version),
       fmt::format("コード「{}」は {} の書き方に合いません。", code, url), at});
}

Issue grammar_says(std::string_view code, const std::string& why, const std::string& at) {
  return invalid_code(Severity::information,
                      {fmt::format("Error processing '{}': {}", code, why), why, at});
}

Issue differs_by_case(std::string_view code, std::string_view written, std::string_view canonical,
                      const std::string& at) {
  return rule(
      Severity::information,
      {fmt::format("The code '{}' differs from the correct code '{}' by case. Although the code "
                   "system '{}' is case insensitive, implementers are strongly encouraged to use "
                   "the correct case anyway",
                   code, written, canonical),
       fmt::format("コード「{}」の正しい書き方は「{}」です。", code, written), at});
}

Issue needs_review(std::string_view code, std::string_view status, const std::string& at) {
  return comment({fmt::format("The concept '{}' has a status of {} and its use should be reviewed",
                              code, status),
                  fmt::format("コード「{}」は使われなくなっています。", code), at});
}

Issue is_abstract(std::string_view code, const std::string& at) {
  return rule(Severity::error,
              {fmt::format("The concept '{}' is abstract, and may not be used here", code),
               fmt::format("「{}」は分類のためのコードで、ここには使えません。", code), at});
}

Issue is_not_active(std::string_view code, const std::string& at) {
  return rule(Severity::error,
              {fmt::format("The concept '{}' is valid but is not active", code),
               fmt::format("コード「{}」は正しいのですが、有効ではありません。", code), at});
}

Issue unknown_value_set(const Problem& problem) {
  return not_found({problem.message, fmt::format("値セット {} はここにありません。", problem.url)});
}

Issue cannot_be_asked(const Composed& set, const Problem& problem) {
  return issue(
      Severity::warning, "not-found", "vs-invalid",
      {fmt::format("Unable to check whether the code is in the value set '{}' because the code "
                   "system {} was not found",
                   set.canonical(), problem.url),
       fmt::format("コード体系 {} がここにないので、値セットに入るか確かめられません。",
                   problem.url)});
}

Issue marked_deprecated(const Composed& set, std::string_view code, std::string_view url,
                        const std::string& at) {
  return comment(
      {fmt::format("The presence of the concept '{}' in the system '{}' in the value set {} is "
                   "marked with a status of deprecated and its use should be reviewed",
                   code, url, set.canonical()),
       fmt::format("値セット {} は、コード「{}」をなくしていくものとしています。", set.url, code),
       at});
}

Issue cannot_infer(const Composed& set, std::string_view code,
                   const std::vector<std::string_view>& systems, const std::string& at) {
  std::string text =
      fmt::format("The System URI could not be determined for the code '{}' in the ValueSet '{}'",
                  code, set.canonical());
  if (!systems.empty())
    text +=
        fmt::format(": value set expansion has multiple matches: [{}]", fmt::join(systems, ", "));
  return issue(Severity::error, "not-found", "cannot-infer",
               {std::move(text),
                fmt::format("コード「{}」がどのコード体系のものか決まりません。", code), at});
}

}  // namespace tasuki::fhir::terminology::said
