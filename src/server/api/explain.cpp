#include "server/api/explain.h"

#include <algorithm>

#include "json/print.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {

bool asks_to_explain(std::string_view query) {
  return std::ranges::any_of(parameters_of(query), [](const Parameter& one) {
    return one.name == "_explain" && one.value == "true";
  });
}

// A part for each list, index or row read: what of the question, how, expected, looked at.
Reply explain(Call& call, const fhir::search::Query& query) {
  const auto steps = TRY(call.session.explain(query));
  std::string text = R"({"resourceType":"Parameters","parameter":[{"name":"query","valueString":)";
  json::print_string(query.self, text);
  text += '}';
  for (const record::SearchStep& step : steps) {
    text += R"(,{"name":"step","part":[{"name":"part","valueString":)";
    json::print_string(step.part.empty() ? std::string_view("criteria") : step.part, text);
    text += R"(},{"name":"by","valueString":)";
    json::print_string(step.by, text);
    text += '}';
    if (step.expected)
      text += fmt::format(R"(,{{"name":"expected","valueDecimal":{}}})", *step.expected);
    text += fmt::format(R"(,{{"name":"lookedAt","valueDecimal":{}}}]}})", step.looked_at);
  }
  return Answer{.done = Answer::Done::ok, .body = text + "]}"};
}

}  // namespace tasuki::server::api
