#include <set>

#include <gtest/gtest.h>

#include "base/uuid.h"

namespace tasuki {
namespace {

TEST(Uuid, a_name_gives_the_same_id_for_ever) {
  EXPECT_EQ(named_uuid("a", "b"), "4a3dec2d-1f82-5528-8855-c42db0ee4239");
}

TEST(Uuid, space_and_name_do_not_run_together) {
  EXPECT_NE(named_uuid("ab", "c"), named_uuid("a", "bc"));
}

TEST(Uuid, random_ids_differ_and_say_their_version) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const std::string id = random_uuid();
    EXPECT_EQ(id.size(), 36U);
    EXPECT_EQ(id[14], '4');
    seen.insert(id);
  }
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace tasuki
