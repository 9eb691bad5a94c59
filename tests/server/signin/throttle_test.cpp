#include "server/signin/throttle.h"

#include <gtest/gtest.h>

namespace tasuki::server::signin {
namespace {

using namespace std::chrono_literals;

TEST(Throttle, a_few_failures_cost_nothing) {
  Throttle throttle;
  const auto start = Throttle::Clock::now();
  for (int i = 0; i < 4; ++i)
    throttle.failed("a", "peer", start);
  EXPECT_EQ(throttle.wait("a", "peer", start), 0s);
}

TEST(Throttle, each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour) {
  Throttle throttle;
  const auto start = Throttle::Clock::now();
  std::vector<std::chrono::seconds> waits;
  for (int i = 0; i < 20; ++i) {
    throttle.failed("a", "peer", start);
    waits.push_back(throttle.wait("a", "elsewhere", start));
  }
  EXPECT_EQ(waits[4], 1s);
  EXPECT_EQ(waits[5], 2s);
  EXPECT_EQ(waits[19], 15min);
}

TEST(Throttle, another_account_from_elsewhere_does_not_wait) {
  Throttle throttle;
  const auto start = Throttle::Clock::now();
  for (int i = 0; i < 10; ++i)
    throttle.failed("a", "peer", start);
  EXPECT_EQ(throttle.wait("b", "elsewhere", start), 0s);
}

TEST(Throttle, one_address_that_tries_many_accounts_waits) {
  Throttle throttle;
  const auto start = Throttle::Clock::now();
  for (int i = 0; i < 40; ++i)
    throttle.failed(std::to_string(i), "peer", start);
  EXPECT_GT(throttle.wait("fresh", "peer", start), 0s);
}

TEST(Throttle, success_forgets_the_accounts_failures) {
  Throttle throttle;
  const auto start = Throttle::Clock::now();
  for (int i = 0; i < 10; ++i)
    throttle.failed("a", "peer", start);
  throttle.succeeded("a");
  EXPECT_EQ(throttle.wait("a", "elsewhere", start), 0s);
}

TEST(Throttle, after_half_an_hour_all_is_forgotten) {
  Throttle throttle;
  const auto start = Throttle::Clock::now();
  for (int i = 0; i < 10; ++i)
    throttle.failed("a", "peer", start);
  throttle.failed("a", "peer", start + 31min);
  EXPECT_EQ(throttle.wait("a", "elsewhere", start + 31min), 0s);
}

}  // namespace
}  // namespace tasuki::server::signin
