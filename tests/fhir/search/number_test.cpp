#include "fhir/search/number.h"

#include <gtest/gtest.h>

namespace tasuki::fhir::search {
namespace {

struct Case {
  const char* name;
  const char* text;
  std::optional<std::pair<double, double>> range;
};
void PrintTo(const Case& each, std::ostream* out) {
  *out << each.text;
}

const Case cases[] = {
    {"whole", "100", std::pair{99.5, 100.5}},
    {"two_decimals", "100.00", std::pair{99.995, 100.005}},
    {"exponent_as_the_standard_has_it", "1e2", std::pair{95.0, 105.0}},
    {"exponent_with_decimals", "1.0e2", std::pair{95.0, 105.0}},
    {"small", "5.40e-3", std::pair{0.005395, 0.005405}},
    {"exact_at_its_edge", "0.8", std::pair{0.75, 0.85}},
    {"negative", "-1.5", std::pair{-1.55, -1.45}},
    {"zero", "0", std::pair{-0.5, 0.5}},
    {"no_digits", "", std::nullopt},
    {"minus_alone", "-", std::nullopt},
    {"plus", "+1", std::nullopt},
    {"point_alone", "1.", std::nullopt},
    {"no_whole", ".5", std::nullopt},
    {"text_behind", "1mg", std::nullopt},
    {"exponent_alone", "1e", std::nullopt},
    {"exponent_too_large", "1e999", std::nullopt},
    {"not_a_number", "nan", std::nullopt},
    {"hexadecimal", "0x10", std::nullopt},
};
class Numbers : public ::testing::TestWithParam<Case> {};
TEST_P(Numbers, stand_for_a_range) {
  const auto number = parse_number(GetParam().text);
  const auto range = number ? std::optional(std::pair{number->from, number->to}) : std::nullopt;
  EXPECT_EQ(range, GetParam().range);
}
INSTANTIATE_TEST_SUITE_P(Number, Numbers, ::testing::ValuesIn(cases),
                         [](const auto& info) { return info.param.name; });

TEST(Number, keeps_itself_inside_where_its_digits_are_finer_than_a_double) {
  const auto number = parse_number("66.89999999999999");
  EXPECT_LE(number->from, number->value);
  EXPECT_LT(number->value, number->to);
}

}  // namespace
}  // namespace tasuki::fhir::search
