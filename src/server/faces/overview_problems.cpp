// Dangers and diagnoses.
#include <algorithm>

#include "server/faces/overview_parts.h"

namespace tasuki::server::faces {
namespace {

bool is_over(const json::Value& resource) {
  const json::Value* status = resource.find("clinicalStatus");
  return has_code(status, "inactive") || has_code(status, "resolved") ||
         has_code(status, "remission");
}

bool is_danger(const json::Value& allergy) {
  if (allergy.text_of("criticality") == "high") return true;
  const json::Value* reactions = allergy.find("reaction");
  if (reactions == nullptr) return false;
  return std::any_of(
      reactions->items().begin(), reactions->items().end(),
      [](const json::Value& reaction) { return reaction.text_of("severity") == "severe"; });
}

// A drug that must not be given is 禁忌; anything else is an allergy to know of.
std::string_view label_of(const json::Value& allergy, bool danger) {
  const json::Value* categories = allergy.find("category");
  const bool drug =
      categories != nullptr &&
      std::any_of(categories->items().begin(), categories->items().end(),
                  [](const json::Value& category) { return category.text() == "medication"; });
  if (danger && drug) return "禁忌";
  return allergy.text_of("type") == "intolerance" ? "注意" : "アレルギー";
}

// "アナフィラキシー(2019)"
std::string detail_of(const ChartItem& item) {
  const json::Value& allergy = item.resource();
  std::string detail(concept_text(value_at(allergy, {"reaction", "manifestation"})));
  if (detail.empty()) detail = text_at(allergy, {"reaction", "description"});
  if (detail.empty()) detail = text_at(allergy, {"note", "text"});
  const std::string onset = day_of(allergy.text_of("onsetDateTime"));
  const std::string year = onset.empty() ? item.day.substr(0, 4) : onset.substr(0, 4);
  if (detail.empty() || year.empty()) return detail;
  return fmt::format("{}({})", detail, year);
}

}  // namespace

void write_cautions(const Chart& chart, Text& text) {
  text.name("cautions").array();
  for (const bool danger : {true, false}) {
    for (const ChartItem& item : chart.allergies) {
      const json::Value& allergy = item.resource();
      if (is_danger(allergy) != danger || is_over(allergy) ||
          has_code(allergy.find("verificationStatus"), "refuted"))
        continue;
      text.object()
          .member("level", std::string_view(danger ? "danger" : "warn"))
          .member("label", label_of(allergy, danger));
      text.member("text", concept_text(allergy.find("code"))).member("detail", detail_of(item));
      text.member("facility", item.facility).member("reference", item.reference).end();
    }
  }
  text.end();
}

void write_problems(const Chart& chart, Text& text) {
  text.name("problems").array();
  for (const ChartItem& item : chart.problems) {
    const json::Value& problem = item.resource();
    const json::Value* verification = problem.find("verificationStatus");
    if (has_code(verification, "refuted")) continue;
    const bool suspected = has_code(verification, "provisional") ||
                           has_code(verification, "unconfirmed") ||
                           has_code(verification, "differential");
    std::string end = day_of(problem.text_of("abatementDateTime"));
    if (end.empty()) end = day_of(text_at(problem, {"abatementPeriod", "end"}));
    text.object()
        .member("text", concept_text(problem.find("code")))
        .member_or_null("start", item.day)
        .member_or_null("end", end);
    text.member("suspected", suspected)
        .member("facility", item.facility)
        .member("reference", item.reference)
        .end();
  }
  text.end();
}

}  // namespace tasuki::server::faces
