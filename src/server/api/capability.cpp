// What this server does, from the route table and the definitions: nothing is claimed that is not
// there. FHIR R4 http.html#capabilities, capabilitystatement.html
#include "base/time.h"
#include "json/print.h"
#include "server/api/call.h"
#include "server/api/operation/operation.h"
#include "server/api/routes.h"

namespace tasuki::server::api {
namespace {

constexpr std::string_view parameter_type_names[] = {
    "number", "date", "string", "token", "reference", "composite", "quantity", "uri", "special"};

class Statement {
 public:
  Statement(const Call& call) : call_(call) {}  // NOLINT(*-explicit-*)

  std::string text() {
    fmt::format_to(
        std::back_inserter(out_),
        R"({{"resourceType":"CapabilityStatement","status":"active","date":"{}","kind":"instance",)"
        R"("software":{{"name":"Tasuki","version":"{}"}},"implementation":{{"description":"Tasuki","url":)",
        "2026-11-23", call_.settings.version);
    json::print_string(call_.base, out_);
    out_ +=
        R"(},"fhirVersion":"4.0.1","format":["application/fhir+json","json"],"rest":[{"mode":"server",)"
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
        R"("conditionalRead":"not-match","conditionalUpdate":true,"conditionalDelete":"single")";
    includes(type);
    parameters(type);
    operations_on(call_.definitions.name(type));
    out_ += '}';
  }

  // Of one type, or of the system.
  void operations_on(std::string_view type) {
    std::string_view separator = R"(,"operation":[)";
    for (const Operation& operation : operations()) {
      if (!is_on(operation, type)) continue;
      fmt::format_to(std::back_inserter(out_), R"({}{{"name":"{}","definition":"{}"}})", separator,
                     operation.name, operation.definition);
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
    std::string_view separator = R"(,"searchInclude":["*",)";
    bool any = false;
    for (const fhir::SearchParameter* parameter : call_.definitions.search_parameters_of(type)) {
      if (parameter->type != fhir::ParameterType::reference) continue;
      fmt::format_to(std::back_inserter(out_), R"({}"{}:{}")", separator,
                     call_.definitions.name(type), parameter->code);
      separator = ",";
      any = true;
    }
    if (any) out_ += ']';
  }

  void parameters(fhir::TypeId type) {
    std::string_view separator = R"(,"searchParam":[)";
    bool any = false;
    for (const fhir::SearchParameter* parameter : call_.definitions.search_parameters_of(type)) {
      if (parameter->type == fhir::ParameterType::special) continue;
      fmt::format_to(std::back_inserter(out_), R"({}{{"name":"{}","definition":"{}","type":"{}"}})",
                     separator, parameter->code, parameter->url,
                     parameter_type_names[static_cast<size_t>(parameter->type)]);
      separator = ",";
      any = true;
    }
    if (any) out_ += ']';
  }

  const Call& call_;
  std::string out_;
};

}  // namespace

Reply capability(Call& call) {
  return Answer{.done = Answer::Done::ok, .body = Statement(call).text()};
}

}  // namespace tasuki::server::api
