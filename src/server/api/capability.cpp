// What this server does, from the route table and the definitions: nothing is claimed that is not
// there. FHIR R4 http.html#capabilities, capabilitystatement.html
#include <map>
#include <set>

#include "base/time.h"
#include "fhir/search/compartment.h"
#include "fhir/search/criterion.h"
#include "json/print.h"
#include "server/api/call.h"
#include "server/api/operation/operation.h"
#include "server/api/parameters.h"
#include "server/api/routes.h"
#include "server/api/statement.h"
#include "server/subscription/sockets.h"

namespace tasuki::server::api {
namespace {

constexpr std::string_view release_date = "2026-11-23";
// How a terminology server tells what it can do beyond the standard. HL7 terminology ecosystem.
constexpr std::string_view feature =
    "http://hl7.org/fhir/uv/application-feature/StructureDefinition/feature";

class Statement {
 public:
  Statement(const Call& call) : call_(call) {}  // NOLINT(*-explicit-*)

  std::string text() {
    fmt::format_to(
        std::back_inserter(out_),
        R"({{"resourceType":"CapabilityStatement","extension":[{{"url":"{}","extension":)"
        R"([{{"url":"definition","valueCanonical":"http://hl7.org/fhir/uv/tx-tests/FeatureDefinition/test-version"}},{{"url":"value","valueCode":"1.7.5"}}]}},)"
        R"({{"url":"{}","extension":[{{"url":"definition","valueCanonical":"http://hl7.org/fhir/uv/tx-ecosystem/FeatureDefinition/CodeSystemAsParameter"}},)"
        R"({{"url":"value","valueBoolean":true}}]}}],"url":"{}/metadata","version":"{}","name":"Tasuki","title":"Tasuki","status":"active","date":"{}","kind":"instance",)"
        R"("instantiates":["http://hl7.org/fhir/CapabilityStatement/terminology-server"],)"
        R"("software":{{"name":"Tasuki","version":"{}","releaseDate":"{}"}},"implementation":{{"description":"Tasuki","url":)",
        feature, feature, call_.base, call_.settings.version, release_date, call_.settings.version,
        release_date);
    json::print_string(call_.base, out_);
    out_ +=
        R"(},"fhirVersion":"4.0.1","format":["application/fhir+json","application/fhir+xml","json","xml"],)"
        R"("patchFormat":["application/json-patch+json","application/xml-patch+xml","application/fhir+json","application/fhir+xml"],"rest":[{"extension":[{"url":)"
        R"("http://hl7.org/fhir/StructureDefinition/capabilitystatement-websocket","valueUri":)";
    json::print_string(subscription::websocket_url(call_.base), out_);
    out_ +=
        R"(}],"mode":"server",)"
        R"("security":{"description":"A session token, as cookie or as Authorization: Bearer, from POST /signin."},"resource":[)";
    bool first = true;
    for (const fhir::TypeId type : call_.definitions.resource_types()) {
      if (!first) out_ += ',';
      first = false;
      resource(type);
    }
    out_ += R"(],"interaction":[{"code":"transaction"},{"code":"batch"})";
    codes("-system", ",");
    out_ += ']';
    operations_on({});
    compartments();
    out_ += "}]}";
    return std::move(out_);
  }

 private:
  void resource(fhir::TypeId type) {
    out_ += R"({"type":")";
    out_ += call_.definitions.name(type);
    out_ += R"(","interaction":[)";
    codes("", "");
    out_ +=
        R"(],"versioning":"versioned-update","readHistory":true,"updateCreate":true,"conditionalCreate":true,)"
        R"("conditionalRead":"full-support","conditionalUpdate":true,"conditionalDelete":")";
    out_ += call_.settings.delete_many_max > 1 ? "multiple\"" : "single\"";
    includes(type);
    parameters(type);
    operations_on(call_.definitions.name(type));
    out_ += '}';
  }

