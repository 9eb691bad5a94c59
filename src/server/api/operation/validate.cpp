// $validate: what is wrong with a resource, without writing it. FHIR R4
// resource-operation-validate.html
//
// Always strict: what a write would let pass under a lenient policy is an error here.
#include "fhir/validate/outcome.h"
#include "fhir/validate/rulebook.h"
#include "json/parse.h"
#include "json/print.h"
#include "server/api/operation/operation.h"

namespace tasuki::server::api {
namespace {

enum class ValidationMode : uint8_t { any, create, update, remove };

Result<ValidationMode> mode_of(const Input& input) {
  const auto name = input.text("mode");
  if (!name || *name == "profile") return ValidationMode::any;
  if (*name == "create") return ValidationMode::create;
  if (*name == "update") return ValidationMode::update;
  if (*name == "delete") return ValidationMode::remove;
  return Error{
      Error::Kind::invalid,
      fmt::format("There is no mode \"{}\"; create, update, delete and profile are.", *name),
      "mode"};
}

fhir::Finding finding(std::string code, std::string location, std::string english,
                      std::string japanese) {
  fhir::Finding one;
  one.code = std::move(code);
  one.location = std::move(location);
  one.message = std::move(english);
  one.message_ja = std::move(japanese);
  return one;
}

// What the URL and the mode ask for besides.
void check_place(const Call& call, const json::Value& resource, ValidationMode mode,
                 std::vector<fhir::Finding>& findings) {
  const std::string_view type = resource.text_of("resourceType"), id = resource.text_of("id");
  if (call.target.shape != Shape::system_operation && type != call.target.type_name) {
    findings.push_back(finding(
        "invalid", "Resource",
        fmt::format("The URL is about {}, the resource is a {}.", call.target.type_name, type),
        fmt::format("URL は {} ですが、リソースは {} です。", call.target.type_name, type)));
  }
  const bool is_update =
      mode == ValidationMode::update && call.target.shape == Shape::instance_operation;
  if (is_update && id != call.target.id) {
    findings.push_back(
        finding("value", std::string(type) + ".id",
                fmt::format("An update of {} must have that id; \"{}\" found.", call.target.id, id),
                fmt::format("{} の更新では id も同じでなければなりません。「{}」になっています。",
                            call.target.id, id)));
  }
}

Answer outcome(const std::vector<fhir::Finding>& findings) {
  return {.done = Answer::Done::ok, .body = fhir::outcome_of(findings)};
}

}  // namespace

Reply validate(Call& call, const Input& input) {
  const ValidationMode mode = TRY(mode_of(input));
  const auto rulebook = call.session.door().gate().rulebook();
  fhir::Options options;
  options.profiles = input.texts("profile");
  options.package = input.text("package").value_or("");
  std::vector<fhir::Finding> findings;
  const Given* given = input.find("resource");
  json::Document stored;
  const json::Value* resource = given == nullptr ? nullptr : given->resource;
  std::string text;
  if (resource == nullptr) {
    if (call.target.shape != Shape::instance_operation) {
      return Error{Error::Kind::invalid,
                   "Send the resource, or ask $validate of one that stands: [type]/[id]/$validate.",
                   "resource"};
    }
    text = TRY(call.session.read(call.target.type, call.target.id)).body;
    stored = TRY(json::parse(text));
    resource = &stored.root;
  }
  if (mode == ValidationMode::remove)
    return outcome(findings);  // it stands, and nothing forbids to delete it
  findings = rulebook == nullptr ? fhir::validate(call.definitions, *resource)
                                 : fhir::validate(*rulebook, *resource, options);
  if (text.empty() && (call.content.starts_with('{'))) text = call.content;
  const bool is_whole = call.body != nullptr && resource == &call.body->root;
  if (!text.empty() && (is_whole || resource == &stored.root)) fhir::locate(text, findings);
  check_place(call, *resource, mode, findings);
  return outcome(findings);
}

}  // namespace tasuki::server::api
