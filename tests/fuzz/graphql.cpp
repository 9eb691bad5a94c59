// Any query is refused in GraphQL's form, or answered in bounded time, over a source of one
// patient.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/graphql/execute.h"
#include "fuzz_definitions.h"
#include "json/parse.h"

namespace {

using namespace tasuki;

const json::Document& fuzz_patient() {
  static const auto patient = json::parse(
      R"({"resourceType":"Patient","id":"p","active":true,"birthDate":"1952-04-01",)"
      R"("name":[{"use":"official","given":["A","B"]},{"use":"usual","given":["C"]}],)"
      R"("generalPractitioner":[{"reference":"Patient/p"}],"contained":[{"resourceType":"Basic","id":"b"}]})");
  return *patient;
}

class OnePatient final : public fhir::graphql::Source {
 public:
  Result<std::optional<json::Value>> read(fhir::TypeId, std::string_view id) override {
    if (id != "p") return std::optional<json::Value>();
    return std::optional(fuzz_patient().root);
  }
  Result<Found> search(fhir::TypeId, const Parameters&, bool) override {
    return Found{.resources = {fuzz_patient().root, fuzz_patient().root}, .total = 2, .next = "n"};
  }
  std::string local(std::string_view reference) const override { return std::string(reference); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  OnePatient source;
  fhir::graphql::Request request;
  request.query = text.substr(std::min<size_t>(1, size));
  // The first byte says whether one resource is asked, or the system.
  if (!text.empty() && text.front() == 'i')
    request.instance =
        fhir::graphql::Instance{*fuzz_definitions().resource_type("Patient"), fuzz_patient().root};
  const std::string answer = fhir::graphql::answer(fuzz_definitions(), source, request);
  if (!json::parse(answer)) std::abort();
  return 0;
}
