// HL7's FHIRPath tests in their R4 form. ref/fhirpath-r4
#include "suite.h"

namespace tasuki::fhir::path {
namespace {

// "@2015-02-04", "@T14:30": our values carry no mark.
std::string plain(std::string_view value) {
  if (value.starts_with('@')) value.remove_prefix(1);
  if (value.starts_with('T')) value.remove_prefix(1);
  return std::string(value);
}

std::string type_name(std::string_view name) {
  std::string result(
      name.substr(name.rfind('.') == std::string_view::npos ? 0 : name.rfind('.') + 1));
  return result;
}

bool same_number(const std::string& left, const std::string& right) {
  const auto a = Decimal::parse(left), b = Decimal::parse(right);
  return a && b && *a == *b;
}

std::string judge(const json::Value& each, Inputs& inputs) {
  auto file = std::string(each.text_of("inputfile"));
  if (file.ends_with(".xml")) file = file.substr(0, file.size() - 4) + ".json";
  const auto& definitions = testing::definitions();
  const Item focus = file.empty() ? Item{} : root(definitions, inputs[file]);
  Environment environment;
  environment.resource = focus;
  Options options;
  options.is_strict = each.text_of("mode") == "strict" || each.text_of("invalid") == "semantic";
  options.context = focus.type;
  const auto got = answer(each.text_of("expression"), options, focus, environment);
  const auto invalid = each.text_of("invalid");
  if (!invalid.empty()) return got.error.empty() ? "no error, but " + joined(got.values) : "";
  if (!got.error.empty()) return got.error;
  auto values = got.values;
  if (each.text_of("predicate") == "true") values = {values.empty() ? "false" : "true"};
  std::vector<std::string> wanted;
  if (const auto* outputs = each.find("outputs")) {
    for (const auto& output : outputs->items()) {
      wanted.push_back(plain(output.text_of("value")));
      const auto type = type_name(output.text_of("type"));
      const auto place = wanted.size() - 1;
      const bool is_checked = !type.empty() && each.text_of("predicate") != "true";
      if (is_checked && place < got.types.size() && got.types[place] != type)
        return "is " + got.types[place] + ", not " + type;
    }
  }
  bool same = values.size() == wanted.size();
  for (size_t i = 0; same && i < values.size(); ++i) {
    const bool is_typed = got.types.size() > i && got.types[i] == "decimal";
    same = plain(values[i]) == wanted[i] || (is_typed && same_number(values[i], wanted[i]));
  }
  return same ? "" : joined(values) + " where " + joined(wanted) + " is right";
}

TEST(FhirPathOfficial, suite_holds) {
  const auto folder = reference("fhirpath-r4");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "ref/fhirpath-r4 is not here";
  const auto cases = testing::document(testing::file_text(folder / "cases.json"));
  Inputs inputs(folder / "inputs");
  conformance::Tally tally("fhirpath-r4");
  for (const auto& each : cases.root.items()) {
    if (each.text_of("mode") == "cda" || each.text_of("mode") == "tx") {
      tally.except(std::string(each.text_of("name")), "needs CDA or a terminology server");
      continue;
    }
    const auto problem = judge(each, inputs);
    if (problem.empty()) {
      tally.pass();
    } else {
      tally.fail(std::string(each.text_of("name")),
                 std::string(each.text_of("expression")) + ": " + problem);
    }
  }
  EXPECT_GE(tally.share(), 0.98) << tally.failures();
}

}  // namespace
}  // namespace tasuki::fhir::path
