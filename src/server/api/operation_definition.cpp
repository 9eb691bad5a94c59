// OperationDefinition of each operation, written from the row that serves it. FHIR R4
// operationdefinition.html
#include "json/print.h"
#include "server/api/call.h"
#include "server/api/operation/operation.h"
#include "server/api/statement.h"

namespace tasuki::server::api {
namespace {

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t space = text.find(' ');
    if (space != 0) words.push_back(text.substr(0, space));
    text = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
  }
  return words;
}

void strings(std::string_view name, const std::vector<std::string_view>& items, std::string& out) {
  out.append(",\"").append(name).append("\":[");
  for (size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    json::print_string(items[i], out);
  }
  out += ']';
}

void parameters(const Operation& operation, std::string& out) {
  out += R"(,"parameter":[)";
  for (const ParameterRule& rule : rules_of(operation.parameters))
    fmt::format_to(std::back_inserter(out),
                   R"({{"name":"{}","use":"in","min":{},"max":"{}","type":"{}"}},)", rule.name,
                   rule.required ? 1 : 0, rule.many ? "*" : "1", rule.type);
  out += R"({"name":"return","use":"out","min":0,"max":"1","type":"Any"}])";
}

std::string text_of(const Operation& operation) {
  const auto on = [&](Levels level) { return (operation.levels & level) != 0; };
  const bool writes = operation.effect == Operation::Effect::writes;
  std::string out = fmt::format(
      R"({{"resourceType":"OperationDefinition","id":"{}","url":"{}","name":"{}","status":"active",)"
      R"("kind":"operation","affectsState":{},"code":"{}")",
      operation_id(operation), operation.definition, operation.name, writes, operation.name);
  auto types = words_of(operation.types);
  if (types.empty()) types.emplace_back("Resource");
  strings("resource", types, out);
  fmt::format_to(std::back_inserter(out), R"(,"system":{},"type":{},"instance":{})", on(on_system),
                 on(on_type), on(on_instance));
  parameters(operation, out);
  return out + '}';
}

}  // namespace

std::string_view operation_id(const Operation& operation) {
  const size_t slash = operation.definition.rfind('/');
  return slash == std::string_view::npos ? operation.name : operation.definition.substr(slash + 1);
}

std::optional<std::string> operation_definition(std::string_view id) {
  for (const Operation& operation : operations())
    if (operation_id(operation) == id) return text_of(operation);
  return std::nullopt;
}

}  // namespace tasuki::server::api
