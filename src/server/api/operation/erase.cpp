// [type]/[id]/$erase: taken out for good, on a ground in law, with a proof. record/erase.h
#include "record/erase.h"

#include "json/print.h"
#include "server/api/operation/operation.h"

namespace tasuki::server::api {

Reply erase(Call& call, const Input& input) {
  record::EraseRequest request;
  request.type = call.target.type;
  request.id = call.target.id;
  request.reason = input.text("reason").value_or("");
  request.whole_person = TRY(input.truth("wholePerson", call.target.type_name == "Patient"));
  if (request.whole_person && call.target.type_name != "Patient")
    return Error{Error::Kind::invalid, "wholePerson is of Patient/[id]/$erase.", "wholePerson"};
  const record::Erasure erasure = TRY(record::erase(call.session, request));
  std::string text = fmt::format(
      R"({{"resourceType":"Parameters","parameter":[{{"name":"records","valueInteger":{}}},)"
      R"({{"name":"versions","valueInteger":{}}},{{"name":"leftCount","valueInteger":{}}})",
      erasure.records, erasure.versions, erasure.left_count);
  for (const std::string& left : erasure.left)
    text += fmt::format(R"(,{{"name":"left","valueReference":{{"reference":"{}"}}}})", left);
  text += R"(,{"name":"proof","resource":)" + erasure.proof.body;
  return Answer{.done = Answer::Done::ok, .body = text + "}]}"};
}

}  // namespace tasuki::server::api
