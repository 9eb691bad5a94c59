#include "fhir/ucum/ucum.h"

#include <gtest/gtest.h>

#include "../search/reference_set.h"
#include "conformance.h"
#include "xml/document.h"

namespace tasuki::fhir::ucum {
namespace {

std::string converted(std::string_view value, std::string_view from, std::string_view to) {
  const auto source = parse(from), target = parse(to);
  if (!source) return source.error().message;
  if (!target) return target.error().message;
  const auto result = convert(*Decimal::parse(value), *source, *target);
  return result ? result->trimmed().rounded(std::max(0, result->trimmed().decimals()))->text()
                : result.error().message;
}

struct Conversion {
  const char *name, *value, *from, *to, *expected;
};
void PrintTo(const Conversion& each, std::ostream* out) {
  *out << each.value << " " << each.from << " in " << each.to;
}
class Ucum : public ::testing::TestWithParam<Conversion> {};

const Conversion conversions[] = {
    {"a_prefix_is_exact", "6.3", "mm", "m", "0.0063"},
    {"mass_concentration", "100", "mg/dL", "g/L", "1"},
    {"cells", "5", "10*9/L", "10*3/uL", "5"},
    {"an_annotation_is_no_unit", "7", "{beats}/min", "/min", "7"},
    {"inches", "1", "[in_i]", "cm", "2.54"},
    {"pounds", "185", "[lb_av]", "kg", "83.91458845"},
    {"blood_pressure", "120", "mm[Hg]", "kPa", "15.99864"},
    {"fever", "37", "Cel", "[degF]", "98.6"},
    {"fever_back", "98.6", "[degF]", "Cel", "37"},
    {"kelvin", "-273.15", "Cel", "K", "0"},
    {"scaled_special", "2", "dB", "B", "0.2"},
    {"sound_pressure", "60", "dB[SPL]", "Pa", "0.02"},
    {"acidity", "7", "[pH]", "umol/L", "0.1"},
    {"interval_of_a_scale", "1", "W/(m.Cel)", "W/(m.K)", "1"},
    {"full_circle", "360", "deg", "[pi].rad", "2"},
    {"international_units", "1", "[iU]/mL", "k[IU]/L", "1"},
    {"julian_year", "1", "a", "d", "365.25"},
    {"refused_kinds", "1", "m", "s", "Values in 'm' and in 's' cannot be compared."},
    {"arbitrary_is_only_itself", "1", "[iU]", "[arb'U]",
     "Values in '[iU]' and in '[arb'U]' cannot be compared."},
    {"arbitrary_is_no_number", "1", "[CFU]", "1",
     "Values in '[CFU]' and in '1' cannot be compared."},
    {"not_below_nothing", "0", "mol/L", "[pH]", "The value is out of range in this unit."},
};
TEST_P(Ucum, converts) {
  const auto& each = GetParam();
  EXPECT_EQ(converted(each.value, each.from, each.to), each.expected);
}
INSTANTIATE_TEST_SUITE_P(Table, Ucum, ::testing::ValuesIn(conversions),
                         [](const auto& each) { return std::string(each.param.name); });

struct Refusal {
  const char *unit, *place, *words;
};
TEST(UcumText, is_refused_with_place_and_nearest) {
  const Refusal refusals[] = {
      {"", "character 1", "no unit is '1'"},
      {"g/mgg", "character 3", "'mgg' is no UCUM unit"},
      {"iU", "character 1", "nearest is '[iU]'"},
      {"g/12h", "character 5", "'h' is not expected here"},
      {"ug(8.h)", "character 3", "not expected"},
      {"m.", "character 3", "A unit should stand here"},
      {"(m", "character 3", "')' should stand here"},
      {"m{a", "character 2", "closing }"},
      {"m{a{b}}", "character 4", "in another"},
      {"rad2{錠}", "character 6", "ASCII"},
      {"[in_i", "character 1", "closing ]"},
      {"m-", "character 3", "exponent"},
      {"m100", "character 2", "at most 99"},
      {"0.m", "character 1", "zero"},
      {"(m50)/s", "", ""},
      {"MMHG", "character 1", "no UCUM unit"},
      {"L/Mmol/MIN", "character 8", "nearest is 'min'"},
      {"m60.m60", "character 5", "out of any range"},
  };
  for (const auto& each : refusals) {
    const auto unit = parse(each.unit);
    if (*each.words == '\0') {
      EXPECT_TRUE(unit) << each.unit;
      continue;
    }
    ASSERT_FALSE(unit) << each.unit;
    EXPECT_EQ(unit.error().location, each.place) << each.unit;
    EXPECT_TRUE(unit.error().message.contains(each.words)) << unit.error().message;
  }
  EXPECT_FALSE(parse(std::string(300, 'm')));
  EXPECT_FALSE(parse(std::string(40, '(') + "m" + std::string(40, ')')));
}

TEST(UcumKey, is_one_for_all_that_are_commensurable) {
  EXPECT_EQ(base_unit(*parse("mg/dL")), "m-3.g");
  EXPECT_EQ(base_unit(*parse("ug/mm3")), "m-3.g");
  EXPECT_EQ(base_unit(*parse("k[IU]/L")), "[iU].m-3");
  EXPECT_EQ(base_unit(*parse("%")), "1");
  EXPECT_DOUBLE_EQ(to_base(37.0, *parse("Cel")), 310.15);
  EXPECT_DOUBLE_EQ(to_base(100.0, *parse("mg/dL")), to_base(1.0, *parse("g/L")));
}

TEST(UcumProduct, joins_units) {
  const auto product = multiply({Decimal(20, -1), "cm"}, {Decimal(20, -1), "m"});
  ASSERT_TRUE(product);
  EXPECT_EQ(product->unit, "cm.m");
  EXPECT_EQ(product->value.text(), "4.00");
  const auto quotient = divide({Decimal(4, 0), "g"}, {Decimal(2, 0), "s.m"});
  ASSERT_TRUE(quotient);
  EXPECT_EQ(quotient->unit, "g/(s.m)");
  const auto pure = divide({Decimal(1, 0), "kg"}, {Decimal(5, 0), "g"});
  ASSERT_TRUE(pure);
  EXPECT_EQ(pure->unit, "1");
  EXPECT_EQ(pure->value, Decimal::of(200));
  EXPECT_FALSE(divide({Decimal(1, 0), "kg"}, {Decimal(), "g"}));
}

// ---- ref/ucum: the functional tests

using Fields = std::map<std::string, std::string>;

std::vector<std::pair<std::string, Fields>> functional_cases() {
  const auto text = testing::file_text(std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "ucum" /
                                       "UcumFunctionalTests.part.xml");
  std::vector<std::pair<std::string, Fields>> cases;
  const auto document = xml::parse(text);
  if (!document) return cases;
  for (auto group = document->root().first(); group; group = group.next()) {
    for (auto each = group.first(); each; each = each.next()) {
      if (!each.is_element() || each.name() != "case") continue;
      Fields fields;
      for (const auto& attribute : each.attributes())
        fields[std::string(attribute.name)] = attribute.value;
      cases.emplace_back(std::string(group.name()), std::move(fields));
    }
  }
  return cases;
}

// Expected values are written with a few digits: equal to half of the last one, or to 1e-4.
bool agrees(const Decimal& found, const Decimal& expected) {
  const auto rounded = found.rounded(-expected.exponent());
  const double wanted = expected.value();
  return (rounded && *rounded == expected) ||
         std::abs(found.value() - wanted) <= 1e-4 * std::abs(wanted);
}

std::string judge(const std::string& group, const Fields& fields) {
  const auto number = [&](const char* name) { return *Decimal::parse(fields.at(name)); };
  if (group == "validation") {
    const bool is_valid = parse(fields.at("unit")).has_value();
    return is_valid == (fields.at("valid") == "true")
               ? ""
               : "judged " + std::string(is_valid ? "right" : "wrong");
  }
  if (group == "displayNameGeneration") {
    const auto shown = display(fields.at("unit"));
    return shown && *shown == fields.at("display") ? "" : shown.value_or("no display");
  }
  if (group == "conversion") {
    const auto from = parse(fields.at("srcUnit")), to = parse(fields.at("dstUnit"));
    const auto found = convert(number("value"), *from, *to);
    return found && agrees(*found, number("outcome")) ? ""
           : found                                    ? found->text()
                                                      : found.error().message;
  }
  const bool is_product = group == "multiplication";
  const Quantity left{number("v1"), fields.at("u1")}, right{number("v2"), fields.at("u2")};
  const auto found = is_product ? multiply(left, right) : divide(left, right);
  if (!found) return found.error().message;
  const auto same = convert(found->value, *parse(found->unit), *parse(fields.at("uRes")));
  return same && agrees(*same, number("vRes")) ? "" : found->value.text() + " " + found->unit;
}

TEST(UcumReference, functional_tests_hold) {
  const auto cases = functional_cases();
  if (cases.empty()) GTEST_SKIP() << "ref/ucum is not here";
  conformance::Tally tally("ucum");
  for (const auto& [group, fields] : cases) {
    const auto problem = judge(group, fields);
    if (problem.empty()) {
      tally.pass();
    } else {
      tally.fail(group + " " + fields.at("id"), problem);
    }
  }
  EXPECT_GE(tally.share(), 0.98) << tally.failures();
  EXPECT_EQ(tally.failures(), "");
}

// Our table against the essence itself: each unit is what it is defined as, and arbitrary and
// special where it should be.
TEST(UcumReference, every_unit_is_as_the_essence_defines_it) {
  const auto text = testing::file_text(std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "ucum" /
                                       "ucum-essence.xml");
  const auto document = xml::parse(text);
  if (!document) GTEST_SKIP() << "ref/ucum is not here";
  size_t seen = 0;
  for (auto node = document->root().first(); node; node = node.next()) {
    if (!node.is_element() || node.name() == "prefix") continue;
    Fields fields;
    for (const auto& attribute : node.attributes())
      fields[std::string(attribute.name)] = attribute.value;
    for (auto child = node.first(); child; child = child.next()) {
      for (const auto& attribute : child.attributes())
        fields["value." + std::string(attribute.name)] = attribute.value;
    }
    ++seen;
    const auto& code = fields.at("Code");
    const auto unit = parse(code);
    ASSERT_TRUE(unit) << code;
    EXPECT_EQ(unit->special != Special::none, fields["isSpecial"] == "yes") << code;
    EXPECT_EQ(!unit->arbitrary[0].code.empty(), fields["isArbitrary"] == "yes") << code;
    EXPECT_EQ(parse("k" + code).has_value(),
              fields["isMetric"] == "yes" || node.name() == "base-unit" || code == "at")
        << code;
    if (node.name() == "base-unit" || fields["isSpecial"] == "yes" || fields["value.Unit"] == "1")
      continue;
    const auto definition = parse(fields["value.Unit"]);
    ASSERT_TRUE(definition) << code;
    EXPECT_EQ(unit->powers, definition->powers) << code;
    EXPECT_NEAR(unit->factor.value() / definition->factor.value(), std::stod(fields["value.value"]),
                1e-12 * std::stod(fields["value.value"]))
        << code;
  }
  EXPECT_GT(seen, 300u);
}

}  // namespace
}  // namespace tasuki::fhir::ucum
