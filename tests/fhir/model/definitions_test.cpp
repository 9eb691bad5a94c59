#include "fhir/model/definitions.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fhir/model/image.h"

namespace tasuki::fhir {
namespace {

using testing::ElementsAre;

std::filesystem::path image_file() {
  return std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image";
}

class DefinitionsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto opened = Definitions::open(image_file());
    ASSERT_TRUE(opened) << opened.error().message;
    definitions = std::move(*opened);
  }
  static TypeId type(std::string_view name) { return definitions->type(name).value_or(no_type); }
  static inline std::unique_ptr<const Definitions> definitions;
};

TEST_F(DefinitionsTest, knows_every_concrete_resource_type_of_r4) {
  EXPECT_EQ(definitions->resource_types().size(), 146u);
  EXPECT_TRUE(definitions->resource_type("Patient"));
  EXPECT_FALSE(definitions->resource_type("DomainResource"));
  EXPECT_FALSE(definitions->resource_type("HumanName"));
}

TEST_F(DefinitionsTest, leaves_out_what_is_not_r4) {
  EXPECT_FALSE(definitions->type("Project"));
  EXPECT_FALSE(definitions->type("ClientApplication"));
  EXPECT_FALSE(definitions->type("MoneyQuantity"));
  EXPECT_EQ(definitions->search_parameters().size(), 1375u);
}

TEST_F(DefinitionsTest, says_what_a_type_specialises) {
  EXPECT_EQ(definitions->name(definitions->parent(type("Patient"))), "DomainResource");
  EXPECT_EQ(definitions->name(definitions->parent(type("code"))), "string");
  EXPECT_EQ(definitions->name(definitions->parent(type("Age"))), "Quantity");
  EXPECT_EQ(definitions->name(definitions->parent(type("Observation.component"))),
            "BackboneElement");
  EXPECT_EQ(definitions->parent(type("Resource")), no_type);
  EXPECT_EQ(definitions->primitive(type("positiveInt")), Primitive::positive_int);
}

TEST_F(DefinitionsTest, expands_choices_and_inherits) {
  const Element* quantity = definitions->element(type("Observation"), "valueQuantity");
  ASSERT_NE(quantity, nullptr);
  EXPECT_EQ(quantity->stem, "value");
  EXPECT_TRUE(quantity->is_choice);
  EXPECT_EQ(quantity->type, type("Quantity"));
  EXPECT_EQ(definitions->element(type("Observation"), "value"), nullptr);
  EXPECT_NE(definitions->element(type("Observation"), "meta"), nullptr);
  EXPECT_EQ(definitions->element(type("Patient"), "id")->type, type("id"));
  EXPECT_EQ(definitions->element(type("HumanName"), "id")->type, type("string"));
  EXPECT_EQ(definitions->element(type("Extension"), "url")->type, type("uri"));
  EXPECT_NE(definitions->element(type("Extension"), "valueUsageContext"), nullptr);
}

TEST_F(DefinitionsTest, follows_content_references) {
  EXPECT_EQ(definitions->element(type("Questionnaire.item"), "item")->type,
            type("Questionnaire.item"));
  EXPECT_EQ(definitions->element(type("Bundle.entry"), "link")->type, type("Bundle.link"));
  EXPECT_EQ(definitions->element(type("Bundle.entry"), "resource")->type, type("Resource"));
}

TEST_F(DefinitionsTest, knows_cardinality_targets_and_bindings) {
  const Element* subject = definitions->element(type("Condition"), "subject");
  EXPECT_EQ(subject->min, 1);
  EXPECT_FALSE(subject->is_array);
  EXPECT_THAT(subject->targets, ElementsAre(type("Patient"), type("Group")));
  const Element* gender = definitions->element(type("Patient"), "gender");
  EXPECT_TRUE(gender->binding.required);
  EXPECT_EQ(gender->binding.value_set, "http://hl7.org/fhir/ValueSet/administrative-gender");
}

TEST_F(DefinitionsTest, enumerates_value_sets_where_it_can) {
  const auto has = [](std::string_view set, std::string_view system, std::string_view code) {
    return definitions->has_code(set, system, code);
  };
  EXPECT_EQ(has("http://hl7.org/fhir/ValueSet/administrative-gender", {}, "female"), true);
  EXPECT_EQ(has("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1", {}, "F"), false);
  EXPECT_EQ(
      has("http://hl7.org/fhir/ValueSet/administrative-gender", "http://example.org", "female"),
      false);
  EXPECT_EQ(has("http://hl7.org/fhir/ValueSet/all-types", {}, "Patient"),
            true);  // of other value sets
  EXPECT_EQ(has("http://hl7.org/fhir/ValueSet/units-of-time", {}, "wk"), true);
  EXPECT_EQ(has("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode", {}, "AMB"),
            true);  // is-a
  EXPECT_EQ(has("http://hl7.org/fhir/ValueSet/observation-codes", "http://loinc.org", "1-8"),
            std::nullopt);
  EXPECT_EQ(has("http://hl7.org/fhir/ValueSet/ucum-units", {}, "mg"), std::nullopt);
  EXPECT_EQ(has("http://example.org/nothing", {}, "mg"), std::nullopt);
}

