#include "server/api/routes.h"

#include <algorithm>

#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

// clang-format off
constexpr Route route_table[] = {
    {"GET",    Shape::metadata,         capability,      ""},
    {"GET",    Shape::openapi,          openapi,         ""},
    {"POST",   Shape::system,           bundle,          ""},
    {"GET",    Shape::system,           search,          "search-system"},
    {"GET",    Shape::system_search,    search,          ""},
    {"POST",   Shape::system_search,    search,          ""},
    {"GET",    Shape::system_history,   history,         "history-system"},
    {"POST",   Shape::type,             create,          "create"},
    {"GET",    Shape::type,             search,          "search-type"},
    {"GET",    Shape::type_search,      search,          ""},
    {"POST",   Shape::type_search,      search,          ""},
    {"PUT",    Shape::type,             update_matching, ""},
    {"PATCH",  Shape::type,             patch_matching,  ""},
    {"DELETE", Shape::type,             remove_matching, ""},
    {"GET",    Shape::type_history,     history,         "history-type"},
    {"GET",    Shape::instance,         read,            "read"},
    {"PUT",    Shape::instance,         update,          "update"},
    {"PATCH",  Shape::instance,         patch,           "patch"},
    {"DELETE", Shape::instance,         remove,          "delete"},
    {"GET",    Shape::instance_history, history,         "history-instance"},
    {"GET",    Shape::version,          read_version,    "vread"},
    {"GET",    Shape::compartment,        search,          ""},
    {"GET",    Shape::compartment_search, search,          ""},
    {"POST",   Shape::compartment_search, search,          ""},
    {"GET",    Shape::system_operation,   read_operation,  ""},
    {"POST",   Shape::system_operation,   write_operation, ""},
    {"GET",    Shape::type_operation,     read_operation,  ""},
    {"POST",   Shape::type_operation,     write_operation, ""},
    {"GET",    Shape::instance_operation, read_operation,  ""},
    {"POST",   Shape::instance_operation, write_operation, ""},
};
// clang-format on

Problem not_allowed(std::string_view method, Shape shape) {
  Problem problem(Refusal::method_not_allowed,
                  fmt::format("{} is not served on this URL.", utf8::head(method, 16)), "method");
  for (const Route& route : route_table)
    if (route.shape == shape) problem.allowed.push_back(route.method);
  return problem;
}

// http.html "Rejecting Updates": 422 where the content breaks FHIR's rules, with every finding.
Problem explained(const Call& call, Problem problem) {
  const bool conditional = !call.if_match.empty() || !call.if_none_exist.empty() ||
                           call.if_none_match == "*" ||
                           (call.target.shape == Shape::type && !call.query.empty());
  if (problem.error.kind == Error::Kind::conflict && conditional)
    problem.refusal = Refusal::precondition;
  if (problem.error.kind != Error::Kind::invalid || call.session.findings().empty()) return problem;
  problem.refusal = Refusal::unprocessable;
  problem.findings = call.session.findings();
  return problem;
}

}  // namespace

std::span<const Route> routes() {
  return route_table;
}

Reply perform(std::string_view method, Call& call) {
  const auto route = std::find_if(
      std::begin(route_table), std::end(route_table),
      [&](const Route& each) { return each.method == method && each.shape == call.target.shape; });
  if (route == std::end(route_table)) return not_allowed(method, call.target.shape);
  if (auto text = percent_decoded(call.query); !text) return std::move(text).error();
  Reply reply = route->run(call);
  if (reply || route->run == bundle) return reply;
  return explained(call, std::move(reply).error());
}

}  // namespace tasuki::server::api
