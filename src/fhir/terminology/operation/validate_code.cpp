// $validate-code on ValueSet and CodeSystem. FHIR R4 valueset-operation-validate-code.html,
// codesystem-operation-validate-code.html
#include <algorithm>

#include <fmt/core.h>

#include "fhir/terminology/operation/judge.h"
#include "fhir/terminology/operation/operation.h"
#include "fhir/terminology/operation/target.h"
#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

Issue nothing_to_check() {
  return {.code = "invalid",
          .kind = {},
          .text =
              "Unable to find code to validate (looked for coding | codeableConcept | "
              "code+system | code+inferSystem in parameters",
          .ja =
              "確かめるコードがありません。coding、codeableConcept、または code と system "
              "を渡してください。",
          .expression = {}};
}

Subject subject_of(const json::Value& coding) {
  return {.system = coding.text_of("system"),
          .version = coding.text_of("version"),
          .code = coding.text_of("code"),
          .display = coding.text_of("display")};
}

class Answer {
 public:
  explicit Answer(bool japanese) : japanese_(japanese) {}

  // What was found out about the code that stands for the whole.
  void state(const Judged& judged, bool with_code, bool with_display) {
    if (with_code && !judged.code.empty()) text_.add("code", "valueCode", judged.code);
    if (with_display && !judged.display.empty())
      text_.add("display", "valueString", judged.display);
    if (judged.inactive) text_.add("inactive", true);
    if (!judged.normalized.empty()) text_.add("normalized-code", "valueCode", judged.normalized);
    if (judged.inactive && !judged.status.empty() && judged.status != "inactive")
      text_.add("status", "valueString", judged.status);
    if (with_code && !judged.system.empty()) text_.add("system", "valueUri", judged.system);
    if (with_display && !judged.version.empty())
      text_.add("version", "valueString", judged.version);
  }
  void unknown(const Judged& judged) {
    for (const std::string& one : judged.unknown_systems)
      text_.add("x-unknown-system", "valueCanonical", one);
    for (const std::string& one : judged.caused_by)
      text_.add("x-caused-by-unknown-system", "valueCanonical", one);
  }
  void concept_given(const json::Value& concept_value) {
    text_.add_json("codeableConcept", "valueCodeableConcept", json::print(concept_value));
  }

  Reply done(const std::vector<Issue>& issues) && {
    std::string message;
    bool result = true;
    for (const Issue& issue : issues) {
      const bool is_error = issue.severity == Issue::Severity::error;
      result = result && !is_error;
      if (issue.kind == "this-code-not-in-vs" || issue.kind == "status-check") continue;
      if (!message.empty()) message += "; ";
      message += japanese_ && !issue.ja.empty() ? issue.ja : issue.text;
    }
    text_.add("result", result);
    if (!message.empty()) text_.add("message", "valueString", message);
    if (!issues.empty()) text_.add_resource("issues", outcome_of(issues, japanese_));
    return {.body = std::move(text_).done(), .refused = std::nullopt};
  }

 private:
  ParametersText text_;
  bool japanese_;
};

JudgeOptions options_of(const Ask& ask) {
  return {.is_part_of_concept = false,
          .display_is_lenient = ask.truth("lenient-display-validation").value_or(false),
          .membership_only = ask.truth("valueset-membership-only").value_or(false),
          .active_only = ask.truth("activeOnly").value_or(false),
          .abstract_is_allowed = ask.truth("abstract").value_or(true)};
}

void sort_by_weight(std::vector<Issue>& issues) {
  std::ranges::stable_sort(issues, {}, &Issue::severity);
}

class Validation {
 public:
  Validation(const Scope& scope, const Ask& ask, const Composed* set, const json::Value* resource)
      : scope_(scope), ask_(ask), set_(set), resource_(resource) {}

  Reply run(std::string_view system_of_url) {
    if (const Ask::Given* given = ask_.find("coding"); given && given->value)
      return one(subject_of(*given->value), Places::of_coding());
    if (const Ask::Given* given = ask_.find("codeableConcept"); given && given->value)
      return many(*given->value);
    return by_parameters(system_of_url);
  }

 private:
  Reply by_parameters(std::string_view system_of_url) {
    Subject subject{.system = ask_.text("system"),
                    .version = ask_.text("systemVersion"),
                    .code = ask_.text("code"),
                    .display = ask_.text("display")};
    if (subject.version.empty()) subject.version = ask_.text("version");
    if (set_ == nullptr && subject.system.empty()) subject.system = system_of_url;
    if (subject.code.empty()) return refused(Error::Kind::invalid, nothing_to_check(), japanese());
    if (!subject.system.empty()) return one(subject, Places::of_parameters());
    // R4's `context` and code elements: the value set itself says the system.
    const bool infers = ask_.truth("inferSystem").value_or(ask_.find("context") != nullptr);
    if (set_ == nullptr || !infers)
      return refused(Error::Kind::invalid, nothing_to_check(), japanese());
    const Judge judge(scope_, set_, resource_, options_of(ask_));
    const auto system = judge.infer_system(subject.code, "code");
    if (system) {
      subject.system = *system;
      return one(subject, Places::of_parameters());
    }
    Judged judged;
    judged.code = subject.code;
    judged.issues.push_back(system.error());
    judged.issues.push_back(
        {.code = "code-invalid",
         .kind = "not-in-vs",
         .text = fmt::format("The provided code '#{}' was not found in the value set '{}'",
                             subject.code, set_->canonical()),
         .ja = fmt::format("コード「{}」は値セット {} にありません。", subject.code, set_->url),
         .expression = "code"});
    return answer(judged);
  }

