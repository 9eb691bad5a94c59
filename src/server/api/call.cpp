#include "server/api/call.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "base/utf8.h"
#include "fhir/search/compartment.h"

namespace tasuki::server::api {
namespace {

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    if (slash != 0) segments.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  return segments;
}

// What a message may repeat of the input: bounded.
std::string_view shown(std::string_view text) {
  return utf8::head(text, 64);
}

Error unknown_type(const fhir::Definitions& definitions, std::string_view name) {
  std::vector<std::string_view> names;
  for (const fhir::TypeId type : definitions.resource_types())
    names.push_back(definitions.name(type));
  return {Error::Kind::not_found,
          fmt::format("There is no resource type \"{}\"; the nearest is \"{}\".", shown(name),
                      fhir::nearest(name, names)),
          "url"};
}

Error unknown_path(std::string_view what) {
  return {Error::Kind::not_found,
          fmt::format("\"{}\" is not served here. GET [base]/metadata lists what is.", shown(what)),
          "url"};
}

Result<uint32_t> parse_version(std::string_view text) {
  uint32_t version = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failure != std::errc() || end != text.data() + text.size() || version == 0)
    return Error{Error::Kind::not_found,
                 fmt::format("\"{}\" is not a version: versions are 1, 2, 3 ...", shown(text)),
                 "url"};
  return version;
}

// "$everything"; some clients encode the $. Empty: not an operation's name.
std::string_view operation_name(std::string_view segment) {
  if (segment.starts_with('$')) return segment.substr(1);
  if (segment.starts_with("%24")) return segment.substr(3);
  return {};
}

Target operation_on(Target target, Shape shape, std::string_view name) {
  target.shape = shape;
  target.operation = name;
  return target;
}

bool is_member(const fhir::Definitions& definitions, std::string_view word) {
  return word == "*" || definitions.resource_type(word);
}

// "/Patient/1/Observation", also with "/_search". search.html#compartments
Result<Target> compartment_target(const fhir::Definitions& definitions,
                                  std::span<const std::string_view> segments, Target target) {
  const auto known = fhir::search::compartment_types();
  if (std::find(known.begin(), known.end(), target.type_name) == known.end())
    return Error{Error::Kind::not_found,
                 fmt::format("{} has no compartment; Device, Encounter, Patient, Practitioner and "
                             "RelatedPerson have.",
                             target.type_name),
                 "url"};
  const bool is_form = segments.size() == 4 && segments[3] == "_search";
  if (segments.size() > 3 && !is_form) return unknown_path(segments[3]);
  target.shape = is_form ? Shape::compartment_search : Shape::compartment;
  target.member_name = segments[2];
  target.member = definitions.resource_type(segments[2]).value_or(fhir::no_type);
  if (target.member == fhir::no_type || target.member == target.type) return target;
  if (!fhir::search::compartment_links(definitions, target.type, target.member).empty())
    return target;
  return Error{Error::Kind::not_found,
               fmt::format("{} resources are never in the compartment of a {}.", target.member_name,
                           target.type_name),
               "url"};
}

Result<Target> parse_system(std::string_view word) {
  if (const auto name = operation_name(word); !name.empty())
    return operation_on({}, Shape::system_operation, name);
  if (word == "metadata") return Target{.shape = Shape::metadata};
  if (word == "openapi.json") return Target{.shape = Shape::openapi};
  if (word == "_history") return Target{.shape = Shape::system_history};
  if (word == "_search") return Target{.shape = Shape::system_search};
  return unknown_path(word);
}

}  // namespace

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!letter && c != '-' && c != '.') return false;
  }
  return true;
}

Result<Target> parse_target(const fhir::Definitions& definitions, std::string_view path) {
  const auto segments = segments_of(path);
  if (segments.empty()) return Target{};
  const std::string_view first = segments[0];
  if (first == "metadata" || first == "openapi.json" || first.starts_with('_') ||
      !operation_name(first).empty())
    return segments.size() == 1 ? parse_system(first) : unknown_path(path);

  const auto type = definitions.resource_type(first);
  if (!type) return unknown_type(definitions, first);
  Target target{.shape = Shape::type, .type = *type, .type_name = std::string(first)};
  if (segments.size() == 1) return target;

  const std::string_view second = segments[1];
  if (const auto name = operation_name(second); !name.empty() && segments.size() == 2)
    return operation_on(target, Shape::type_operation, name);
  if (second.starts_with('_') || second.starts_with('$')) {
    if (segments.size() > 2) return unknown_path(path);
    if (second != "_search" && second != "_history") return unknown_path(second);
    target.shape = second == "_search" ? Shape::type_search : Shape::type_history;
    return target;
  }
  if (!is_id(second))
    return Error{
        Error::Kind::invalid,
        fmt::format("\"{}\" cannot be an id: 1 to 64 letters, digits, '-' and '.'.", shown(second)),
        "url"};
  target.id = second;
  target.shape = Shape::instance;
  if (segments.size() == 2) return target;
  if (is_member(definitions, segments[2])) return compartment_target(definitions, segments, target);
  const auto name = operation_name(segments.back());
  if (!name.empty() && segments.size() == 3)
    return operation_on(target, Shape::instance_operation, name);
  if (segments[2] != "_history" || segments.size() > (name.empty() ? 4U : 5U))
    return unknown_path(path);
  target.shape = Shape::instance_history;
  if (segments.size() == 3) return target;
  target.version = TRY(parse_version(segments[3]));
  target.shape = Shape::version;
  if (segments.size() == 5) return operation_on(target, Shape::instance_operation, name);
  return target;
}

Result<uint32_t> parse_etag(std::string_view text) {
  std::string_view number = text;
  if (number.starts_with("W/")) number.remove_prefix(2);
  if (number.size() >= 2 && number.starts_with('"') && number.ends_with('"'))
    number = number.substr(1, number.size() - 2);
  uint32_t version = 0;
  const auto [end, failure] =
      std::from_chars(number.data(), number.data() + number.size(), version);
  if (number.empty() || failure != std::errc() || end != number.data() + number.size())
    return Error{Error::Kind::invalid,
                 fmt::format("If-Match \"{}\" is not a version tag such as W/\"3\".", shown(text)),
                 "If-Match"};
  return version;
}

Answer written(const Call& call, record::Resource resource) {
  Answer answer{.done = resource.created ? Answer::Done::created : Answer::Done::ok,
                .located = true};
  if (call.prefer == Return::unsaid || call.prefer == Return::representation)
    answer.body = std::move(resource.body);
  if (call.prefer == Return::outcome)
    answer.body =
        R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational",)"
        R"("details":{"text":"保存しました。"},"diagnostics":"Stored."}]})";
  answer.stamped = std::move(resource);
  return answer;
}

Result<void> check_type(const Call& call) {
  const std::string_view stated = call.resource->text_of("resourceType");
  if (stated.empty())
    return Error{
        Error::Kind::invalid,
        fmt::format("The body says no resourceType; expected \"{}\".", call.target.type_name),
        call.target.type_name};
  if (stated != call.target.type_name)
    return Error{
        Error::Kind::invalid,
        fmt::format("The body is a {} but the URL says {}.", shown(stated), call.target.type_name),
        "resourceType"};
  return {};
}

}  // namespace tasuki::server::api
