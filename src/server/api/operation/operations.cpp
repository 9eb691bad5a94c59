// The table of operations, and how a request finds its row.
#include "base/utf8.h"
#include "server/api/operation/operation.h"

namespace tasuki::server::api {
namespace {

using Effect = Operation::Effect;

// What any terminology operation takes beside its own: resources that come along, which versions
// and languages are meant. The names after displayLanguage are the terminology ecosystem's.
#define TERMINOLOGY_PARAMETERS                                                                    \
  " displayLanguage:code system-version:canonical* check-system-version:canonical* "              \
  "force-system-version:canonical* default-valueset-version:canonical* useSupplement:canonical* " \
  "tx-resource:Resource* uuid:uuid cache-id:id diagnostics:boolean"
#define EXPORT_PARAMETERS                                                               \
  "_outputFormat:string _since:instant _until:instant _type:code* _typeFilter:string* " \
  "_elements:string* patient:Reference* includeAssociatedData:code*"

// clang-format off
constexpr Operation operation_table[] = {
    // name, levels, types, effect, parameters,
    //     function, definition
    {"meta", on_system | on_type | on_instance, "", Effect::reads, "",
         meta, "http://hl7.org/fhir/OperationDefinition/Resource-meta"},
    {"meta-add", on_instance, "", Effect::writes, "meta:Meta!",
         meta_add, "http://hl7.org/fhir/OperationDefinition/Resource-meta-add"},
    {"meta-delete", on_instance, "", Effect::writes, "meta:Meta!",
         meta_delete, "http://hl7.org/fhir/OperationDefinition/Resource-meta-delete"},
    {"validate", on_system | on_type | on_instance, "", Effect::reads,
         "resource:Resource mode:code profile:uri* package:string",
         validate, "http://hl7.org/fhir/OperationDefinition/Resource-validate"},
    {"everything", on_instance, "Patient", Effect::reads,
         "start:date end:date _since:instant _type:code* _count:integer _linked:boolean _cursor:string",
         everything, "http://hl7.org/fhir/OperationDefinition/Patient-everything"},
    {"everything", on_instance, "Encounter", Effect::reads,
         "_since:instant _type:code* _count:integer _cursor:string",
         everything, "http://hl7.org/fhir/OperationDefinition/Encounter-everything"},
    {"summary", on_type | on_instance, "Patient", Effect::reads,
         "identifier:string profile:canonical _linked:boolean",
         patient_summary, "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"},
    {"document", on_instance, "Composition", Effect::reads, "persist:boolean",
         document, "http://hl7.org/fhir/OperationDefinition/Composition-document"},
    {"graphql", on_system | on_instance, "", Effect::reads,
         "query:string operationName:string variables:string",
         graphql_query, "http://hl7.org/fhir/OperationDefinition/Resource-graphql"},
    {"lastn", on_type, "Observation", Effect::reads, "max:positiveInt ...",
         lastn, "http://hl7.org/fhir/OperationDefinition/Observation-lastn"},
    {"stats", on_type, "Observation", Effect::reads,
         "subject:uri! code:string* system:uri coding:Coding* duration:decimal period:Period "
         "statistic:code*! include:boolean limit:positiveInt",
         stats, "http://hl7.org/fhir/OperationDefinition/Observation-stats"},
    {"expand", on_type | on_instance, "ValueSet", Effect::reads,
         "url:uri valueSet:Resource valueSetVersion:string context:uri contextDirection:code filter:string date:dateTime "
         "offset:integer count:integer includeDesignations:boolean designation:string* includeDefinition:boolean "
         "activeOnly:boolean excludeNested:boolean excludeNotForUI:boolean excludePostCoordinated:boolean "
         "exclude-system:canonical* property:string* versionsMatch:boolean" TERMINOLOGY_PARAMETERS,
         expand, "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"},
    {"validate-code", on_type | on_instance, "ValueSet", Effect::reads,
         "url:uri valueSet:Resource valueSetVersion:string context:uri code:code system:uri systemVersion:string "
         "version:string display:string coding:Coding codeableConcept:CodeableConcept date:dateTime abstract:boolean "
         "inferSystem:boolean activeOnly:boolean lenient-display-validation:boolean valueset-membership-only:boolean"
         TERMINOLOGY_PARAMETERS,
         validate_code_in_value_set, "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code"},
    {"validate-code", on_type | on_instance, "CodeSystem", Effect::reads,
         "url:uri codeSystem:Resource code:code version:string system:uri systemVersion:string display:string "
         "coding:Coding codeableConcept:CodeableConcept date:dateTime abstract:boolean activeOnly:boolean "
         "lenient-display-validation:boolean" TERMINOLOGY_PARAMETERS,
         validate_code_in_system, "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code"},
    {"batch-validate-code", on_type, "ValueSet CodeSystem", Effect::reads,
         "validation:Resource* url:uri valueSet:Resource valueSetVersion:string inferSystem:boolean activeOnly:boolean "
         "lenient-display-validation:boolean valueset-membership-only:boolean" TERMINOLOGY_PARAMETERS,
         batch_validate_code, "http://hl7.org/fhir/uv/tx-ecosystem/OperationDefinition/ValueSet-batch-validate-code"},
    {"lookup", on_type | on_instance, "CodeSystem", Effect::reads,
         "code:code system:uri version:string coding:Coding date:dateTime property:code*" TERMINOLOGY_PARAMETERS,
         lookup, "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup"},
    {"subsumes", on_type | on_instance, "CodeSystem", Effect::reads,
         "codeA:code codeB:code system:uri version:string codingA:Coding codingB:Coding" TERMINOLOGY_PARAMETERS,
         subsumes, "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes"},
    {"translate", on_type | on_instance, "ConceptMap", Effect::reads,
         "url:uri conceptMap:Resource conceptMapVersion:string code:code system:uri version:string source:uri "
         "coding:Coding codeableConcept:CodeableConcept target:uri targetsystem:uri targetSystem:uri sourceCode:code "
         "sourceCoding:Coding sourceCodeableConcept:CodeableConcept dependency* reverse:boolean" TERMINOLOGY_PARAMETERS,
         translate, "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate"},
    {"closure", on_system, "", Effect::writes, "name:string! concept:Coding* version:string",
         closure, "http://hl7.org/fhir/OperationDefinition/ConceptMap-closure"},
    {"erase", on_instance, "", Effect::writes, "reason:string! wholePerson:boolean",
         erase, "https://tasuki.example/fhir/OperationDefinition/erase"},
    {"reindex", on_system, "", Effect::reads, "", reindex, "https://tasuki.example/fhir/OperationDefinition/reindex"},
    {"export", on_system, "", Effect::reads, EXPORT_PARAMETERS,
         export_all, "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export", true},
    {"export", on_type, "Patient", Effect::reads, EXPORT_PARAMETERS,
         export_all, "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export", true},
    {"export", on_instance, "Group", Effect::reads, EXPORT_PARAMETERS,
         export_all, "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/group-export", true},
    {"status", on_type | on_instance, "Subscription", Effect::reads, "id:id* status:code*",
         subscription_status, "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-status"},
    {"events", on_instance, "Subscription", Effect::reads,
         "eventsSinceNumber:string eventsUntilNumber:string content:code",
         subscription_events, "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-events"},
    {"get-ws-binding-token", on_type | on_instance, "Subscription", Effect::reads, "id:id*",
         websocket_token,
         "http://hl7.org/fhir/uv/subscriptions-backport/OperationDefinition/backport-subscription-get-ws-binding-token"},
    {"import", on_system, "", Effect::writes,
         "inputFormat:code inputSource:uri mode:code storageDetail:Element input:Element* manifest:Resource",
         import_all, "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/import", true},
};
// clang-format on

uint8_t level_of(Shape shape) {
  return shape == Shape::system_operation ? on_system
         : shape == Shape::type_operation ? on_type
                                          : on_instance;
}

bool has_word(std::string_view words, std::string_view word) {
  for (size_t at = words.find(word); at != std::string_view::npos; at = words.find(word, at + 1)) {
    const bool begins = at == 0 || words[at - 1] == ' ';
    const size_t end = at + word.size();
    if (begins && (end == words.size() || words[end] == ' ')) return true;
  }
  return false;
}

bool serves(const Operation& operation, const Target& target) {
  if ((operation.levels & level_of(target.shape)) == 0) return false;
  return target.shape == Shape::system_operation || operation.types.empty() ||
         has_word(operation.types, target.type_name);
}

// "[base]/$meta, Patient/[id]/$everything"
std::string places_of(const Operation& operation) {
  std::string places;
  const auto add = [&](uint8_t level, std::string_view place) {
    if ((operation.levels & level) == 0) return;
    if (!places.empty()) places += ", ";
    places += place;
  };
  const std::string types = operation.types.empty() ? "[type]" : std::string(operation.types);
  add(on_system, fmt::format("[base]/${}", operation.name));
  add(on_type, fmt::format("{}/${}", types, operation.name));
  add(on_instance, fmt::format("{}/[id]/${}", types, operation.name));
  return places;
}

Error no_operation(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Operation& operation : operation_table)
    names.push_back(operation.name);
  return {Error::Kind::not_found,
          fmt::format("There is no operation \"${}\"; the nearest is \"${}\".",
                      utf8::head(name, 64), fhir::nearest(name, names)),
          "url"};
}

}  // namespace

