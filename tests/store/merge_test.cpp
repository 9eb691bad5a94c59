// Segments of the inverted index: many while units are written, one when nobody has for a while.
#include "store/sqlite/merge.h"

#include <gtest/gtest.h>

#include "store/engine.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/tokenizer.h"

namespace tasuki::store::tests {
namespace {

using sqlite::Connection;

class Segments : public testing::Test {
 protected:
  Segments()
      : connection(must(Connection::open({.file = folder.file("segments.db"),
                                          .key = std::string(32, 'k'),
                                          .cache_bytes = 1 << 20,
                                          .vfs = {}}))) {
    must(sqlite::prepare_schema(*connection));
  }

  // A segment for each round, as a group commit leaves it.
  void write(int rounds, int records_a_round) {
    for (int round = 0; round < rounds; ++round) {
      must(connection->run("BEGIN IMMEDIATE"));
      for (int i = 0; i < records_a_round; ++i) {
        std::string document;
        ++last;
        sqlite::append_term(document, sqlite::term_of("all"));
        sqlite::append_term(document, sqlite::term_of("one-" + std::to_string(last)));
        must(connection->run("INSERT INTO posting(rowid, terms) VALUES(?, ?)", last,
                             sqlite::Text{document}));
      }
      must(connection->run("COMMIT"));
    }
  }

  int64_t number(const char* sql) {
    auto rows = must(connection->query(sql));
    must(rows.next());
    return rows.integer(0);
  }
  int64_t segments() { return number("SELECT count(DISTINCT segid) FROM posting_idx"); }
  int64_t found(std::string_view term) {
    const auto expression = sqlite::quoted(sqlite::term_of(term));
    auto rows = must(connection->query("SELECT count(*) FROM posting WHERE posting MATCH ?",
                                       sqlite::Text{expression}));
    must(rows.next());
    return rows.integer(0);
  }
  int merge_all() {
    sqlite::Merge merge;
    int steps = 0;
    while (must(merge.step(*connection)))
      ++steps;
    return steps;
  }

  Folder folder;
  std::unique_ptr<Connection> connection;
  int last = 0;
};

TEST_F(Segments, become_one_and_hold_the_same) {
  write(7, 200);
  ASSERT_GT(segments(), 1);
  EXPECT_GT(merge_all(), 0);
  EXPECT_EQ(segments(), 1);
  EXPECT_EQ(found("all"), 1400);
  EXPECT_EQ(found("one-777"), 1);
  EXPECT_EQ(merge_all(), 0);  // nothing is left to do
}

TEST_F(Segments, a_large_one_is_not_written_anew_for_a_small_one) {
  write(1, 20'000);
  write(1, 3);
  const auto before = segments();
  EXPECT_EQ(merge_all(), 0);
  EXPECT_EQ(segments(), before);
}

TEST_F(Segments, half_merged_are_searched_and_written_to) {
  write(6, 2'000);
  ASSERT_TRUE(must(sqlite::merge_piece(*connection, 1)));
  EXPECT_EQ(found("all"), 12'000);
  write(2, 10);
  EXPECT_EQ(found("all"), 12'020);
  merge_all();
  EXPECT_EQ(found("all"), 12'020);
  EXPECT_EQ(found("one-12015"), 1);
}

}  // namespace
}  // namespace tasuki::store::tests
