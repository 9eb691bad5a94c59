#include "base/decimal.h"

#include <gtest/gtest.h>

#include <random>

namespace tasuki {
namespace {

Decimal d(std::string_view text) {
  return Decimal::parse(text).value();
}
std::string shown(const std::optional<Decimal>& value) {
  return value ? value->text() : "nothing";
}

TEST(Decimal, keeps_what_was_written) {
  for (const auto text :
       {"8.50", "-0.001", "0", "0.00", "100", "1234567890123456789012345678901234567.8"})
    EXPECT_EQ(d(text).text(), text);
  EXPECT_EQ(d("1e3").text(), "1000");
  EXPECT_EQ(d("+1.5E-3").text(), "0.0015");
}

TEST(Decimal, refuses_what_is_no_number) {
  for (const auto text : {"", "-", ".5", "5.", "1e", "1e+-3", "1 ", "1..2", "0x1", "1e99999",
                          "123456789012345678901234567890123456789"})
    EXPECT_FALSE(Decimal::parse(text)) << text;
}

TEST(Decimal, calculates_exactly) {
  EXPECT_EQ(shown(d("0.1").plus(d("0.2"))), "0.3");
  EXPECT_EQ(shown(d("6").minus(d("4.999999999999997"))), "1.000000000000003");
  EXPECT_EQ(shown(d("9.16").times(d("8.22"))), "75.2952");
  EXPECT_EQ(shown(d("99.27").divided(d("3"))), "33.09");
  EXPECT_EQ(shown(d("1").divided(d("3"))), "0.3333333333333333333333333333");
  EXPECT_EQ(shown(d("2").divided(d("3"))), "0.6666666666666666666666666667");
  EXPECT_EQ(shown(d("1").divided(d("0"))), "nothing");
  EXPECT_EQ(shown(d("2.5").power(2)), "6.25");
  EXPECT_EQ(shown(d("10").power(5000)), "nothing");
}

TEST(Decimal, says_when_digits_were_lost) {
  bool rounded = false;
  (void)d("1").divided(d("8"), &rounded);
  EXPECT_FALSE(rounded);
  (void)d("1").divided(d("3"), &rounded);
  EXPECT_TRUE(rounded);
}

TEST(Decimal, rounds_every_way) {
  using Rounding = Decimal::Rounding;
  EXPECT_EQ(shown(d("2.5").rounded(0)), "3");
  EXPECT_EQ(shown(d("-2.5").rounded(0)), "-3");
  EXPECT_EQ(shown(d("2.449").rounded(1)), "2.4");
  EXPECT_EQ(shown(d("1").rounded(3)), "1.000");
  EXPECT_EQ(shown(d("-1.1").rounded(0, Rounding::floor)), "-2");
  EXPECT_EQ(shown(d("-1.1").rounded(0, Rounding::ceiling)), "-1");
  EXPECT_EQ(shown(d("-1.9").rounded(0, Rounding::down)), "-1");
  EXPECT_EQ(shown(d("1.9").rounded(0, Rounding::ceiling)), "2");
}

TEST(Decimal, compares_by_value) {
  EXPECT_EQ(d("1.0"), d("1"));
  EXPECT_LT(d("-2"), d("-1.99"));
  EXPECT_LT(d("0.1"), d("1e30"));
  EXPECT_GT(d("1e-30"), d("-1"));
  EXPECT_LT(d("12345678901234567890123456789012345678"), d("1.3e37"));
}

TEST(Decimal, is_the_nearest_of_a_double) {
  EXPECT_EQ(shown(Decimal::near(0.1 + 0.2)), "0.3");
  EXPECT_EQ(shown(Decimal::near(1e21)), "1000000000000000000000");
  EXPECT_EQ(shown(Decimal::near(1.0 / 0.0)), "nothing");
  EXPECT_DOUBLE_EQ(d("6.02214076e23").value(), 6.02214076e23);
  EXPECT_DOUBLE_EQ(d("1e-400").value(), 0.0);
}

// Against 64-bit whole numbers, which cannot be wrong.
TEST(Decimal, agrees_with_whole_numbers) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 2000; ++i) {
    const auto a = static_cast<int64_t>(random() % 2'000'000'000) - 1'000'000'000;
    const auto b = static_cast<int64_t>(random() % 2'000'000'000) - 1'000'000'000;
    const auto left = Decimal::of(a), right = Decimal::of(b);
    ASSERT_EQ(left.plus(right)->integer(), a + b);
    ASSERT_EQ(left.times(right)->integer(), a * b);
    ASSERT_EQ(left.trimmed() <=> right.trimmed(), a <=> b);
    if (b != 0) {
      ASSERT_EQ(left.times(right)->divided(right)->integer(), a);
    }
  }
}

}  // namespace
}  // namespace tasuki