  void compartments() {
    std::string_view separator = R"(,"compartment":[)";
    for (const std::string_view type : fhir::search::compartment_types()) {
      std::string id(type);
      id[0] = static_cast<char>(id[0] + ('a' - 'A'));
      fmt::format_to(std::back_inserter(out_),
                     R"({}"http://hl7.org/fhir/CompartmentDefinition/{}")", separator, id);
      separator = ",";
    }
    out_ += ']';
  }

  // Of one type, or of the system.
  void operations_on(std::string_view type) {
    std::string_view separator = R"(,"operation":[)";
    for (const Operation& operation : operations()) {
      if (!is_on(operation, type)) continue;
      fmt::format_to(
          std::back_inserter(out_),
          R"({}{{"name":"{}","definition":"{}","documentation":"{}/OperationDefinition/{}"}})",
          separator, operation.name, operation.definition, call_.base, operation_id(operation));
      separator = ",";
    }
    if (separator == ",") out_ += ']';
  }

  // The system's codes end in -system; all others are a type's.
  void codes(std::string_view ending, std::string_view separator) {
    for (const Route& route : routes()) {
      if (route.code.empty() || route.code.ends_with("-system") != (ending == "-system")) continue;
      fmt::format_to(std::back_inserter(out_), R"({}{{"code":"{}"}})", separator, route.code);
      separator = ",";
    }
  }

  void includes(fhir::TypeId type) {
    const auto name = call_.definitions.name(type);
    out_ += R"(,"searchInclude":["*")";
    for (const fhir::SearchParameter* parameter : call_.definitions.search_parameters_of(type)) {
      if (parameter->type == fhir::ParameterType::reference)
        fmt::format_to(std::back_inserter(out_), R"(,"{}:{}")", name, parameter->code);
    }
    out_ += R"(],"searchRevInclude":["*")";
    for (const auto& [source, code] : links_to(type))
      fmt::format_to(std::back_inserter(out_), R"(,"{}:{}")", call_.definitions.name(source), code);
    out_ += ']';
  }

  using Links = std::vector<std::pair<fhir::TypeId, std::string_view>>;

  // What may refer to the type: a reference parameter with it among the targets, or with none
  // named.
  const Links& links_to(fhir::TypeId target) {
    if (links_.empty()) {
      for (const fhir::TypeId source : call_.definitions.resource_types()) {
        for (const auto* parameter : call_.definitions.search_parameters_of(source)) {
          if (parameter->type != fhir::ParameterType::reference) continue;
          const auto all = call_.definitions.resource_types();
          for (const auto each : parameter->targets.empty() ? all : parameter->targets)
            links_[each].emplace_back(source, parameter->code);
        }
      }
    }
    return links_[target];
  }

  void parameters(fhir::TypeId type) {
    std::string_view separator = R"(,"searchParam":[)";
    bool any = false;
    for (const fhir::SearchParameter* parameter : call_.definitions.search_parameters_of(type)) {
      if (!fhir::search::is_answered(*parameter)) continue;
      fmt::format_to(std::back_inserter(out_), R"({}{{"name":"{}","definition":"{}","type":"{}"}})",
                     separator, parameter->code, parameter->url,
                     parameter_type_name(parameter->type));
      separator = ",";
      any = true;
    }
    if (any) out_ += ']';
  }

  const Call& call_;
  std::string out_;
  std::map<fhir::TypeId, Links> links_;
};

// R4 terminologycapabilities.html: which systems and versions are here, what $expand takes.
std::string terminology_statement(const Call& call) {
  std::string out = fmt::format(
      R"({{"resourceType":"TerminologyCapabilities","url":"{}/metadata?mode=terminology","version":"{}",)"
      R"("name":"Tasuki","title":"Tasuki 用語サービス","status":"active","date":"2026-11-23","kind":"instance",)"
      R"("software":{{"name":"Tasuki","version":"{}"}},"implementation":{{"description":"Tasuki"}},"lockedDate":false)",
      call.base, call.settings.version, call.settings.version);
  std::map<std::string_view, std::set<std::string_view>> systems;
  for (const auto* system : call.terminology->code_systems())
    systems[system->url()].insert(system->version());
  std::string_view separator = R"(,"codeSystem":[)";
  for (const auto& [url, versions] : systems) {
    out += separator;
    separator = ",";
    out += "{\"uri\":";
    json::print_string(url, out);
    std::string_view comma = ",\"version\":[";
    for (const std::string_view version : versions) {
      if (version.empty()) continue;
      out += comma;
      comma = ",";
      out += "{\"code\":";
      json::print_string(version, out);
      out += '}';
    }
    out += comma == "," ? "]}" : "}";
  }
  if (!systems.empty()) out += ']';
  out += R"(,"expansion":{"hierarchical":true,"paging":true,"incomplete":false,"parameter":[)";
  std::string_view comma;
  for (const Operation& operation : operations()) {
    if (operation.name != "expand") continue;
    for (const ParameterRule& rule : rules_of(operation.parameters)) {
      fmt::format_to(std::back_inserter(out), R"({}{{"name":"{}"}})", comma, rule.name);
      comma = ",";
    }
  }
  out +=
      R"(],"textFilter":"すべての語を含むもの。かな・幅・旧字の違いは問いません。"},"codeSearch":"all",)";
  return out +
         R"("validateCode":{"translations":true},"translation":{"needsMap":false},"closure":{"translation":false}})";
}

}  // namespace

std::string_view parameter_type_name(fhir::ParameterType type) {
  constexpr std::string_view names[] = {"number",    "date",     "string", "token",  "reference",
                                        "composite", "quantity", "uri",    "special"};
  return names[static_cast<size_t>(type)];
}

Reply capability(Call& call) {
  for (const Parameter& parameter : parameters_of(call.query))
    if (parameter.name == "mode" && parameter.value == "terminology")
      return Answer{.done = Answer::Done::ok, .body = terminology_statement(call)};
  return Answer{.done = Answer::Done::ok, .body = Statement(call).text()};
}

}  // namespace tasuki::server::api
