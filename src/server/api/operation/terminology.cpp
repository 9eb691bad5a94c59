// The terminology operations over HTTP: the parameters of a request become a terminology Ask, its
// Reply becomes an Answer. What the operations mean stands in fhir/terminology/operation. FHIR R4
// terminology-service.html
#include "json/parse.h"
#include "server/api/operation/operation.h"

#include "fhir/terminology/operation/closure.h"
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

template <class Run>
Reply run(Call& call, const Input& input, std::string_view instance_parameter, Run&& operation) {
  terms::Ask ask = ask_of(call, input);
  Instance instance;
  TRY(instance.add(call, instance_parameter, ask));
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
  return run(call, input, "conceptMap",
             [&](const terms::Snapshot& snapshot, const terms::Ask& ask) {
               return call.closures->closure(snapshot, ask, call.session.principal().id);
             });
}

}  // namespace tasuki::server::api
