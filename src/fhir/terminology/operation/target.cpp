#include "fhir/terminology/operation/target.h"

#include <fmt/core.h>

namespace tasuki::fhir::terminology {

std::expected<TargetSet, Reply> target_set(const Scope& scope, const Ask& ask) {
  TargetSet out;
  if (const Ask::Given* given = ask.find("valueSet"); given && given->resource != nullptr) {
    out.resource = given->resource;
  } else {
    std::string canonical(ask.text("url"));
    if (canonical.empty())
      return std::unexpected(
          refused(Error::Kind::invalid,
                  {.code = "required",
                   .kind = {},
                   .text = "Say which value set: url, or valueSet with the resource itself.",
                   .ja = "どの値セットか、url か valueSet で示してください。",
                   .expression = {}},
                  scope.is_japanese()));
    std::string_view version = ask.text("valueSetVersion");
    if (version.empty() && !canonical.contains('|'))
      version = VersionRules::find(scope.rules.value_sets, canonical);
    if (!version.empty() && !canonical.contains('|')) canonical += fmt::format("|{}", version);
    const Kept* kept = scope.terms->value_set(canonical);
    if (kept == nullptr)
      return std::unexpected(refused(
          Error::Kind::not_found,
          {.code = "not-found",
           .kind = "not-found",
           .text = fmt::format("A definition for the value Set '{}' could not be found", canonical),
           .ja = fmt::format("値セット {} はここにありません。", canonical),
           .expression = {}},
          scope.is_japanese()));
    out.resource = &kept->resource();
    if (scope.rules.empty()) out.composed = &scope.terms->composed(*kept);
  }
  if (out.composed == nullptr) {
    out.own = compose(*out.resource, {*scope.terms, scope.rules});
    out.composed = out.own.get();
  }
  if (auto reply = broken(scope, *out.composed)) return std::unexpected(*std::move(reply));
  return out;
}

std::optional<Reply> broken(const Scope& scope, const Composed& set) {
  for (const Problem& problem : set.problems) {
    using enum Problem::Kind;
    Issue issue{.code = "invalid",
                .kind = "vs-invalid",
                .text = problem.message,
                .ja = "値セットの定義に誤りがあります。",
                .expression = problem.place};
    switch (problem.kind) {
      case broken_filter:
        return refused(Error::Kind::invalid, issue, scope.is_japanese());
      case circular:
        issue.code = "processing";
        issue.ja = "値セットが互いを含んで輪になっています。";
        return refused(Error::Kind::invalid, issue, scope.is_japanese());
      case too_costly:
        issue.code = "too-costly";
        issue.kind = {};
        return refused(Error::Kind::too_costly, issue, scope.is_japanese());
      case unknown_supplement:
        issue.code = "not-found";
        issue.kind = "not-found";
        issue.ja = fmt::format("必要な補足 {} がここにありません。", problem.url);
        return refused(Error::Kind::not_found, issue, scope.is_japanese());
      default:
        break;
    }
  }
  return std::nullopt;
}

}  // namespace tasuki::fhir::terminology
