#include "fhir/validate/primitive.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace tasuki::fhir {
namespace {

struct Case {
  const char* name;
  Primitive primitive;
  const char* json;
  bool is_valid;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.json;
}

class PrimitiveFormat : public testing::TestWithParam<Case> {};

TEST_P(PrimitiveFormat, is_recognised) {
  const auto document = json::parse(GetParam().json);
  ASSERT_TRUE(document);
  EXPECT_EQ(is_primitive_value(GetParam().primitive, document->root), GetParam().is_valid);
}

// clang-format off
const Case cases[] = {
    {"boolean_is_bare",                Primitive::boolean, "true", true},
    {"boolean_is_not_text",            Primitive::boolean, "\"true\"", false},
    {"boolean_is_not_a_number",        Primitive::boolean, "1", false},
    {"integer_lowest",                 Primitive::integer, "-2147483648", true},
    {"integer_too_low",                Primitive::integer, "-2147483649", false},
    {"integer_highest",                Primitive::integer, "2147483647", true},
    {"integer_too_high",               Primitive::integer, "2147483648", false},
    {"integer_beyond_any_word",        Primitive::integer, "99999999999999999999999999", false},
    {"integer_has_no_fraction",        Primitive::integer, "1.0", false},
    {"integer_has_no_exponent",        Primitive::integer, "1e2", false},
    {"integer_is_not_minus_zero",      Primitive::integer, "-0", false},
    {"integer_is_not_text",            Primitive::integer, "\"1\"", false},
    {"unsigned_zero",                  Primitive::unsigned_int, "0", true},
    {"unsigned_is_not_negative",       Primitive::unsigned_int, "-1", false},
    {"positive_one",                   Primitive::positive_int, "1", true},
    {"positive_is_not_zero",           Primitive::positive_int, "0", false},
    {"decimal_with_trailing_zero",     Primitive::decimal, "8.50", true},
    {"decimal_with_exponent",          Primitive::decimal, "1.5E-3", true},
    {"decimal_is_not_text",            Primitive::decimal, "\"8.5\"", false},
    {"string_may_have_lines_and_tabs", Primitive::string, R"("a\r\n\tb ")", true},
    {"string_is_not_empty",            Primitive::string, R"("")", false},
    {"string_has_no_nul",              Primitive::string, R"("a\u0000b")", false},
    {"string_has_no_bell",             Primitive::string, R"("a\u0007")", false},
    {"string_is_not_a_number",         Primitive::string, "1", false},
    {"string_in_japanese",             Primitive::string, "\"山田 花子\"", true},
    {"code_with_single_spaces",        Primitive::code, R"("a b c")", true},
    {"code_without_double_spaces",     Primitive::code, R"("a  b")", false},
    {"code_without_leading_space",     Primitive::code, R"(" a")", false},
    {"code_without_trailing_newline",  Primitive::code, R"("a\n")", false},
    {"uri_without_scheme",             Primitive::uri, R"("Patient/1")", true},
    {"uri_has_no_space",               Primitive::uri, R"("http://a b")", false},
    {"canonical_with_version",         Primitive::canonical, R"("http://a|4.0.1")", true},
    {"id_with_dash_and_dot",           Primitive::id, R"("A-b.9")", true},
    {"id_has_no_underscore",           Primitive::id, R"("a_b")", false},
    {"id_of_64",                       Primitive::id, R"("0123456789012345678901234567890123456789012345678901234567890123")", true},
    {"id_of_65",                       Primitive::id, R"("01234567890123456789012345678901234567890123456789012345678901234")", false},
    {"oid",                            Primitive::oid, R"("urn:oid:1.2.392.100495.20.3.51.1310000001")", true},
    {"oid_begins_0_to_2",              Primitive::oid, R"("urn:oid:3.1")", false},
    {"oid_has_no_leading_zero",        Primitive::oid, R"("urn:oid:1.02")", false},
    {"oid_has_two_arcs",               Primitive::oid, R"("urn:oid:1")", false},
    {"oid_does_not_end_in_a_dot",      Primitive::oid, R"("urn:oid:1.2.")", false},
    {"uuid",                           Primitive::uuid, R"("urn:uuid:c757873d-ec9a-4326-a141-556f43239520")", true},
    {"uuid_is_lower_case",             Primitive::uuid, R"("urn:uuid:C757873D-EC9A-4326-A141-556F43239520")", false},
    {"base64",                         Primitive::base64_binary, R"("QUJD")", true},
    {"base64_with_lines",              Primitive::base64_binary, R"("QUJD\nQQ==")", true},
    {"base64_in_fours",                Primitive::base64_binary, R"("QUJ")", false},
    {"base64_pads_at_the_end",         Primitive::base64_binary, R"("Q=JD")", false},
    {"base64_other_letters",           Primitive::base64_binary, R"("%%%2")", false},
    {"date_year",                      Primitive::date, R"("1944")", true},
    {"date_month",                     Primitive::date, R"("1944-05")", true},
    {"date_day",                       Primitive::date, R"("1944-05-31")", true},
    {"date_leap_day",                  Primitive::date, R"("2024-02-29")", true},
    {"date_no_leap_day_in_1900",       Primitive::date, R"("1900-02-29")", false},
    {"date_no_31st_of_april",          Primitive::date, R"("2024-04-31")", false},
    {"date_no_month_13",               Primitive::date, R"("2024-13")", false},
    {"date_no_year_zero",              Primitive::date, R"("0000")", false},
    {"date_no_single_digits",          Primitive::date, R"("2024-4-1")", false},
    {"date_has_no_time",               Primitive::date, R"("2024-04-01T00:00:00Z")", false},
    {"date_with_blank",                Primitive::date, R"("2024-04-01 ")", false},
    {"date_time_is_a_date_too",        Primitive::date_time, R"("2024-04")", true},
    {"date_time_japan",                Primitive::date_time, R"("2024-04-01T10:15:00+09:00")", true},
    {"date_time_fraction",             Primitive::date_time, R"("2024-04-01T10:15:00.123456789Z")", true},
    {"date_time_leap_second",          Primitive::date_time, R"("2016-12-31T23:59:60Z")", true},
    {"date_time_needs_a_zone",         Primitive::date_time, R"("2024-04-01T10:15:00")", false},
    {"date_time_needs_seconds",        Primitive::date_time, R"("2024-04-01T10:15Z")", false},
    {"date_time_has_no_hour_24",       Primitive::date_time, R"("2024-04-01T24:00:00Z")", false},
    {"date_time_zone_to_14",           Primitive::date_time, R"("2024-04-01T10:15:00+14:00")", true},
    {"date_time_zone_not_beyond",      Primitive::date_time, R"("2024-04-01T10:15:00+14:30")", false},
    {"date_time_after_a_whole_date",   Primitive::date_time, R"("2024-04T10:15:00Z")", false},
    {"date_time_fraction_has_digits",  Primitive::date_time, R"("2024-04-01T10:15:00.Z")", false},
    {"instant_is_whole",               Primitive::instant, R"("2024-04-01T10:15:00.000+09:00")", true},
    {"instant_is_no_date",             Primitive::instant, R"("2024-04-01")", false},
    {"time",                           Primitive::time, R"("23:59:59.5")", true},
    {"time_has_no_zone",               Primitive::time, R"("23:59:59Z")", false},
    {"time_needs_seconds",             Primitive::time, R"("23:59")", false},
};
// clang-format on

INSTANTIATE_TEST_SUITE_P(All, PrimitiveFormat, testing::ValuesIn(cases),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace tasuki::fhir
