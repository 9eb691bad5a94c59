// $graphql on the system or on one resource: reads alone. FHIR R4 graphql.html,
// operation-resource-graphql.html
//
// Everything is read and searched through the session, so that consent, audit and the costs of a
// search are those of REST. The answer is GraphQL's own JSON, with status 200 also where it tells
// of errors, as GraphQL over HTTP has it for application/json.
#include "fhir/graphql/execute.h"

#include <deque>

#include "fhir/search/query.h"
#include "json/parse.h"
#include "server/api/operation/operation.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

namespace graphql = fhir::graphql;

class SessionSource final : public graphql::Source {
 public:
  explicit SessionSource(Call& call) : call_(call) {}

  Result<std::optional<json::Value>> read(fhir::TypeId type, std::string_view id) override {
    const std::string name = fmt::format("{}/{}", call_.definitions.name(type), id);
    if (const auto known = read_.find(name); known != read_.end()) return known->second;
    std::optional<json::Value> value;
    auto resource = call_.session.read(type, id);
    if (resource) {
      value = TRY(kept(resource->body));
    } else if (!is_hidden(resource.error().kind)) {
      return std::move(resource).error();
    }
    read_.emplace(name, value);
    return value;
  }

  Result<Found> search(fhir::TypeId type, const Parameters& parameters, bool with_total) override {
    std::string text;
    for (const auto& [name, value] : parameters)
      text += (text.empty() ? "" : "&") + percent_encoded(name) + "=" + percent_encoded(value);
    auto query = TRY(fhir::search::parse(call_.definitions, type, text));
    if (with_total) query.total = fhir::search::Total::accurate;
    query.count =
        std::min(query.count.value_or(call_.settings.count_default), call_.settings.count_max);
    const record::SearchResult result = TRY(call_.session.search(query));
    Found found{.resources = {}, .total = result.total, .next = result.next};
    for (const record::Resource& match : result.matches)
      found.resources.push_back(TRY(kept(match.body)));
    return found;
  }

  std::string local(std::string_view reference) const override {
    if (reference.starts_with(call_.base)) reference.remove_prefix(call_.base.size());
    const auto target = parse_target(call_.definitions, reference);
    const bool known = !reference.contains(':') && target &&
                       (target->shape == Shape::instance || target->shape == Shape::version);
    return known ? target->type_name + "/" + target->id : std::string();
  }

  Result<json::Value> kept(std::string_view body) {
    documents_.push_back(TRY(json::parse(body)));
    return documents_.back().root;
  }

 private:
  // What may not be seen answers like what is not there.
  static bool is_hidden(Error::Kind kind) {
    return kind == Error::Kind::not_found || kind == Error::Kind::gone ||
           kind == Error::Kind::forbidden || kind == Error::Kind::invalid;
  }

  Call& call_;
  std::deque<json::Document> documents_;
  std::map<std::string, std::optional<json::Value>> read_;
};

// As JSON text in a URL, as an object in a JSON body.
Result<const json::Value*> variables_of(const Input& input, json::Document& parsed) {
  const Given* given = input.find("variables");
  if (given == nullptr || (given->value != nullptr && given->value->is_null())) return nullptr;
  if (given->value != nullptr && given->value->is_object()) return given->value;
  parsed = TRY(json::parse(given->text));
  if (parsed.root.is_object()) return &parsed.root;
  return Error{Error::Kind::invalid, "variables is a JSON object.", "variables"};
}

}  // namespace

Reply graphql_query(Call& call, const Input& input) {
  SessionSource source(call);
  graphql::Request request;
  request.query = call.media == "application/graphql" ? std::string(call.content)
                                                      : input.text("query").value_or("");
  request.operation = input.text("operationName").value_or("");
  json::Document parsed;
  const auto variables = variables_of(input, parsed);
  std::string text;
  if (request.query.empty()) {
    text = graphql::refusal({Error::Kind::invalid,
                             "There is no query: GET ...$graphql?query={...}, or POST it as "
                             "application/graphql or {\"query\": \"...\"}.",
                             "query"});
  } else if (!variables) {
    text = graphql::refusal(variables.error());
  } else {
    request.variables = *variables;
    if (!call.target.id.empty()) {
      const record::Resource resource =
          call.target.version > 0 ? TRY(call.session.read_version(call.target.type, call.target.id,
                                                                  call.target.version))
                                  : TRY(call.session.read(call.target.type, call.target.id));
      request.instance = graphql::Instance{resource.type, TRY(source.kept(resource.body))};
    }
    text = graphql::answer(call.definitions, source, request);
  }
  return Answer{.done = Answer::Done::ok, .body = std::move(text), .media = "application/json"};
}

}  // namespace tasuki::server::api
