// $reindex: how far the stored resources are indexed under search parameters that were added while
// the program runs. The work itself begins when a SearchParameter is written; nothing has to ask
// for it.
#include "json/print.h"
#include "server/api/operation/operation.h"

namespace tasuki::server::api {
namespace {

void add_part(std::string& text, std::string_view name, std::string_view kind,
              std::string_view value) {
  text += fmt::format(R"(,{{"name":"{}","{}":)", name, kind);
  json::print_string(value, text);
  text += '}';
}

}  // namespace

Reply reindex(Call& call, const Input&) {
  std::string text = R"({"resourceType":"Parameters")";
  std::string_view separator = R"(,"parameter":[)";
  for (const auto& state : call.session.added_parameters()) {
    text += fmt::format(R"({}{{"name":"parameter","part":[{{"name":"percent","valueInteger":{}}})",
                        separator, state.percent);
    add_part(text, "url", "valueUri", state.url);
    add_part(text, "code", "valueCode", state.code);
    for (const auto& base : state.bases)
      add_part(text, "base", "valueCode", base);
    text += fmt::format(R"(,{{"name":"ready","valueBoolean":{}}}]}})", state.is_ready);
    separator = ",";
  }
  if (separator == ",") text += ']';
  return Answer{.done = Answer::Done::ok, .body = text + "}"};
}

}  // namespace tasuki::server::api
