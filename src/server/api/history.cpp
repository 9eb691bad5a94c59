// Versions of one resource, of a type or of everything, newest first. FHIR R4 http.html#history
#include <charconv>

#include "base/utf8.h"
#include "server/api/bundle.h"
#include "server/api/call.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

template <class Number>
Result<Number> parse_number(const Parameter& parameter) {
  Number number = 0;
  const char* const end = parameter.value.data() + parameter.value.size();
  const auto [stopped, failure] = std::from_chars(parameter.value.data(), end, number);
  if (failure != std::errc() || stopped != end || parameter.value.empty())
    return Error{Error::Kind::invalid, fmt::format("{} must be a whole number.", parameter.name),
                 parameter.name};
  return number;
}

Result<Instant> parse_since(const Parameter& parameter) {
  // A '+' of the time zone that was not percent-encoded has become a space.
  std::string text = parameter.value;
  std::replace(text.begin(), text.end(), ' ', '+');
  const auto since = parse_instant(text);
  if (!since)
    return Error{Error::Kind::invalid,
                 "_since must be an instant such as 2026-11-23T10:15:00+09:00.", "_since"};
  return *since;
}

Result<record::HistoryRequest> parse_request(const Call& call) {
  record::HistoryRequest request;
  if (call.target.type != fhir::no_type) request.type = call.target.type;
  request.id = call.target.id;
  request.count = call.settings.count_default;
  for (const Parameter& parameter : parameters_of(call.query)) {
    if (parameter.name == "_count") {
      request.count =
          std::clamp(TRY(parse_number<size_t>(parameter)), size_t{1}, call.settings.count_max);
    } else if (parameter.name == "_since") {
      request.since = TRY(parse_since(parameter));
    } else if (parameter.name == "_cursor") {
      request.before = TRY(parse_number<uint64_t>(parameter));
    } else {
      return Error{
          Error::Kind::invalid,
          fmt::format(
              "History does not know the parameter \"{}\"; it knows _count, _since and _cursor.",
              utf8::head(parameter.name, 64)),
          std::string(utf8::head(parameter.name, 64))};
    }
  }
  return request;
}

std::string history_url(const Call& call, std::string_view query) {
  std::string url(call.base);
  if (!call.target.type_name.empty()) url += "/" + call.target.type_name;
  if (!call.target.id.empty()) url += "/" + call.target.id;
  url += "/_history";
  if (!query.empty()) {
    url += '?';
    url += query;
  }
  return url;
}

}  // namespace

Reply history(Call& call) {
  const record::HistoryRequest request = TRY(parse_request(call));
  const record::HistoryResult result = TRY(call.session.history(request));
  BundleText bundle("history", call.base);
  // What is whole on one page is counted by looking at it.
  const bool is_whole = !result.next && !request.before && !request.since;
  if (result.total || is_whole) bundle.total(result.total.value_or(result.versions.size()));
  bundle.link("self", history_url(call, call.query));
  if (result.next) {
    std::string next = without(call.query, {"_cursor"});
    if (!next.empty()) next += '&';
    bundle.link("next", history_url(call, next + "_cursor=" + std::to_string(*result.next)));
  }
  for (const record::Resource& version : result.versions)
    bundle.history(call.definitions.name(version.type), version);
  return Answer{.done = Answer::Done::ok, .body = bundle.end()};
}

}  // namespace tasuki::server::api
