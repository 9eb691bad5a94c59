// ref/ms-fhir-server: inputs of another server's tests, with what their names say must come of
// them. A refused one stores nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance.h"
#include "json/parse.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

const std::filesystem::path folder =
    std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "ms-fhir-server";

// expected: "201", or "4xx": refused in whatever way fits. entries: of a batch, its statuses.
struct Row {
  const char* file;
  const char* expected;
  const char* entries = "";
};
// clang-format off
constexpr Row rows[] = {
    {"Bundle-BinaryPatch.json",                     "200", "201 200"},
    {"Bundle-FhirPatch.json",                       "200", "201 200 200"},
    {"Bundle-InvalidBundleType.json",               "400"},
    {"Bundle-TypeMissing.json",                     "400"},
    {"Bundle-TransactionWithAllValidRoutes.json",   "200"},
    {"Bundle-TransactionWithValidBundleEntry.json", "200"},
    {"Bundle-TransactionForRollBack.json",          "404"},
    {"Bundle-TransactionForRollBackWithDelete.json", "4xx"},
    {"Bundle-TransactionWithConditionalCreateAndReference.json", "200"},
    {"Bundle-TransactionWithConditionalUpdateAndReference.json", "200"},
    {"Bundle-TransactionWithConditionalReferenceReferringToSameResource.json", "4xx"},
    {"Bundle-TransactionWithForeignReferenceInResourceBody.json", "200"},
    {"Bundle-TransactionWithReferenceInResourceBody.json", "200"},
    {"Bundle-TransactionWithInvalidProcessingRoutes.json", "4xx"},
    {"Bundle-TransactionWithInvalidResourceType.json", "400"},
    {"Bundle-TransactionWithMultipleEntriesModifyingSameResource.json", "400"},
    {"Bundle-TransactionWithMultipleResourcesWithSameFullUrl.json", "4xx"},
    {"Bundle-ChainingSortAndSearchValidation.json", "200"},
    {"InvalidObservation.json",                     "4xx"},
    {"ObservationWithInvalidStatus.json",           "4xx"},
    {"ObservationWithInvalidDecimalSpecification.json", "4xx"},
    {"ObservationWithNoCode.xml",                   "4xx"},
    {"PatientWithUnknownElements.json",             "4xx"},
    {"MoneyWithWrongDecimal.json",                  "4xx"},
    {"MemberMatch.json",                            "201"},  // Parameters are a resource like any other
    {"SearchParameterBadSyntax.json",               "4xx"},
    {"SearchParameterInvalidBase.json",             "4xx"},
    {"SearchParameterMissingBase.json",             "4xx"},
    {"SearchParameterMissingExpression.json",       "4xx"},
    {"SearchParameterMissingType.json",             "4xx"},
    {"SearchParameterUnsupportedType.json",         "4xx"},
    {"InvalidCompartmentDefinition.json",           "4xx"},
};
// clang-format on

// Why a fixture is not to be met.
struct Exception {
  const char* file;
  const char* reason;
};
constexpr Exception exceptions[] = {
    {"Bundle-Transaction.json",
     "asks for $lookup on ValueSet and If-Match of versions another test made first"},
    {"Bundle-TransactionWithMetaHistory.json",
     "_meta-history is that server's own parameter; unknown ones are refused here"},
    {"Bundle-TransactionWithConditionalCreateAndReference.json",
     "an identifier's system is \"\", which is no uri"},
    {"Bundle-TransactionWithConditionalUpdateAndReference.json",
     "lacks ImagingStudy.series.instance.sopClass, which R4 requires"},
    {"Bundle-TransactionWithForeignReferenceInResourceBody.json",
     "refers to urn:uuid of an entry that is not there; it would lead nowhere for ever, so it is "
     "refused"},
    {"ObservationWithInvalidDecimalSpecification.json",
     "a decimal of 29 digits: R4 sets no limit, and it is kept to the last of them"},
    {"Observation-For-Patient-f001.json", "STU3: interpretation does not repeat"},
    {"ObservationWithTemperature.json", "STU3: interpretation does not repeat"},
    {"StructureDefinition-us-core-patient-v6.json", "a narrative without div"},
    {"WeightInGrams.json", "a narrative without div"},
    {"TokenOverflowChargeItem.json", "has an element R4 does not define"},
    {"TokenOverflowPatient.json", "a reference that names no resource"},
    {"InvalidCompartmentDefinition.json",
     "a collection for that server's loader; as a Bundle to keep it is valid"},
    {"SmartCommon.json", "a reference to \"Practioner\", a misspelt type"},
    {"SmartPatientA.json", "lacks Appointment.participant.status, which R4 requires"},
};

