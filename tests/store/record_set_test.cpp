#include <algorithm>
#include <iterator>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "store/sqlite/record_set.h"

namespace tasuki::store::sqlite {
namespace {

using Model = std::set<uint64_t>;

// Dense and thin parts, so that blocks are lists, bits and empty.
uint64_t number(std::mt19937& random) {
  const uint64_t place = random() % 5;
  return place * 65'536 + random() % (place % 2 == 0 ? 65'536 : 300);
}

std::pair<RecordSet, Model> some(std::mt19937& random, int count) {
  std::pair<RecordSet, Model> made;
  for (int i = 0; i < count; ++i) {
    const auto record = number(random);
    made.first.add(record);
    made.second.insert(record);
  }
  return made;
}

void expect_same(const RecordSet& set, const Model& model) {
  ASSERT_EQ(set.count(), model.size());
  auto wanted = model.rbegin();
  for (auto record = set.at_or_below(UINT32_MAX); record;
       record = *record == 0 ? std::nullopt : set.at_or_below(*record - 1), ++wanted)
    ASSERT_EQ(*record, *wanted);
  EXPECT_TRUE(wanted == model.rend());
}

TEST(RecordSet, holds_what_was_added_and_not_removed) {
  std::mt19937 random(7);
  auto [set, model] = some(random, 40'000);
  const RecordSet before = set;
  const Model then = model;
  for (int i = 0; i < 40'000; ++i) {
    const auto record = number(random);
    set.remove(record);
    model.erase(record);
  }
  expect_same(set, model);
  expect_same(before, then);  // a copy stays as it was
}

TEST(RecordSet, is_joined_as_sets_are) {
  std::mt19937 random(8);
  for (const int count : {0, 10, 3'000, 60'000}) {
    const auto [a, of_a] = some(random, 20'000);
    const auto [b, of_b] = some(random, count);
    Model both, either, except;
    std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                          std::inserter(both, both.end()));
    std::set_union(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                   std::inserter(either, either.end()));
    std::set_difference(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                        std::inserter(except, except.end()));
    EXPECT_EQ(RecordSet::count_of_both(a, b), both.size());
    EXPECT_EQ(RecordSet::count_of_both(b, a), both.size());
    expect_same(RecordSet::both(a, b), both);
    expect_same(RecordSet::either(a, b), either);
    expect_same(RecordSet::except(a, b), except);
  }
}

}  // namespace
}  // namespace tasuki::store::sqlite
