// The terminology operations over HTTP: the parameters of a request become a terminology Ask, its
// Reply becomes an Answer. What the operations mean stands in fhir/terminology/operation. FHIR R4
// terminology-service.html
#include "fhir/validate/context.h"
#include "json/parse.h"
#include "server/api/closures.h"
#include "server/api/operation/operation.h"

#include "fhir/terminology/operation/operation.h"

namespace tasuki::server::api {
namespace {

namespace terms = fhir::terminology;

terms::Ask ask_of(const Call& call, const Input& input) {
  terms::Ask ask;
  for (const Given& given : input.all())
    ask.add({.name = given.name,
             .text = given.text,
             .value = given.value,
             .resource = given.resource,
             .parts = given.parts});
  ask.accept_language = call.languages;
  return ask;
}

Reply answer_of(terms::Reply reply) {
  if (!reply.refused) return Answer{.done = Answer::Done::ok, .body = std::move(reply.body)};
  Problem problem(Error{*reply.refused, {}, {}});
  problem.outcome = std::move(reply.body);
  return problem;
}

// ValueSet/1/$expand: the value set is the one of this id, read through the session.
class Instance {
 public:
  Result<void> add(Call& call, std::string_view parameter, terms::Ask& ask) {
    if (call.target.id.empty()) return {};
    const record::Resource standing =
        call.target.version == 0
            ? TRY(call.session.read(call.target.type, call.target.id))
            : TRY(call.session.read_version(call.target.type, call.target.id, call.target.version));
    document_ = TRY(json::parse(standing.body));
    ask.add({.name = std::string(parameter),
             .text = {},
             .value = nullptr,
             .resource = &document_.root,
             .parts = nullptr});
    if (parameter != "codeSystem") return {};
    for (const auto& [name, member] : {std::pair{"url", "url"}, {"version", "version"}})
      if (!document_.root.text_of(member).empty() && ask.find(name) == nullptr)
        ask.add({.name = name, .text = std::string(document_.root.text_of(member))});
    return {};
  }

 private:
  json::Document document_;
};

// The element that is being filled in or read names the value set by its binding. R4 lets the two
// directions have value sets of their own; a StructureDefinition has one binding for both, so what
// a client may send and what it may receive is the same.
Result<void> resolve_context(const Call& call, terms::Ask& ask) {
  const std::string_view context = ask.text("context");
  const std::string_view direction = ask.text("contextDirection");
  if (context.empty() && direction.empty()) return {};
  if (!direction.empty() && direction != "incoming" && direction != "outgoing")
    return Error{
        Error::Kind::invalid,
        fmt::format("There is no contextDirection \"{}\"; incoming and outgoing are.", direction),
        "contextDirection"};
  if (context.empty())
    return Error{Error::Kind::invalid,
                 "contextDirection says in which direction a context is meant; give the context.",
                 "contextDirection"};
  if (ask.find("url") != nullptr || ask.find("valueSet") != nullptr)
    return Error{Error::Kind::invalid,
                 "Say which value set in one way: context, or url, or valueSet.", "context"};
  const auto rulebook = call.session.door().gate().rulebook();
  if (rulebook == nullptr)
    return Error{Error::Kind::unsupported, "There are no profiles here to resolve a context by.",
                 "context"};
  ask.add({.name = "url", .text = TRY(fhir::bound_value_set(*rulebook, context))});
  return {};
}

template <class Run>
Reply run(Call& call, const Input& input, std::string_view instance_parameter, Run&& operation) {
  terms::Ask ask = ask_of(call, input);
  Instance instance;
  TRY(instance.add(call, instance_parameter, ask));
  TRY(resolve_context(call, ask));
  return answer_of(operation(call.terminology, ask));
}

}  // namespace

Reply expand(Call& call, const Input& input) {
  return run(call, input, "valueSet", terms::expand);
}
Reply validate_code_in_value_set(Call& call, const Input& input) {
  return run(call, input, "valueSet", terms::validate_code_in_value_set);
}
Reply validate_code_in_system(Call& call, const Input& input) {
  return run(call, input, "codeSystem", terms::validate_code_in_system);
}
Reply batch_validate_code(Call& call, const Input& input) {
  return run(call, input, "valueSet", terms::batch_validate_code);
}
Reply lookup(Call& call, const Input& input) {
  return run(call, input, "codeSystem", terms::lookup);
}
Reply subsumes(Call& call, const Input& input) {
  return run(call, input, "codeSystem", terms::subsumes);
}
Reply translate(Call& call, const Input& input) {
  return run(call, input, "conceptMap", terms::translate);
}
Reply closure(Call& call, const Input& input) {
  auto map = TRY(
      call.closures->answer(call.terminology, ask_of(call, input), call.session.principal().id));
  return Answer{.done = Answer::Done::ok, .body = std::move(map)};
}

}  // namespace tasuki::server::api
