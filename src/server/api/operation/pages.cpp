#include "server/api/operation/pages.h"

#include "base/utf8.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {

Result<size_t> page_count(const Call& call, const Input& input) {
  const size_t count = TRY(input.number("_count")).value_or(call.settings.count_default);
  return std::clamp(count, size_t{1}, call.settings.count_max);
}

std::string operation_url(const Call& call, const Input& input, std::string_view cursor) {
  std::string url(call.base);
  if (!call.target.type_name.empty()) url += "/" + call.target.type_name;
  if (!call.target.id.empty()) url += "/" + call.target.id;
  url += "/$" + call.target.operation;
  char separator = '?';
  const auto add = [&](std::string_view name, std::string_view value) {
    url += separator;
    separator = '&';
    url += percent_encoded(name) + "=" + percent_encoded(value);
  };
  for (const Given& given : input.all())
    if (given.name != "_cursor" && !given.text.empty()) add(given.name, given.text);
  if (!cursor.empty()) add("_cursor", cursor);
  return url;
}

Result<std::vector<fhir::TypeId>> types_of(const fhir::Definitions& definitions,
                                           const std::vector<std::string>& names) {
  std::vector<fhir::TypeId> types;
  for (const std::string& name : names) {
    const auto type = definitions.resource_type(name);
    if (!type) {
      std::vector<std::string_view> known;
      for (const fhir::TypeId each : definitions.resource_types())
        known.push_back(definitions.name(each));
      return Error{Error::Kind::invalid,
                   fmt::format("There is no resource type \"{}\"; the nearest is \"{}\".",
                               utf8::head(name, 64), fhir::nearest(name, known)),
                   "_type"};
    }
    types.push_back(*type);
  }
  return types;
}

Result<std::vector<std::string>> linked_records(record::Session& session, const std::string& id) {
  std::vector<std::string> ids = {id};
  const record::Person person = TRY(session.person_of(id));
  for (const record::LinkedRecord& linked : person.records)
    if (!linked.withheld && linked.patient != id) ids.push_back(linked.patient);
  return ids;
}

}  // namespace tasuki::server::api
