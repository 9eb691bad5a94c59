#include "record/index/term.h"

#include <gtest/gtest.h>

#include <limits>

#include "record/index/ordered.h"

namespace tasuki::record {
namespace {

// Key and input of the paper's appendix (bytes 00..0f, and 00..0e); the 128-bit result by python's
// reference run.
TEST(Terms, hash_as_siphash_does) {
  const HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};
  std::string input;
  EXPECT_EQ(siphash(key, input).low,
            0xe6a825ba047f81a3ULL);  // vectors_sip128[0]: a3817f04ba25a8e6 6df67214c7550293
  EXPECT_EQ(siphash(key, input).high, 0x930255c71472f66dULL);
}

TEST(Terms, tell_parts_forms_and_parameters_apart) {
  const HashKey key{1, 2};
  const Field code(key, "Observation", "code"), category(key, "Observation", "category");
  EXPECT_NE(code.term('t', "ab", "c"), code.term('t', "a", "bc"));
  EXPECT_NE(code.term('t', "a"), code.term('c', "a"));
  EXPECT_NE(code.term('c', "a"), category.term('c', "a"));
  EXPECT_NE(code.term('c', "a"), Field({1, 3}, "Observation", "code").term('c', "a"));
  EXPECT_EQ(code.term('c', std::string(1000, 'x')).size(), 12U);
  EXPECT_EQ(code.text(std::string(1000, 'x')).size(), 5 + text_bytes_max);
}

TEST(Terms, never_hold_a_zero_byte) {
  const Field field({1, 2}, "Patient", "name");
  for (int i = 0; i < 5000; ++i)
    EXPECT_FALSE(field.term('c', std::to_string(i)).contains('\0'));
  EXPECT_FALSE(field.text(std::string("a\0b", 3)).contains('\0'));
}

TEST(Ordered, compares_as_numbers_do) {
  EXPECT_LT(ordered(int64_t{-5}), ordered(int64_t{3}));
  EXPECT_LT(ordered(INT64_MIN), ordered(int64_t{0}));
  EXPECT_LT(ordered(-2.5), ordered(-2.4));
  EXPECT_LT(ordered(-1e-300), ordered(0.0));
  EXPECT_EQ(ordered(-0.0), ordered(0.0));
  EXPECT_LT(ordered(99.0), ordered(std::numeric_limits<double>::infinity()));
}

}  // namespace
}  // namespace tasuki::record
