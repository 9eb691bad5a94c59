#include <map>
#include <set>

#include "fhir/path/expression.h"
#include "fhir/search/plan.h"
#include "fhir/search/value.h"
#include "reference_set.h"

namespace tasuki::fhir::search {
namespace {

using testing::definitions;
using testing::document;

TEST(Plan, compiles_every_expression_of_the_r4_search_parameters) {
  size_t count = 0;
  for (const auto& parameter : definitions().search_parameters()) {
    if (parameter.expression.empty()) continue;
    ++count;
    const auto compiled = path::Expression::compile(definitions(), parameter.expression);
    EXPECT_TRUE(compiled) << parameter.url << ": " << compiled.error().message;
    for (const auto& component : parameter.components) {
      const auto part = path::Expression::compile(definitions(), component.expression);
      EXPECT_TRUE(part) << parameter.url << ": " << part.error().message;
    }
  }
  EXPECT_GE(count, 1370U);
  std::printf("%zu expressions\n", count);
}

TEST(Plan, leaves_out_only_what_has_no_expression_and_near) {
  std::set<std::string> gaps;
  for (const auto type : definitions().resource_types()) {
    for (const auto& gap : plan_of(definitions(), type).gaps()) gaps.insert(std::string(gap.parameter->code) + " " + gap.reason);
  }
  EXPECT_EQ(gaps, (std::set<std::string>{"_content has no expression", "_query has no expression", "_text has no expression", "near is special: its meaning is not in its expression"}));
}

TEST(Extract, reads_every_official_example) {
  const auto files = testing::example_files();
  if (files.empty()) GTEST_SKIP() << "fhir-examples-r4 is absent";
  std::map<std::string, size_t> values;
  size_t resources = 0;
  for (const auto& file : files) {
    const auto text = testing::file_text(file);
    const auto example = document(text);
    const auto type = definitions().resource_type(example.root.text_of("resourceType"));
    if (!type) continue;
    ++resources;
    for (const auto& extracted : extract(definitions(), *type, example.root)) values[std::string(extracted.parameter->code)] += extracted.values.size();
  }
  std::printf("%zu resources, %zu parameters\n", resources, values.size());
  EXPECT_GT(resources, 500U);
}

}  // namespace
}  // namespace tasuki::fhir::search
