#include "server/api/one_name.h"

#include "json/parse.h"
#include "json/print.h"

namespace tasuki::server::api {
namespace {

// Did anything change?
bool rename(const fhir::terminology::Terminology& terms, json::Value& value) {
  bool changed = false;
  if (value.is_array())
    for (json::Value& item : value.items())
      changed = rename(terms, item) || changed;
  if (!value.is_object()) return changed;
  for (json::Member& member : value.members()) {
    if (member.name != "system" || !member.value.is_string()) {
      changed = rename(terms, member.value) || changed;
      continue;
    }
    const std::string_view name = terms.name_of(member.value.text());
    if (name == member.value.text()) continue;
    member.value = json::Value::borrowed(json::Kind::string, name);
    changed = true;
  }
  return changed;
}

}  // namespace

std::string under_one_name(const fhir::terminology::Terminology& terms, std::string body) {
  if (!body.contains("\"urn:oid:")) return body;  // every other name in the table is one
  auto document = json::parse(body);
  if (!document || !rename(terms, document->root)) return body;
  return json::print(document->root);
}

}  // namespace tasuki::server::api
