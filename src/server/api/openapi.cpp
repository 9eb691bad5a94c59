// GET [base]/openapi.json: the routes, the operations and each type's search parameters as OpenAPI
// 3.0.3, for tools that know nothing of FHIR. Whatever is served at /metadata is here, and nothing
// else.
#include "json/print.h"
#include "server/api/call.h"
#include "server/api/operation/operation.h"
#include "server/api/routes.h"
#include "server/api/statement.h"

namespace tasuki::server::api {
namespace {

// The path of a shape, with {type} for what search parameters do not tell apart.
std::string_view path_of(Shape shape) {
  switch (shape) {
    case Shape::metadata:
      return "/metadata";
    case Shape::openapi:
      return "/openapi.json";
    case Shape::system:
      return "/";
    case Shape::system_search:
      return "/_search";
    case Shape::system_history:
      return "/_history";
    case Shape::type:
      return "/{type}";
    case Shape::type_search:
      return "/{type}/_search";
    case Shape::type_history:
      return "/{type}/_history";
    case Shape::instance:
      return "/{type}/{id}";
    case Shape::instance_history:
      return "/{type}/{id}/_history";
    case Shape::version:
      return "/{type}/{id}/_history/{version}";
    case Shape::compartment:
      return "/{type}/{id}/{member}";
    case Shape::compartment_search:
      return "/{type}/{id}/{member}/_search";
    default:
      return {};  // operations have a path each
  }
}

constexpr std::string_view path_parameters[] = {"type", "id", "version", "member"};

constexpr std::string_view components =
    R"("components":{"securitySchemes":{"session":{"type":"http","scheme":"bearer"}},)"
    R"("responses":{"Resource":{"description":"A FHIR resource","content":{)"
    R"("application/fhir+json":{"schema":{"type":"object"}},)"
    R"("application/fhir+xml":{"schema":{"type":"string"}}}},)"
    R"("Problem":{"description":"An OperationOutcome that says what, where and what would be right",)"
    R"("content":{"application/fhir+json":{"schema":{"type":"object"}}}}},)"
    R"("requestBodies":{"Resource":{"content":{"application/fhir+json":{"schema":{"type":"object"}},)"
    R"("application/fhir+xml":{"schema":{"type":"string"}}}},)"
    R"("Patch":{"content":{"application/json-patch+json":{"schema":{"type":"array","items":{"type":"object"}}},)"
    R"("application/xml-patch+xml":{"schema":{"type":"string"}},)"
    R"("application/fhir+json":{"schema":{"type":"object"}}}},)"
    R"("Search":{"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object"}}}}},)"
    R"("parameters":{"type":{"name":"type","in":"path","required":true,"schema":{"type":"string"}},)"
    R"("id":{"name":"id","in":"path","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9.-]{1,64}$"}},)"
    R"("version":{"name":"version","in":"path","required":true,"schema":{"type":"integer","minimum":1}},)"
    R"("member":{"name":"member","in":"path","required":true,"schema":{"type":"string"}}}})";

class Description {
 public:
  explicit Description(const Call& call) : call_(call) {}

  std::string text() {
    out_ = R"({"openapi":"3.0.3","info":{"title":"Tasuki FHIR R4","version":)";
    json::print_string(call_.settings.version, out_);
    out_ += R"(},"servers":[{"url":)";
    json::print_string(call_.base, out_);
    out_ += R"(}],"security":[{"session":[]}],"paths":{)";
    for (const Route& route : routes())
      if (&route == first_of(route.shape)) shape(route.shape);
    for (const Operation& operation : operations())
      paths_of(operation);
    out_ += "},";
    out_ += components;
    out_ += '}';
    return std::move(out_);
  }

 private:
  static const Route* first_of(Shape shape) {
    for (const Route& route : routes())
      if (route.shape == shape) return &route;
    return nullptr;
  }

  void shape(Shape shape) {
    const std::string_view path = path_of(shape);
    if (path.empty()) return;
    begin_path(path);
    for (const Route& route : routes())
      if (route.shape == shape) method(route.method, route.shape);
    end_path();
    if (shape != Shape::type) return;
    // Each type's search by itself: its parameters are its own.
    for (const fhir::TypeId type : call_.definitions.resource_types())
      search_of(type);
  }

