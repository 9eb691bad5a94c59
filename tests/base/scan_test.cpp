#include "base/scan.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tasuki {
namespace {

TEST(FindOneOf, finds_what_looking_at_each_byte_finds) {
  std::mt19937 random(20261127);
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (auto size = random() % 30; size > 0; --size)
      text += static_cast<char>(random() % 3 == 0 ? "\r\n,\x0b\x80\xff"[random() % 6] : random());
    const size_t at = random() % 32;
    ASSERT_EQ((find_one_of<'\r', '\n', ','>(text, at)), text.find_first_of("\r\n,", at)) << round;
    ASSERT_EQ((find_one_of<'\x80', '\xff'>(text, at)), text.find_first_of("\x80\xff", at)) << round;
  }
}

TEST(FindOneOf, finds_nothing_from_beyond_the_end) {
  EXPECT_EQ(find_one_of<'a'>("aaaaaaaaaaaaaaaa", std::string_view::npos), std::string_view::npos);
  EXPECT_EQ(find_one_of<'a'>("aaaaaaaaaaaaaaaa", 17), std::string_view::npos);
}

}  // namespace
}  // namespace tasuki
