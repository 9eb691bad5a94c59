// The cases of the fhirpath.js project. ref/fhirpath-js
#include "suite.h"

#include "json/print.h"

namespace tasuki::fhir::path {
namespace {

// A value of the suite as ours is written: quantities and dates are texts there, longs too.
std::string wanted_text(const json::Value& value) {
  if (value.is_boolean()) return value.boolean() ? "true" : "false";
  if (value.is_object()) return json::print(value);
  return std::string(value.text());
}

bool same_value(const std::string& ours, const json::Value& wanted) {
  const auto text = wanted_text(wanted);
  if (ours == text) return true;
  if (wanted.is_object()) {
    const auto parsed = json::parse(ours);
    return parsed && json::equal(parsed->root, wanted);
  }
  const auto a = Decimal::parse(ours), b = Decimal::parse(text);
  return a && b && *a == *b;
}

// What we do not do, and why.
std::string exception(const json::Value& each) {
  const auto expression = each.text_of("expression");
  if (expression.empty() || expression.starts_with("{"))
    return "an expression with a base path is that library's interface";
  if (expression.contains("$this.length)"))
    return "length without () is a property of JavaScript's strings";
  if (const auto* precise = each.find("preciseMath"); precise && !precise->boolean())
    return "asks for the rounding of binary floating point; our decimals are exact";
  if (expression.contains("%factory"))
    return "%factory is a draft of a later release, not of FHIR R4 or FHIRPath 2.0";
  return {};
}

class Javascript {
 public:
  std::string judge(const json::Value& each) {
    const bool is_typed = each.text_of("model") == "r4";
    const auto* input = subject(each);
    const Item focus = input == nullptr ? Item{} : item(*input, is_typed);
    Environment environment;
    environment.resource = focus;
    std::vector<Variable> variables;
    std::vector<std::string_view> names;
    if (const auto* given = each.find("variables")) {
      for (const auto& [name, value] : given->members()) {
        Variable variable{name, {}};
        const auto many = value.is_array() ? value.items() : std::span(&value, 1);
        for (const auto& one : many) {
          if (!one.is_null()) variable.value.push_back(item(one, is_typed));
        }
        variables.push_back(std::move(variable));
        names.push_back(name);
      }
    }
    environment.variables = variables;
    Options options;
    options.variables = names;
    const auto got = answer(each.text_of("expression"), options, focus, environment);
    if (each.find("error") != nullptr)
      return got.error.empty() ? "no error, but " + joined(got.values) : "";
    if (!got.error.empty()) return got.error;
    const auto* result = each.find("result");
    bool same = result != nullptr && result->size() == got.values.size();
    for (size_t i = 0; same && i < got.values.size(); ++i)
      same = same_value(got.values[i], result->items()[i]);
    return same ? ""
                : joined(got.values) + " where " + (result ? json::print(*result) : "?") +
                      " is right";
  }

 private:
  static Item item(const json::Value& value, bool is_typed) {
    if (is_typed && value.find("resourceType") != nullptr)
      return root(testing::definitions(), value);
    return untyped(value);
  }
  const json::Value* subject(const json::Value& each) {
    const auto file = each.text_of("inputfile");
    if (!file.empty()) return &inputs_[std::string(file)];
    return subjects_.root.find(each.text_of("file"));
  }

  Inputs inputs_{reference("fhirpath-js") / "inputs"};
  json::Document subjects_ =
      testing::document(testing::file_text(reference("fhirpath-js") / "subjects.json"));
};

TEST(FhirPathJavascript, suite_holds) {
  const auto folder = reference("fhirpath-js");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "ref/fhirpath-js is not here";
  const auto cases = testing::document(testing::file_text(folder / "cases.json"));
  Javascript suite;
  conformance::Tally tally("fhirpath-js");
  for (const auto& each : cases.root.items()) {
    const auto id = std::string(each.text_of("id"));
    if (const auto reason = exception(each); !reason.empty()) {
      tally.except(id, reason);
      continue;
    }
    const auto problem = suite.judge(each);
    if (problem.empty()) {
      tally.pass();
    } else {
      tally.fail(id, std::string(each.text_of("expression")) + ": " + problem);
    }
  }
  EXPECT_GE(tally.share(), 0.98) << tally.failures();
}

}  // namespace
}  // namespace tasuki::fhir::path