TEST_F(DefinitionsTest, finds_search_parameters_by_code) {
  const SearchParameter* name = definitions->search_parameter(type("Patient"), "name");
  ASSERT_NE(name, nullptr);
  EXPECT_EQ(name->expression, "Patient.name");
  EXPECT_EQ(name->type, ParameterType::string);
  EXPECT_NE(definitions->search_parameter(type("Patient"), "_lastUpdated"), nullptr);
  EXPECT_NE(definitions->search_parameter(type("Observation"), "code-value-quantity"), nullptr);
  EXPECT_EQ(
      definitions->search_parameter(type("Observation"), "code-value-quantity")->components.size(),
      2u);
  EXPECT_EQ(definitions->search_parameter(type("Patient"), "subject"), nullptr);
  EXPECT_NE(definitions->search_parameter(type("Resource"), "_id"), nullptr);
}

TEST_F(DefinitionsTest, knows_the_patient_compartment) {
  EXPECT_THAT(definitions->patient_links(type("Observation")), ElementsAre("subject", "performer"));
  EXPECT_TRUE(definitions->patient_links(type("Medication")).empty());
}

TEST_F(DefinitionsTest, gives_each_lookup_back_by_name) {
  for (const TypeId resource : definitions->resource_types()) {
    EXPECT_EQ(definitions->type(definitions->name(resource)), resource);
    for (const Element& element : definitions->elements(resource)) {
      EXPECT_EQ(definitions->element(resource, element.name), &element);
    }
    for (const SearchParameter* parameter : definitions->search_parameters_of(resource)) {
      EXPECT_EQ(definitions->search_parameter(resource, parameter->code), parameter)
          << parameter->url;
    }
  }
}

TEST(Nearest, names_what_was_probably_meant) {
  const std::string_view names[] = {"birthDate", "name", "gender"};
  EXPECT_EQ(nearest("birthdate", names), "birthDate");
  EXPECT_EQ(nearest("gendr", names), "gender");
  EXPECT_EQ(nearest("zzzzzz", names), "");
}

std::string image_bytes() {
  std::ifstream in(image_file(), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Result<std::unique_ptr<const Definitions>> open_bytes(const std::string& bytes) {
  const auto file = std::filesystem::path(testing::TempDir()) / "definitions_test.image";
  std::ofstream(file, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return Definitions::open(file);
}

TEST(DefinitionsImage, refuses_truncated_or_changed_bytes) {
  const std::string whole = image_bytes();
  EXPECT_TRUE(open_bytes(whole));
  for (const size_t size :
       {size_t{0}, size_t{7}, size_t{100}, whole.size() / 2, whole.size() - 1}) {
    EXPECT_FALSE(open_bytes(whole.substr(0, size))) << size;
  }
  for (const size_t at :
       {size_t{0}, size_t{9}, size_t{17}, size_t{40}, whole.size() / 3, whole.size() - 1}) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_FALSE(open_bytes(changed)) << at;
  }
}

// Everything that can be asked, of whatever the tables now say.
size_t ask_everything(const Definitions& definitions) {
  size_t answers = 0;
  for (uint16_t number = 0; number < 1000; ++number) {
    const TypeId type{number};
    answers += definitions.name(type).size();
    for (TypeId up = definitions.parent(type); up != no_type; up = definitions.parent(up))
      ++answers;
    for (const Element& element : definitions.elements(type)) {
      answers += definitions.element(type, element.name) != nullptr;
      answers += definitions.has_code(element.binding, "", "x").value_or(false) +
                 definitions.codes(element.binding).size();
      for (const TypeId target : element.targets)
        answers += definitions.name(target).size();
    }
    for (const SearchParameter* parameter : definitions.search_parameters_of(type))
      answers += parameter->bases.size();
    for (const std::string_view link : definitions.patient_links(type))
      answers += link.size();
  }
  return answers;
}

// A broken table under a right checksum is refused or harmless; the sanitizers watch.
TEST(DefinitionsImage, is_safe_to_ask_whatever_its_tables_say) {
  const std::string whole = image_bytes();
  std::mt19937 random(4711);
  const size_t start = sizeof(image::Header);
  int refused = 0;
  for (int round = 0; round < 40; ++round) {
    std::string changed = whole;
    for (int change = 0; change < 3; ++change) {
      changed[start + random() % (changed.size() - start)] = static_cast<char>(random());
    }
    image::Header header;
    std::memcpy(&header, changed.data(), sizeof header);
    header.sum = image::hash(std::string_view(changed).substr(start));
    std::memcpy(changed.data(), &header, sizeof header);
    const auto opened = open_bytes(changed);
    refused += !opened;
    if (opened) {
      EXPECT_GT(ask_everything(**opened), 0u);
    }
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace tasuki::fhir