bool is_on(const Operation& operation, std::string_view type) {
  if (type.empty()) return (operation.levels & on_system) != 0;
  return (operation.levels & (on_type | on_instance)) != 0 &&
         (operation.types.empty() || has_word(operation.types, type));
}

bool runs_as_job(std::string_view path) {
  std::string_view last = path.substr(path.rfind('/') + 1);
  if (last.starts_with("%24")) last.remove_prefix(2);
  if (last.empty()) return false;
  last.remove_prefix(1);
  return std::ranges::any_of(
      operation_table, [&](const Operation& each) { return each.is_job && each.name == last; });
}

std::span<const Operation> operations() {
  return operation_table;
}

Result<const Operation*> operation_of(const Call& call) {
  // A name may have several rows: of a CodeSystem, of a ValueSet ...
  std::string places;
  for (const Operation& operation : operation_table) {
    if (operation.name != call.target.operation) continue;
    if (serves(operation, call.target)) return &operation;
    places += (places.empty() ? "" : ", ") + places_of(operation);
  }
  if (places.empty()) return no_operation(call.target.operation);
  return Error{
      Error::Kind::invalid,  // it is known, and asked of the wrong thing
      fmt::format("${} is not served on this URL; it is on {}.", call.target.operation, places),
      "url"};
}

Reply operate(std::string_view method, Call& call) {
  const Operation* operation = TRY(operation_of(call));
  if (method == "GET" && operation->effect == Effect::writes) {
    Problem problem(Refusal::method_not_allowed,
                    fmt::format("${} changes something: it takes POST.", operation->name),
                    "method");
    problem.allowed.push_back("POST");
    return problem;
  }
  const Input input = TRY(Input::of(call, operation->parameters));
  return operation->run(call, input);
}

Reply read_operation(Call& call) {
  return operate("GET", call);
}
Reply write_operation(Call& call) {
  return operate("POST", call);
}

}  // namespace tasuki::server::api