  void begin_path(std::string_view path) {
    if (paths_++ > 0) out_ += ',';
    json::print_string(path, out_);
    out_ += ":{";
    methods_ = 0;
    bool any = false;
    for (const std::string_view name : path_parameters) {
      if (!path.contains(fmt::format("{{{}}}", name))) continue;
      fmt::format_to(std::back_inserter(out_), R"({}{{"$ref":"#/components/parameters/{}"}})",
                     any ? "," : R"("parameters":[)", name);
      any = true;
    }
    if (any) {
      out_ += ']';
      methods_ = 1;
    }
  }
  void end_path() { out_ += '}'; }

  void begin_method(std::string_view method) {
    if (methods_++ > 0) out_ += ',';
    std::string lower(method);
    for (char& c : lower)
      c = static_cast<char>(c | 0x20);
    fmt::format_to(
        std::back_inserter(out_),
        R"("{}":{{"responses":{{"2XX":{{"$ref":"#/components/responses/Resource"}},"4XX":{{"$ref":"#/components/responses/Problem"}}}})",
        lower);
  }

  void body(std::string_view name) {
    fmt::format_to(std::back_inserter(out_),
                   R"(,"requestBody":{{"$ref":"#/components/requestBodies/{}"}})", name);
  }

  void method(std::string_view name, Shape shape) {
    begin_method(name);
    const bool searches = shape == Shape::type_search || shape == Shape::system_search ||
                          shape == Shape::compartment_search;
    if (name == "PATCH") body("Patch");
    if (name == "PUT" || (name == "POST" && !searches)) body("Resource");
    if (name == "POST" && searches) body("Search");
    if (shape == Shape::metadata || shape == Shape::openapi) out_ += R"(,"security":[])";
    out_ += '}';
  }

  void search_of(fhir::TypeId type) {
    begin_path(fmt::format("/{}", call_.definitions.name(type)));
    begin_method("GET");
    std::string_view separator = R"(,"parameters":[)";
    for (const fhir::SearchParameter* parameter : call_.definitions.search_parameters_of(type)) {
      fmt::format_to(
          std::back_inserter(out_),
          R"({}{{"name":"{}","in":"query","description":"{}","schema":{{"type":"string"}}}})",
          separator, parameter->code, parameter_type_name(parameter->type));
      separator = ",";
    }
    if (separator == ",") out_ += ']';
    out_ += "}";
    end_path();
  }

  void paths_of(const Operation& operation) {
    const std::string name = fmt::format("${}", operation.name);
    const auto on = [&](Levels level) { return (operation.levels & level) != 0; };
    if (on(on_system)) operate("/" + name, operation);
    for (const std::string& type : types_of(operation)) {
      if (on(on_type)) operate("/" + type + "/" + name, operation);
      if (on(on_instance)) operate("/" + type + "/{id}/" + name, operation);
    }
  }

  static std::vector<std::string> types_of(const Operation& operation) {
    if (operation.types.empty()) return {"{type}"};
    std::vector<std::string> types(1);
    for (const char c : operation.types) {
      if (c == ' ') {
        types.emplace_back();
      } else {
        types.back() += c;
      }
    }
    return types;
  }

  void operate(const std::string& path, const Operation& operation) {
    if (std::ranges::find(operated_, path) != operated_.end()) return;  // one name, several rows
    operated_.push_back(path);
    begin_path(path);
    if (operation.effect == Operation::Effect::reads) {
      begin_method("GET");
      parameters(operation);
      out_ += '}';
    }
    begin_method("POST");
    body("Resource");
    out_ += '}';
    end_path();
  }

  void parameters(const Operation& operation) {
    std::string_view separator = R"(,"parameters":[)";
    for (const ParameterRule& rule : rules_of(operation.parameters)) {
      fmt::format_to(
          std::back_inserter(out_),
          R"({}{{"name":"{}","in":"query","description":"{}","schema":{{"type":"string"}}}})",
          separator, rule.name, rule.type);
      separator = ",";
    }
    if (separator == ",") out_ += ']';
  }

  const Call& call_;
  std::string out_;
  size_t paths_ = 0, methods_ = 0;
  std::vector<std::string> operated_;
};

}  // namespace

Reply openapi(Call& call) {
  return Answer{.done = Answer::Done::ok,
                .body = Description(call).text(),
                .media = "application/json; charset=utf-8"};
}

}  // namespace tasuki::server::api