  Reply one(const Subject& subject, const Places& places) {
    if (subject.code.empty()) return refused(Error::Kind::invalid, nothing_to_check(), japanese());
    const Judge judge(scope_, set_, resource_, options_of(ask_));
    Judged judged = judge.judge(subject, places);
    if (judged.is_in)
      judge.add_status_checks(scope_.terms->code_system(judged.system, judged.version),
                              judged.issues);
    return answer(judged);
  }

  Reply answer(Judged& judged) {
    sort_by_weight(judged.issues);
    Answer out(japanese());
    out.state(judged, true, true);
    out.unknown(judged);
    return std::move(out).done(judged.issues);
  }

  // Right where one of the codings is in the value set and nothing is wrong with any.
  Reply many(const json::Value& concept_value) {
    const json::Value* codings = concept_value.find("coding");
    if (codings == nullptr || codings->size() == 0)
      return refused(Error::Kind::invalid, nothing_to_check(), japanese());
    JudgeOptions options = options_of(ask_);
    options.is_part_of_concept = set_ != nullptr;
    const Judge judge(scope_, set_, resource_, options);
    std::vector<Judged> all;
    for (size_t i = 0; i < codings->size(); ++i)
      all.push_back(judge.judge(subject_of(codings->items()[i]), Places::of_concept(i)));
    std::vector<Issue> issues;
    const Judged* right = nullptr;
    for (const Judged& judged : all) {
      std::ranges::copy(judged.issues, std::back_inserter(issues));
      if (judged.is_in && right == nullptr) right = &judged;
    }
    if (right == nullptr) none_is_in(all, issues);
    if (right != nullptr)
      judge.add_status_checks(scope_.terms->code_system(right->system, right->version), issues);
    sort_by_weight(issues);
    Answer out(japanese());
    if (right != nullptr)
      out.state(*right, true, true);
    else if (is_version_missing(all))
      out.state(all.front(), false, true);
    out.concept_given(concept_value);
    for (const Judged& judged : all)
      out.unknown(judged);
    return std::move(out).done(issues);
  }

  // The code is known, only not whether the value set means this version of its system.
  bool is_version_missing(const std::vector<Judged>& all) const {
    if (all.front().is_decided || set_ == nullptr) return false;
    return std::ranges::none_of(set_->problems, [](const Problem& problem) {
      return problem.kind == Problem::Kind::unknown_value_set;
    });
  }

  void none_is_in(const std::vector<Judged>& all, std::vector<Issue>& issues) const {
    if (set_ == nullptr) return;
    for (const Problem& problem : set_->problems)
      if (problem.kind == Problem::Kind::unknown_value_set) {
        issues.push_back({.code = "not-found",
                          .kind = "not-found",
                          .text = problem.message,
                          .ja = fmt::format("値セット {} はここにありません。", problem.url),
                          .expression = {}});
        return;
      }
    if (std::ranges::none_of(all, &Judged::is_decided)) return;
    issues.push_back(
        {.code = "code-invalid",
         .kind = "not-in-vs",
         .text = fmt::format("No valid coding was found for the value set '{}'", set_->canonical()),
         .ja = fmt::format("値セット {} に入るコードがありません。", set_->url),
         .expression = {}});
  }

  bool japanese() const { return scope_.is_japanese(); }

  const Scope& scope_;
  const Ask& ask_;
  const Composed* set_;
  const json::Value* resource_;
};

}  // namespace

Reply validate_code_in_value_set(const Snapshot& terms, const Ask& ask) {
  const auto scope = Scope::of(terms, ask);
  if (!scope) return scope.error();
  const auto target = target_set(*scope, ask);
  if (!target) return target.error();
  return Validation(*scope, ask, target->composed, target->resource).run({});
}

Reply validate_code_in_system(const Snapshot& terms, const Ask& ask) {
  const auto scope = Scope::of(terms, ask);
  if (!scope) return scope.error();
  std::string_view url = ask.text("url");
  if (const Ask::Given* given = ask.find("codeSystem"); url.empty() && given && given->resource)
    url = given->resource->text_of("url");
  return Validation(*scope, ask, nullptr, nullptr).run(url);
}

Reply batch_validate_code(const Snapshot& terms, const Ask& ask) {
  const auto scope = Scope::of(terms, ask);
  if (!scope) return scope.error();
  ParametersText out;
  for (const Ask::Given& one : ask.all()) {
    if (one.name != "validation" || one.resource == nullptr) continue;
    Ask inner = Ask::of(*one.resource);
    inner.add_missing(ask);
    inner.accept_language = ask.accept_language;
    const bool has_set = inner.find("url") != nullptr || inner.find("valueSet") != nullptr;
    const Reply reply =
        has_set ? validate_code_in_value_set(terms, inner) : validate_code_in_system(terms, inner);
    out.add_resource("validation", reply.body);
  }
  return {.body = std::move(out).done(), .refused = std::nullopt};
}

}  // namespace tasuki::fhir::terminology
