// Small things that are remembered, and now and then a large one.
#include "record/notebook.h"

#include <gtest/gtest.h>

#include "record/house.h"
#include "record/inside.h"

namespace tasuki::record {
namespace {

TEST(Notebook, gives_back_what_was_written_long_or_short) {
  House house;
  Notebook notebook(house.door());
  const std::string longer(100'000, 'x'), longest = longer + longer + "end",
                                          odd =
                                              "\x01"
                                              "7";
  ASSERT_TRUE(notebook.set_all({{"a|short", "1"}, {"a|long", longest}, {"b", odd}, {"c", ""}}));
  EXPECT_EQ(notebook.find("a|short")->value_or("absent"), "1");
  EXPECT_EQ(notebook.find("a|long")->value_or("absent"), longest);
  EXPECT_EQ(notebook.find("b")->value_or("absent"), odd);
  EXPECT_EQ(notebook.find("c")->value_or("absent"), "");
  const auto all = notebook.all("a|");
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->front().value, longest);

  ASSERT_TRUE(notebook.set("a|long", longer));
  EXPECT_EQ(notebook.find("a|long")->value_or("absent"), longer);
  ASSERT_TRUE(notebook.set("a|long", "short now"));
  EXPECT_EQ(notebook.find("a|long")->value_or("absent"), "short now");
  const auto reader = inside(house.door()).store().read();
  EXPECT_TRUE(reader->items("note-part", "a|long", "", 10)->empty());
  ASSERT_TRUE(notebook.remove_all({"a|long", "b", "none"}));
  EXPECT_FALSE(notebook.find("a|long")->has_value());
  EXPECT_TRUE(inside(house.door()).store().read()->items("note-part", "", "", 10)->empty());
}

}  // namespace
}  // namespace tasuki::record
