// The JAMI dose algebra: names made again from codes, days of taking, totals, and what a Timing
// says.
#include "intake/mapping/usage.h"

#include <algorithm>

#include "fixture.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::intake {
namespace {

struct Named {
  std::string name, code, text;
};
class UsageText : public testing::TestWithParam<Named> {};
TEST_P(UsageText, is_the_published_name) {
  EXPECT_EQ(usage_text(GetParam().code), GetParam().text);
}
const Named names[] = {
    {"after_meals", "1013044400000000", "内服・経口・１日３回朝昼夕食後"},
    {"before_breakfast_and_at_bedtime", "1012100100000000", "内服・経口・１日２回朝食前と就寝前"},
    {"two_hours_after_two_meals", "1012050500000000", "内服・経口・１日２回朝夕食事２時間後"},
    {"with_an_hour", "101514440P000000", "内服・経口・１日５回朝昼夕食後、１５時、就寝前"},
    {"every_eight_hours", "1023000000000000", "内服・経口・１日３回８時間毎"},
    {"on_an_empty_stomach", "1041480000000000", "内服・経口・１日１回空腹時"},
    {"in_pain", "1050110000000000", "内服・経口・疼痛時"},
    {"not_a_code", "10130444", ""},
};
INSTANTIATE_TEST_SUITE_P(jami, UsageText, testing::ValuesIn(names),
                         [](const auto& row) { return row.param.name; });

TEST(UsageReference, every_published_name_is_made_again) {
  const auto file = std::filesystem::path(TASUKI_REFERENCE_FOLDER) /
                    "legacy/masters/jami-codesystems/jp-medication-usage-jami-cs.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the reference set masters is absent";
  const std::string bytes = test::bytes_of(file);
  const auto document = json::parse(bytes);
  ASSERT_TRUE(document);
  size_t count = 0;
  for (const json::Value& concept_ : document->root.find("concept")->items()) {
    const std::string code(concept_.text_of("code")), display(concept_.text_of("display"));
    EXPECT_EQ(usage_text(code), display) << code;
    EXPECT_FALSE(contradicts(display, usage_of(code))) << code;
    ++count;
  }
  EXPECT_EQ(count, 54u);
}

struct Spoken {
  std::string name, text;
  bool contradicts;
};
class UsageWords : public testing::TestWithParam<Spoken> {};
TEST_P(UsageWords, contradict_a_code_of_three_meals_or_not) {
  EXPECT_EQ(contradicts(GetParam().text, usage_of("1013044400000000")), GetParam().contradicts);
}
const Spoken spoken[] = {
    {"the_same_in_short", "分３　毎食後", false},
    {"half_width", "1日3回 朝・昼・夕食後に服用", false},
    {"nothing_about_times", "医師の指示どおり", false},
    {"another_number", "１日２回朝夕食後", true},
    {"a_time_more", "毎食後と就寝前", true},
    {"a_time_less", "朝昼食後", true},
};
INSTANTIATE_TEST_SUITE_P(text, UsageWords, testing::ValuesIn(spoken),
                         [](const auto& row) { return row.param.name; });

struct Days {
  std::string name, supplement;
  int days;
  std::string first;
  int taken;  // -1: cannot be told
};
class DaysOfTaking : public testing::TestWithParam<Days> {};
TEST_P(DaysOfTaking, are_counted) {
  Supplements all;
  add_supplement(GetParam().supplement, all);
  EXPECT_EQ(all.days_within(GetParam().days, GetParam().first).value_or(-1), GetParam().taken);
}
const Days days[] = {
    {"every_day", "", 14, "", 14},
    {"every_other_day", "I1100000", 14, "", 7},
    {"every_other_day_of_an_odd_number", "I1100000", 5, "", 3},
    {"two_days_of_three", "I2100000", 6, "", 4},
    {"mondays_and_thursdays", "W0100100", 14, "20240415", 4},
    {"weekdays_without_a_first_day", "W0100100", 14, "", -1},
    {"the_tenth_and_twentieth", "D0AK0000", 30, "20240401", 2},
    {"dates_of_december", "DCAKU000", 365, "20240101", 3},
    {"once_a_week", "CW100000", 28, "", 4},
};
INSTANTIATE_TEST_SUITE_P(supplements, DaysOfTaking, testing::ValuesIn(days),
                         [](const auto& row) { return row.param.name; });

struct Order {
  std::string name, rxe, tq1;
  std::string finding;  // its code; empty: none of the dose's
  std::string part;     // of the MedicationRequest's text
};
class DoseOrder : public testing::TestWithParam<Order> {};
TEST_P(DoseOrder, adds_up_or_is_told_and_says_when) {
  const std::string bytes =
      "MSH|^~\\&|EMR|1319999999|RENKEI|RENKEI|20240415101500||RDE^O11^RDE_O11|1|P|2.5||||||UNICODE "
      "UTF-8\rPID|||0123456789^^^^PI||試験^花子^^^^^L^I||19800203|F\r"
      "ORC|NW|777||777_01|||||20240415101400\r" +
      GetParam().rxe + "\r" + GetParam().tq1 + "\rRXR|PO^口^HL70162\r";
  const Converted made = convert(bytes, test::hospital(), *test::mappings());
  ASSERT_EQ(made.state, Converted::State::done) << made.reason;
  std::string found;
  for (const Finding& finding : made.findings)
    if (finding.code.starts_with("quantity.") || finding.code.starts_with("usage."))
      found += finding.code;
  EXPECT_EQ(found, GetParam().finding);
  EXPECT_NE(made.bundle().find(GetParam().part), std::string::npos) << made.bundle();
}
const std::string drug = "RXE||103835401^X^HOT9|";
std::string usage(const std::string& code, const std::string& more, const std::string& rest) {
  return "TQ1|1||" + code + "&" + usage_text(code) + "&JAMISDP01" + more + "|||" + rest;
}
const Order orders[] = {
    {"equal_doses", drug + "2||TAB^錠^MR9P|||||30|TAB^錠^MR9P||||||||6^TAB&錠&MR9P",
     usage("1013044400000000", "", "5^D&日&ISO+|20240415"), "",
     R"("repeat":{"frequency":3,"period":1,"periodUnit":"d","when":["PCM","PCD","PCV"])"},
    {"a_total_that_is_wrong", drug + "2||TAB^錠^MR9P|||||31|TAB^錠^MR9P",
     usage("1013044400000000", "", "5^D&日&ISO+|20240415"), "quantity.dose-total", ""},
    {"a_daily_dose_that_is_wrong", drug + "2||TAB^錠^MR9P|||||30|TAB^錠^MR9P||||||||5^TAB&錠&MR9P",
     usage("1013044400000000", "", "5^D&日&ISO+|20240415"), "quantity.daily-dose", ""},
    {"unequal_doses_together", drug + "3||TAB^錠^MR9P|||||42|TAB^錠^MR9P",
     usage("1012040400000000", "~V14NNNNN&４錠&JAMISDP01~V22NNNNN&２錠&JAMISDP01",
           "7^D&日&ISO+|20240415"),
     "",
     R"("sequence":2,"text":"２錠","timing":{"repeat":{"frequency":1,"period":1,"periodUnit":"d","when":["PCV"]}})"},
    {"unequal_doses_that_do_not_add_up", drug + "3||TAB^錠^MR9P|||||40|TAB^錠^MR9P",
     usage("1012040400000000", "~V14NNNNN&４錠&JAMISDP01~V22NNNNN&２錠&JAMISDP01",
           "7^D&日&ISO+|20240415"),
     "quantity.dose-total", ""},
    {"half_a_tablet_at_one_time", drug + "1||TAB^錠^MR9P|||||10.5|TAB^錠^MR9P",
     usage("1012040400000000", "~V11NNNNN&１錠&JAMISDP01~V20.5NNN&半錠&JAMISDP01",
           "7^D&日&ISO+|20240415"),
     "", R"("doseQuantity":{"value":0.5,)"},
    {"every_other_day_by_days_of_taking", drug + "1||TAB^錠^MR9P|||||7|TAB^錠^MR9P",
     usage("1011000400000000", "~I1100000&隔日投与&JAMISDP01", "14^D&日&ISO+|20240415"), "",
     R"("frequency":1,"period":2,"periodUnit":"d")"},
    {"every_other_day_by_all_days", drug + "1||TAB^錠^MR9P|||||14|TAB^錠^MR9P",
     usage("1011000400000000", "~I1100000&隔日投与&JAMISDP01", "14^D&日&ISO+|20240415"), "", ""},
    {"on_weekdays", drug + "1||TAB^錠^MR9P|||||4|TAB^錠^MR9P",
     usage("1011000400000000", "~W0100100&月、木&JAMISDP01", "14^D&日&ISO+|20240415"), "",
     R"("dayOfWeek":["mon","thu"])"},
    {"when_needed", drug + "1||TAB^錠^MR9P|||||5|TAB^錠^MR9P",
     "TQ1|1||1050110000000000&疼痛時&JAMISDP01||||20240415|||||||5", "",
     R"({"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_MedicationAsNeededConditionJAMI_CS","code":"11","display":"疼痛時"}],"text":"疼痛時"})"},
    {"when_needed_with_a_wrong_total", drug + "2||TAB^錠^MR9P|||||5|TAB^錠^MR9P",
     "TQ1|1||1050110000000000&疼痛時&JAMISDP01||||20240415|||||||5", "quantity.dose-total", ""},
    {"milligrams_dispensed_as_grams", drug + "500||MG^mg^MR9P|||||7.5|G^g^MR9P",
     usage("1013044400000000", "", "5^D&日&ISO+|20240415"), "", ""},
    {"every_eight_hours", drug + "1||TAB^錠^MR9P|||||15|TAB^錠^MR9P",
     usage("1023000000000000", "", "5^D&日&ISO+|20240415"), "",
     R"("repeat":{"frequency":1,"period":8,"periodUnit":"h")"},
    {"two_hours_after_meals", drug + "1||TAB^錠^MR9P|||||15|TAB^錠^MR9P",
     usage("1013055500000000", "", "5^D&日&ISO+|20240415"), "",
     R"("when":["PCM","PCD","PCV"],"offset":120)"},
    {"by_hours_of_the_clock_beside_meals", drug + "1||TAB^錠^MR9P|||||25|TAB^錠^MR9P",
     usage("101514440P000000", "", "5^D&日&ISO+|20240415"), "", R"("PCV","HS"])"},
    {"a_text_that_says_something_else", drug + "2||TAB^錠^MR9P|||||30|TAB^錠^MR9P",
     "TQ1|1||1013044400000000&１日２回朝夕食後&JAMISDP01|||5^D&日&ISO+|20240415",
     "usage.text-differs", ""},
    {"refills", drug + "2||TAB^錠^MR9P|||||30|TAB^錠^MR9P|2",
     usage("1013044400000000", "", "5^D&日&ISO+|20240415"), "", R"("numberOfRepeatsAllowed":2)"},
};
INSTANTIATE_TEST_SUITE_P(prescribed, DoseOrder, testing::ValuesIn(orders),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tasuki::intake