std::string content_of(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

bool fits(unsigned status, std::string_view expected) {
  if (expected == "4xx") return status >= 400 && status < 500;
  return std::to_string(status) == expected;
}

class Fixtures {
 public:
  std::string play(const std::filesystem::path& file, const Row* row) {
    const std::string text = content_of(file);
    const auto document = json::parse(text);
    const std::string type =
        file.extension() == ".xml"
            ? root_of(text)
            : std::string(document ? document->root.text_of("resourceType") : "");
    const bool bundle = type == "Bundle";
    if (bundle) begin_anew(file.filename().string());
    const bool collection = bundle && document->root.text_of("type") == "collection";
    const size_t before = count();
    const Heard heard = house_->ask("POST", bundle && !collection ? "/fhir" : "/fhir/" + type,
                                    headers(file.extension() == ".xml" ? "xml" : "json"), text);
    const std::string expected = row != nullptr          ? row->expected
                                 : bundle && !collection ? "200"
                                                         : "201";
    if (!fits(heard.status, expected))
      return std::to_string(heard.status) + " instead of " + expected + ": " +
             heard.body.substr(0, 300);
    if (heard.status >= 400 && count() != before) return "refused, but something was stored";
    if (row != nullptr && *row->entries != '\0') return entries(heard.body, row->entries);
    return {};
  }

 private:
  static std::string root_of(const std::string& text) {
    const size_t at = text.find_first_not_of("?!", text.find("<", text.find("?>")) + 1);
    return text.substr(at, text.find_first_of(" >", at) - at);
  }

  // A Bundle meets an empty record, but for the patient its conditions are about.
  void begin_anew(const std::string& name) {
    house_ = std::make_unique<House>();
    token_ = house_->token("own/doctor");
    if (name.contains("ReferringToSameResource") || name.contains("TransactionWithReference"))
      house_->ask(
          "POST", "/fhir/Patient", headers("json"),
          R"({"resourceType":"Patient","identifier":[{"system":"http:/example.org/fhir/ids","value":"234234"}]})");
  }

  std::string headers(const std::string& format) {
    return "Authorization: Bearer " + token_ + "\r\nContent-Type: application/fhir+" + format +
           "\r\nAccept: application/fhir+json\r\n";
  }

  // Everything that was ever written.
  size_t count() {
    const Heard heard = house_->ask("GET", "/fhir/_history?_count=1000", headers("json"));
    const auto bundle = json::parse(heard.body);
    const json::Value* all = bundle ? bundle->root.find("entry") : nullptr;
    return all == nullptr ? 0 : all->size();
  }

  static std::string entries(const std::string& body, std::string_view expected) {
    const auto bundle = json::parse(body);
    std::string statuses;
    for (const json::Value& entry : bundle->root.find("entry")->items())
      statuses += (statuses.empty() ? "" : " ") +
                  std::string(entry.find("response")->text_of("status").substr(0, 3));
    return statuses == expected ? std::string() : statuses + " instead of " + std::string(expected);
  }

  std::unique_ptr<House> house_ = std::make_unique<House>();
  std::string token_ = house_->token("own/doctor");
};

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const bool is_input =
        (name.ends_with(".json") && !name.ends_with(".indexes.json")) || name.ends_with(".xml");
    if (entry.is_regular_file() && is_input && name != "README.md") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

TEST(MsFixtures, come_out_as_their_names_say) {
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIP ms-fhir-server: not here";
  conformance::Tally tally("ms-fhir-server");
  Fixtures fixtures;
  for (const auto& file : files()) {
    const std::string name = file.filename().string();
    const auto* const row =
        std::ranges::find_if(rows, [&](const Row& each) { return each.file == name; });
    const auto* const exception =
        std::ranges::find_if(exceptions, [&](const Exception& each) { return each.file == name; });
    const std::string fault = fixtures.play(file, row == std::end(rows) ? nullptr : row);
    if (fault.empty()) {
      tally.pass();
    } else if (exception != std::end(exceptions)) {
      tally.except(name, exception->reason);
    } else {
      tally.fail(name, fault);
    }
  }
  EXPECT_GE(tally.share(), 0.95) << tally.failures();
}

}  // namespace
}  // namespace tasuki::server
