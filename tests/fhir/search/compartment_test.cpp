// The four compartments that no package brings: each name is a reference of its type that may lead
// there, and where HL7's own definition is at hand, the two are the same.
#include "fhir/search/compartment.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "json/parse.h"
#include "reference_set.h"

namespace tasuki::fhir::search {
namespace {

using testing::definitions;

TEST(Compartments, are_made_of_references_that_lead_there) {
  size_t links = 0;
  for (const auto name : compartment_types()) {
    const auto compartment = *definitions().resource_type(name);
    for (const auto type : definitions().resource_types()) {
      for (const auto code : compartment_links(definitions(), compartment, type)) {
        const auto* parameter = definitions().search_parameter(type, code);
        ASSERT_NE(parameter, nullptr) << definitions().name(type) << " " << code;
        EXPECT_EQ(parameter->type, ParameterType::reference) << parameter->code;
        const auto targets = parameter->targets;
        EXPECT_TRUE(targets.empty() || std::ranges::find(targets, compartment) != targets.end())
            << definitions().name(type) << " " << code;
        ++links;
      }
    }
  }
  EXPECT_GT(links, 250U);
}

TEST(Compartments, are_as_defined) {
  for (const auto& [file, name] :
       {std::pair{"practitioner", "Practitioner"}, std::pair{"relatedPerson", "RelatedPerson"}}) {
    const auto text =
        testing::file_text(std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "fhir-examples-r4" /
                           (std::string("CompartmentDefinition-") + file + ".json"));
    if (text.empty()) GTEST_SKIP() << "fhir-examples-r4 is absent";
    const auto document = json::parse(text);
    for (const auto& resource : document->root.find("resource")->items()) {
      std::vector<std::string_view> expected;
      if (const auto* params = resource.find("param"))
        for (const auto& one : params->items())
          if (one.text() != "{def}") expected.push_back(one.text());
      const auto links = compartment_links(definitions(), *definitions().resource_type(name),
                                           *definitions().resource_type(resource.text_of("code")));
      EXPECT_EQ(links, expected) << name << " " << resource.text_of("code");
    }
  }
}

}  // namespace
}  // namespace tasuki::fhir::search
