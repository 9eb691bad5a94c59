#include "server/api/references.h"

#include "base/utf8.h"
#include "fhir/search/query.h"
#include "server/api/entry.h"

namespace tasuki::server::api {

void References::begin(record::Resolver& resolver) {
  names_.clear();
  conditional_.clear();
  resolver_ = &resolver;
}

void References::name(std::string_view full_url, std::string reference) {
  names_.insert_or_assign(std::string(full_url), std::move(reference));
}

// The depth is bounded by the JSON parser's.
Result<void> References::rewrite(size_t index, json::Value& value, std::string_view member) {
  for (json::Value& item : value.items())
    TRY(rewrite(index, item, member));
  for (json::Member& each : value.members())
    TRY(rewrite(index, each.value, each.name));
  if (!value.is_string()) return {};
  const std::string_view text = value.text();
  const bool is_reference = member == "reference";
  // Identifier.value and the like are data, not links, even where they look like one.
  if (!is_reference && (member == "value" || member == "div" ||
                        !(text.starts_with("urn:uuid:") || text.starts_with("urn:oid:"))))
    return {};
  const auto known = names_.find(text);
  if (known != names_.end()) {
    value = json::Value::borrowed(json::Kind::string, known->second);
  } else if (is_reference && text.starts_with("urn:uuid:")) {
    return Error{
        Error::Kind::invalid,
        fmt::format("No entry has the fullUrl \"{}\" that is referred to.", utf8::head(text, 64)),
        entry_location(index, ".resource")};
  } else if (is_reference && text.contains('?')) {
    value = json::Value::borrowed(json::Kind::string, TRY(referred(index, text)));
  }
  return {};
}

// "Patient?identifier=x" to the one it names. http.html#trules, conditional references
Result<std::string_view> References::referred(size_t index, std::string_view text) {
  const auto known = conditional_.find(text);
  if (known != conditional_.end()) return std::string_view(known->second);
  const size_t mark = text.find('?');
  const auto target = parse_target(call_.definitions, text.substr(0, mark));
  const auto refused = [&](std::string message, Error::Kind kind) {
    return Error{kind, std::move(message), entry_location(index, ".resource")};
  };
  if (!target || target->shape != Shape::type)
    return refused(fmt::format("\"{}\" is not a reference.", utf8::head(text, 128)),
                   Error::Kind::invalid);
  auto query = fhir::search::parse(call_.definitions, target->type, text.substr(mark + 1));
  if (!query)
    return refused(
        fmt::format("In the reference \"{}\": {}", utf8::head(text, 128), query.error().message),
        Error::Kind::invalid);
  const auto matches = TRY(resolver_->find(*query));
  if (matches.size() != 1)
    return refused(fmt::format("The reference \"{}\" must name exactly one resource; {}.",
                               utf8::head(text, 128),
                               matches.empty() ? "none matches" : "more than one matches"),
                   Error::Kind::conflict);
  return std::string_view(
      conditional_
          .emplace(std::string(text), fmt::format("{}/{}", target->type_name, matches.front()))
          .first->second);
}

}  // namespace tasuki::server::api
