// What every engine of the store must do, fact by fact.
#include <gmock/gmock.h>

#include <thread>

#include "store/engine.h"

namespace tasuki::store::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Versions : public EveryEngine {};
class Searching : public EveryEngine {};
class History : public EveryEngine {};
class Units : public EveryEngine {};
class Messages : public EveryEngine {};
class Items : public EveryEngine {};
class Erasing : public EveryEngine {};

#define FOR_EVERY_ENGINE(suite)                                         \
  INSTANTIATE_TEST_SUITE_P(Engine, suite, testing::ValuesIn(engines()), \
                           testing::PrintToStringParamName())
FOR_EVERY_ENGINE(Versions);
FOR_EVERY_ENGINE(Searching);
FOR_EVERY_ENGINE(History);
FOR_EVERY_ENGINE(Units);
FOR_EVERY_ENGINE(Messages);
FOR_EVERY_ENGINE(Items);
FOR_EVERY_ENGINE(Erasing);

constexpr uint16_t patient = 1;
constexpr uint16_t observation = 2;

// ---- versions

TEST_P(Versions, a_body_comes_back_byte_for_byte) {
  const std::string body =
      "{\"value\":8.50,\"text\":\"山田 花子\",\"zero\":\"" + std::string(1, '\0') + "\"}";
  auto written = put_of(patient, "p1", body);
  written.subject = "Patient/p1";
  written.origin = {"minato/tanaka", "adt", 7, "adt 3"};
  const auto receipt = put(written);

  const auto reader = store_->read();
  const auto version = must(reader->current({patient, "p1"}));
  ASSERT_TRUE(version);
  EXPECT_EQ(version->body, body);
  EXPECT_EQ(version->number, 1u);
  EXPECT_EQ(version->sequence, receipt.sequence);
  EXPECT_EQ(version->record, receipt.record);
  EXPECT_EQ(version->time, receipt.time);
  EXPECT_EQ(version->origin.author, "minato/tanaka");
  EXPECT_EQ(version->origin.feed, "adt");
  EXPECT_EQ(version->origin.message, 7u);
  EXPECT_EQ(version->origin.mapping, "adt 3");
  EXPECT_EQ(must(reader->name_of(version->owner)), "hospital");
  EXPECT_EQ(must(reader->number_of("Patient/p1")), version->subject);
}

TEST_P(Versions, bodies_of_every_size_survive) {
  for (const size_t size : {0u, 1u, 100u, 4'000u, 70'000u, 5'000'000u}) {
    std::string body;
    for (size_t i = 0; i < size; ++i)
      body += static_cast<char>('a' + i * i % 23);
    put(put_of(patient, "p", body));
    EXPECT_EQ(must(store_->read()->current({patient, "p"}))->body, body);
  }
}

TEST_P(Versions, the_same_id_in_another_kind_is_another_record) {
  put(put_of(patient, "x", "one"));
  put(put_of(observation, "x", "two"));
  const auto reader = store_->read();
  EXPECT_EQ(must(reader->current({patient, "x"}))->body, "one");
  EXPECT_EQ(must(reader->current({observation, "x"}))->body, "two");
  EXPECT_FALSE(must(reader->current({patient, "X"})));
}

TEST_P(Versions, each_version_stays_readable) {
  for (int i = 1; i <= 4; ++i)
    put(put_of(patient, "p", "body " + std::to_string(i)));
  const auto reader = store_->read();
  for (uint32_t i = 1; i <= 4; ++i) {
    EXPECT_EQ(must(reader->version({patient, "p"}, i))->body, "body " + std::to_string(i));
  }
  EXPECT_FALSE(must(reader->version({patient, "p"}, 0)));
  EXPECT_FALSE(must(reader->version({patient, "p"}, 5)));
  EXPECT_FALSE(must(reader->version({patient, "nobody"}, 1)));
}

TEST_P(Versions, a_deletion_is_a_tombstone_that_a_later_write_revives) {
  put(put_of(patient, "p", "body", {"t"}));
  auto removal = put_of(patient, "p", "");
  removal.deleted = true;
  removal.body = {};
  removal.owner.clear();
  const auto removed = put(removal);
  EXPECT_EQ(removed.number, 2u);
  const auto tombstone = must(store_->read()->current({patient, "p"}));
  EXPECT_TRUE(tombstone->deleted);
  EXPECT_EQ(tombstone->body, "");
  EXPECT_EQ(must(store_->read()->name_of(tombstone->owner)), "hospital");
  EXPECT_EQ(must(store_->read()->count(patient)), 0u);

  EXPECT_TRUE(put(removal).unchanged);
  const auto revived = put(put_of(patient, "p", "again", {"t"}));
  EXPECT_TRUE(revived.created);
  EXPECT_EQ(revived.number, 3u);
  EXPECT_EQ(must(store_->read()->count(patient)), 1u);
}

TEST_P(Versions, what_never_was_cannot_be_deleted) {
  auto removal = put_of(patient, "p", "");
  removal.deleted = true;
  const auto outcome = store_->write([&](Writer& writer) -> Result<void> {
    TRY(writer.put(removal));
    return {};
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, Error::Kind::not_found);
}

TEST_P(Versions, the_same_body_makes_no_new_version_where_asked) {
  const auto first = put(put_of(patient, "p", "body"));
  auto again = put_of(patient, "p", "body");
  again.unless_same = true;
  const auto second = put(again);
  EXPECT_TRUE(second.unchanged);
  EXPECT_EQ(second.number, 1u);
  EXPECT_EQ(second.time, first.time);
  EXPECT_EQ(put(put_of(patient, "p", "body")).number, 2u);
}

TEST_P(Versions, what_comes_late_does_not_overwrite_what_is_newer) {
  const auto write = [&](std::string body, std::string as_of) {
    auto written = put_of(patient, "p", body);
    written.unless_same = true;
    written.as_of = std::move(as_of);
    return put(written);
  };
  write("first", "20260501100000");
  EXPECT_FALSE(write("second", "20260501120000").late);
  EXPECT_TRUE(write("between", "20260501110000").late);
  EXPECT_FALSE(write("third", "20260501").late);  // it may have been later that day
  EXPECT_TRUE(write("older", "20260430").late);
  EXPECT_TRUE(write("third", "20260502").unchanged);  // said again: what lies between is overtaken
  EXPECT_TRUE(write("fourth", "20260501130000").late);
  EXPECT_EQ(write("unknown", "").number, 4u);
}

TEST_P(Versions, a_write_that_expected_another_version_is_a_conflict) {
  const auto attempt = [&](uint32_t expected) {
    auto written = put_of(patient, "p", "body " + std::to_string(expected));
    written.expected_number = expected;
    return store_->write([&](Writer& writer) -> Result<void> {
      TRY(writer.put(written));
      return {};
    });
  };
  EXPECT_EQ(attempt(1).error().kind, Error::Kind::conflict);
  EXPECT_TRUE(attempt(0));
  EXPECT_EQ(attempt(0).error().kind, Error::Kind::conflict);
  EXPECT_TRUE(attempt(1));
  EXPECT_EQ(attempt(1).error().kind, Error::Kind::conflict);
}

TEST_P(Versions, rubbish_is_refused_and_leaves_nothing) {
  const Put rubbish[] = {
      put_of(patient, "", "body"),
      put_of(patient, std::string(500, 'i'), "body"),
      put_of(patient, "p", "body", {""}),
      put_of(patient, "p", "body", {std::string(201, 't')}),
      put_of(patient, "p", "body", {std::string("a\0b", 3)}),
      put_of(patient, "p", "body", {}, {{1, std::string(65, 'x'), std::string(65, 'x')}}),
      put_of(patient, "p", "body", {}, {{1, "b", "a"}}),
  };
  for (const auto& written : rubbish) {
    const auto outcome = store_->write([&](Writer& writer) -> Result<void> {
      TRY(writer.put(written));
      return {};
    });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, Error::Kind::invalid);
  }
  EXPECT_EQ(must(store_->read()->count(patient)), 0u);
}

TEST_P(Versions, everything_is_there_after_reopening) {
  put(put_of(patient, "p", "one", {"t"}));
  put(put_of(patient, "p", "two", {"t"}));
  const auto before = must(store_->read()->current({patient, "p"}));
  reopen();
  const auto after = must(store_->read()->current({patient, "p"}));
  EXPECT_EQ(after->body, "two");
  EXPECT_EQ(after->sequence, before->sequence);
  EXPECT_GT(put(put_of(patient, "q", "three")).sequence, after->sequence);
}

// ---- searching

Search for_kind(uint16_t kind, Node where = {}) {
  Search search;
  search.kinds = {kind};
  search.where = std::move(where);
  return search;
}

TEST_P(Searching, terms_prefixes_and_contained_text_are_found) {
  put(put_of(patient, "a", "a", {"name|ヤマダハナコ", "id|1"}));
  put(put_of(patient, "b", "b", {"name|ヤマダタロウ", "id|2"}));
  put(put_of(patient, "c", "c", {"name|サトウハナコ", "id|\xff\x01\""}));
  put(put_of(observation, "d", "d", {"name|ヤマダハナコ"}));

  EXPECT_THAT(ids(for_kind(patient, term("id|1"))), ElementsAre("a"));
  EXPECT_THAT(ids(for_kind(patient, term("id|\xff\x01\""))), ElementsAre("c"));
  EXPECT_THAT(ids(for_kind(patient, term("id"))), IsEmpty());
  EXPECT_THAT(ids(for_kind(patient, prefix("name|ヤマダ"))), ElementsAre("b", "a"));
  EXPECT_THAT(ids(for_kind(patient, contains("name|", "ハナコ"))), ElementsAre("c", "a"));
  EXPECT_THAT(ids(for_kind(patient)), ElementsAre("c", "b", "a"));
  Search all;
  EXPECT_THAT(ids(all), ElementsAre("d", "c", "b", "a"));
}

TEST_P(Searching, sets_combine) {
  put(put_of(patient, "a", "a", {"x", "y"}, {{1, "10", "10"}}));
  put(put_of(patient, "b", "b", {"x"}, {{1, "20", "20"}}));
  put(put_of(patient, "c", "c", {"y"}, {{1, "15", "30"}}));
  put(put_of(patient, "d", "d", {}, {{2, "15", "15"}}));
  using Op = Node::Op;
  const auto found = [&](Node where) { return ids(for_kind(patient, std::move(where))); };

  EXPECT_THAT(found(join(Op::both, {term("x"), term("y")})), ElementsAre("a"));
  EXPECT_THAT(found(join(Op::either, {term("x"), term("y")})), ElementsAre("c", "b", "a"));
  EXPECT_THAT(found(join(Op::except, {term("x"), term("y")})), ElementsAre("b"));
  EXPECT_THAT(found(join(Op::except, {Node{}, term("x")})), ElementsAre("d", "c"));
  EXPECT_THAT(found(join(Op::except, {Node{}, range(1, "", "")})), ElementsAre("d"));
  EXPECT_THAT(found(join(Op::either, {term("x"), range(1, "15", "")})), ElementsAre("c", "b", "a"));
  EXPECT_THAT(found(join(Op::both, {term("x"), range(1, "11", "")})), ElementsAre("b"));
  EXPECT_THAT(found(join(Op::both, {})), ElementsAre("d", "c", "b", "a"));
  EXPECT_THAT(found(join(Op::either, {})), IsEmpty());
  EXPECT_THAT(found(join(Op::except, {})), IsEmpty());
  EXPECT_THAT(found(range(1, "", "", "25", "")), ElementsAre("c"));
  EXPECT_THAT(found(range(1, "10", "", "", "30")), ElementsAre("b", "a"));
  EXPECT_THAT(found(range(1, "", "15")), ElementsAre("a"));
  Node none;
  none.op = Op::none;
  EXPECT_THAT(found(none), IsEmpty());
  Node records;
  records.op = Op::records;
  records.records = {must(store_->read()->current({patient, "b"}))->record, 99999};
  EXPECT_THAT(found(records), ElementsAre("b"));
  EXPECT_THAT(found(join(Op::both, {records, term("x")})), ElementsAre("b"));
  EXPECT_THAT(found(join(Op::except, {term("x"), records})), ElementsAre("a"));
  EXPECT_THAT(found(join(Op::except, {records, term("x")})), IsEmpty());
}

TEST_P(Searching, an_update_takes_the_former_entries_back) {
  put(put_of(patient, "a", "a", {"old", "both"}, {{1, "10", "10"}, {1, "40", "50"}}));
  put(put_of(patient, "a", "b", {"new", "both"}, {{1, "20", "20"}}));
  EXPECT_THAT(ids(for_kind(patient, term("old"))), IsEmpty());
  EXPECT_THAT(ids(for_kind(patient, term("new"))), ElementsAre("a"));
  EXPECT_THAT(ids(for_kind(patient, term("both"))), ElementsAre("a"));
  EXPECT_THAT(ids(for_kind(patient, range(1, "10", "11"))), IsEmpty());
  EXPECT_THAT(ids(for_kind(patient, range(1, "", "", "45", ""))), IsEmpty());
  EXPECT_THAT(ids(for_kind(patient, range(1, "20", "21"))), ElementsAre("a"));

  auto removal = put_of(patient, "a", "");
  removal.deleted = true;
  put(removal);
  EXPECT_THAT(ids(for_kind(patient)), IsEmpty());
  EXPECT_THAT(ids(for_kind(patient, term("both"))), IsEmpty());
  EXPECT_THAT(ids(for_kind(patient, range(1, "", ""))), IsEmpty());
}

TEST_P(Searching, consent_and_verification_are_asked_before_counting) {
  for (int i = 0; i < 10; ++i) {
    auto written = put_of(patient, std::to_string(i), i % 2 ? "odd" : "even", {"t"});
    written.subject = "Patient/" + std::to_string(i);
    put(written);
  }
  const auto reader = store_->read();
  auto search = for_kind(patient, term("t"));
  search.with_total = true;
  search.count_max = 2;
  const auto hidden = must(reader->number_of("Patient/9"));
  search.admits = [&](uint64_t, uint64_t subject) { return subject != hidden; };
  EXPECT_EQ(must(reader->search(search)).total, 9u);
  search.verifies = [](const Version& version) { return version.body == "odd"; };
  const auto page = must(reader->search(search));
  EXPECT_EQ(page.total, 4u);
  ASSERT_EQ(page.hits.size(), 2u);
  EXPECT_EQ(page.hits[0].key.id, "7");
  search.sort = {{0, false}};
  EXPECT_EQ(must(reader->search(search)).hits[0].key.id, "1");
}

TEST_P(Searching, absent_sort_values_come_last_either_way) {
  put(put_of(patient, "a", "a", {}, {{1, "20", "20"}, {1, "90", "90"}}));
  put(put_of(patient, "b", "b", {}, {{1, "30", "30"}}));
  put(put_of(patient, "c", "c"));
  put(put_of(patient, "d", "d", {}, {{1, "30", "30"}}));
  auto search = for_kind(patient);
  search.sort = {{1, false}};
  EXPECT_THAT(ids(search), ElementsAre("a", "d", "b", "c"));
  search.sort = {{1, true}};
  EXPECT_THAT(ids(search), ElementsAre("a", "d", "b", "c"));
  put(put_of(patient, "a", "a2", {}, {{1, "20", "20"}}));
  EXPECT_THAT(ids(search), ElementsAre("d", "b", "a", "c"));
  search.sort = {{0, true}};
  EXPECT_THAT(ids(search), ElementsAre("a", "d", "c", "b"));
}

TEST_P(Searching, pages_do_not_shift_while_records_are_added) {
  for (int i = 0; i < 25; ++i) {
    const auto value = std::to_string(10 + i % 7);
    put(put_of(patient, std::to_string(i), "b", {"t"}, {{1, value, value}}));
  }
  const std::vector<SortKey> orders[] = {{}, {{1, false}}, {{1, true}, {0, false}}, {{0, true}}};
  int added = 0;
  for (const auto& order : orders) {
    auto search = for_kind(patient, term("t"));
    search.sort = order;
    search.count_max = 1000;
    const auto whole = ids(search);
    search.count_max = 4;
    std::vector<std::string> paged;
    while (true) {
      const auto page = must(store_->read()->search(search));
      for (const auto& hit : page.hits)
        paged.push_back(hit.key.id);
      if (!page.next) break;
      search.after = page.next;
      put(put_of(patient, "later" + std::to_string(++added), "b", {"t"}, {{1, "00", "00"}}));
    }
    EXPECT_EQ(paged, whole);
  }
}

TEST_P(Searching, a_search_that_looks_at_too_much_is_refused) {
  for (int i = 0; i < 50; ++i)
    put(put_of(patient, std::to_string(i), "b", {"t"}, {{1, "1", "1"}}));
  for (const auto& where : {term("t"), range(1, "", ""), Node{}, contains("", "zz")}) {
    auto search = for_kind(patient, where);
    search.cost_max = 10;
    search.admits = [](uint64_t, uint64_t) { return false; };
    const auto page = store_->read()->search(search);
    if (where.op == Node::Op::contains) continue;  // two terms only
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().kind, Error::Kind::too_costly);
  }
}

TEST_P(Searching, a_reader_sees_one_snapshot) {
  put(put_of(patient, "a", "a", {"t"}));
  const auto reader = store_->read();
  EXPECT_EQ(must(reader->count(patient)), 1u);
  put(put_of(patient, "b", "b", {"t"}));
  EXPECT_EQ(must(reader->count(patient)), 1u);
  EXPECT_EQ(must(reader->search(for_kind(patient, term("t")))).hits.size(), 1u);
  EXPECT_FALSE(must(reader->current({patient, "b"})));
  EXPECT_EQ(must(store_->read()->count(patient)), 2u);
}

// ---- units of work

TEST_P(Units, a_unit_sees_its_own_writes_and_those_before_it) {
  must(store_->write([&](Writer& writer) -> Result<void> {
    TRY(writer.put(put_of(patient, "a", "a", {"id|1"}, {{1, "5", "5"}})));
    auto found = TRY(writer.search(for_kind(patient, term("id|1"))));
    EXPECT_EQ(found.hits.size(), 1u);
    EXPECT_EQ(TRY(writer.search(for_kind(patient, range(1, "5", "6")))).hits.size(), 1u);
    EXPECT_EQ(TRY(writer.count(patient)), 1u);
    TRY(writer.put(put_of(patient, "a", "a2", {"id|2"})));
    EXPECT_TRUE(TRY(writer.search(for_kind(patient, term("id|1")))).hits.empty());
    EXPECT_EQ(TRY(writer.search(for_kind(patient))).hits.size(), 1u);
    EXPECT_EQ(TRY(writer.current({patient, "a"}))->body, "a2");
    EXPECT_TRUE(TRY(writer.search(for_kind(patient, range(1, "", "")))).hits.empty());
    return {};
  }));
  must(store_->write([&](Writer& writer) -> Result<void> {
    TRY(writer.put(put_of(patient, "b", "b", {"id|2"})));
    EXPECT_EQ(TRY(writer.search(for_kind(patient, term("id|2")))).hits.size(), 2u);
    return {};
  }));
}

TEST_P(Units, an_error_undoes_the_whole_unit) {
  put(put_of(patient, "a", "a", {"old"}));
  const auto outcome = store_->write([&](Writer& writer) -> Result<void> {
    auto first = put_of(patient, "a", "a2", {"new"});
    first.subject = "Patient/new";
    TRY(writer.put(first));
    TRY(writer.put(put_of(observation, "b", "b", {"new"})));
    TRY(writer.set_item("accounts", "tanaka", "x"));
    TRY(writer.add_audit("{}", ""));
    TRY(writer.add_message({}));
    return Error{Error::Kind::conflict, "changed my mind", {}};
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().message, "changed my mind");
  const auto reader = store_->read();
  EXPECT_EQ(must(reader->current({patient, "a"}))->body, "a");
  EXPECT_FALSE(must(reader->current({observation, "b"})));
  EXPECT_EQ(must(reader->number_of("Patient/new")), 0u);
  EXPECT_FALSE(must(reader->item("accounts", "tanaka")));
  EXPECT_EQ(must(reader->message_count(MessageState::done)), 0u);
  EXPECT_THAT(ids(for_kind(patient, term("old"))), ElementsAre("a"));
  EXPECT_THAT(ids(for_kind(patient, term("new"))), IsEmpty());
  EXPECT_TRUE(must(store_->audit(0, 10)).empty());
}

TEST_P(Units, a_unit_that_throws_is_undone_and_the_store_goes_on) {
  const auto outcome = store_->write([&](Writer& writer) -> Result<void> {
    TRY(writer.put(put_of(patient, "a", "a")));
    throw std::runtime_error("bug");
  });
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, Error::Kind::internal);
  EXPECT_EQ(put(put_of(patient, "b", "b")).record, 1u);
}

TEST_P(Units, many_threads_write_and_failures_take_only_their_own) {
  constexpr int thread_count = 32;
  constexpr int per_thread = 20;
  std::vector<std::thread> threads;
  for (int t = 0; t < thread_count; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < per_thread; ++i) {
        const auto id = std::to_string(t) + "-" + std::to_string(i);
        const auto outcome = store_->write([&](Writer& writer) -> Result<void> {
          TRY(writer.put(
              put_of(patient, id, id, {"t", "thread|" + std::to_string(t)}, {{1, id, id}})));
          if (i % 4 == 3) return Error{Error::Kind::conflict, "undone", {}};
          return {};
        });
        EXPECT_EQ(outcome.has_value(), i % 4 != 3);
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(must(store_->read()->count(patient)), thread_count * per_thread * 3u / 4u);
  auto search = for_kind(patient, term("thread|7"));
  search.with_total = true;
  EXPECT_EQ(must(store_->read()->search(search)).total, per_thread * 3u / 4u);
  const auto changes = must(store_->read()->changes(0, 10'000));
  EXPECT_EQ(changes.size(), thread_count * per_thread * 3u / 4u);
}

// ---- history

TEST_P(History, of_a_record_a_kind_and_everything_is_newest_first) {
  put(put_of(patient, "a", "a1"));
  put(put_of(observation, "o", "o1"));
  put(put_of(patient, "b", "b1"));
  put(put_of(patient, "a", "a2"));
  put(put_of(patient, "a", "a3"));
  const auto bodies = [&](const HistoryQuery& query) {
    std::vector<std::string> found;
    for (const auto& version : must(store_->read()->history(query)).versions)
      found.push_back(version.body);
    return found;
  };
  HistoryQuery of_a;
  of_a.key = Key{patient, "a"};
  HistoryQuery of_patients;
  of_patients.kind = patient;
  EXPECT_THAT(bodies(of_a), ElementsAre("a3", "a2", "a1"));
  EXPECT_THAT(bodies(of_patients), ElementsAre("a3", "a2", "b1", "a1"));
  EXPECT_THAT(bodies({}), ElementsAre("a3", "a2", "b1", "o1", "a1"));
  EXPECT_EQ(must(store_->read()->history(of_a)).total, 3u);
  EXPECT_EQ(must(store_->read()->history(of_patients)).total, 4u);

  of_a.count_max = 2;
  const auto page = must(store_->read()->history(of_a));
  EXPECT_TRUE(page.more);
  of_a.before = page.versions.back().sequence;
  EXPECT_THAT(bodies(of_a), ElementsAre("a1"));
  EXPECT_FALSE(must(store_->read()->history(of_a)).more);
}

TEST_P(History, a_period_holds_even_where_times_were_given_out_of_order) {
  const auto at = [](int64_t seconds) { return Instant(std::chrono::seconds(seconds)); };
  for (const int64_t seconds : {100, 300, 200, 400, 150}) {
    auto written = put_of(patient, std::to_string(seconds), std::to_string(seconds));
    written.time = at(seconds);
    put(written);
  }
  HistoryQuery query;
  query.since = at(200);
  query.at_most = at(300);
  std::vector<std::string> found;
  for (const auto& version : must(store_->read()->history(query)).versions)
    found.push_back(version.body);
  EXPECT_THAT(found, ElementsAre("200", "300"));
}

TEST_P(History, the_change_feed_is_in_commit_order_without_gaps_in_what_it_gives) {
  for (int i = 0; i < 30; ++i)
    put(put_of(patient, std::to_string(i % 10), std::to_string(i)));
  std::vector<std::string> bodies;
  uint64_t after = 0;
  while (true) {
    const auto versions = must(store_->read()->changes(after, 7));
    if (versions.empty()) break;
    for (const auto& version : versions) {
      EXPECT_GT(version.sequence, after);
      after = version.sequence;
      bodies.push_back(version.body);
    }
  }
  ASSERT_EQ(bodies.size(), 30u);
  EXPECT_EQ(bodies.front(), "0");
  EXPECT_EQ(bodies.back(), "29");
}

// ---- messages

Message message_of(std::string feed, std::string control_id, std::string bytes) {
  Message message;
  message.feed = std::move(feed);
  message.control_id = std::move(control_id);
  message.kind = "ORU^R01";
  message.group = "patient 1";
  message.received = Instant(std::chrono::seconds(1'700'000'000));
  message.bytes = std::move(bytes);
  message.answer = "MSA|AA";
  message.mapping = "oru 1";
  message.report = "{\"coverage\":1.0}";
  return message;
}

TEST_P(Messages, are_kept_byte_for_byte_and_found_by_feed_id_state_and_content) {
  constexpr char raw[] = "MSH|^~\\&|\x1b$B;3ED\x1b(B\r\0PID";
  const std::string bytes(raw, sizeof raw - 1);
  uint64_t number = 0;
  must(store_->write([&](Writer& writer) -> Result<void> {
    number = TRY(writer.add_message(message_of("adt", "1", bytes)));
    auto held = message_of("adt", "2", "held");
    held.state = MessageState::held;
    held.reason = "PID-3 is empty";
    TRY(writer.add_message(held));
    TRY(writer.add_message(message_of("lab", "1", "lab")));
    return {};
  }));
  const auto reader = store_->read();
  const auto found = must(reader->message(number));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->bytes, bytes);
  EXPECT_EQ(found->feed, "adt");
  EXPECT_EQ(found->answer, "MSA|AA");
  EXPECT_EQ(found->report, "{\"coverage\":1.0}");
  EXPECT_EQ(found->mapping, "oru 1");
  EXPECT_EQ(found->group, "patient 1");

  const auto numbers = [&](const MessageQuery& query) {
    std::vector<uint64_t> all;
    for (const auto& message : must(reader->messages(query)))
      all.push_back(message.number);
    return all;
  };
  MessageQuery query;
  EXPECT_THAT(numbers(query), ElementsAre(1, 2, 3));
  query.feed = "adt";
  EXPECT_THAT(numbers(query), ElementsAre(1, 2));
  query.control_id = "1";
  EXPECT_THAT(numbers(query), ElementsAre(1));
  query = {};
  query.state = MessageState::held;
  EXPECT_THAT(numbers(query), ElementsAre(2));
  query.reason_prefix = "OBX";
  EXPECT_THAT(numbers(query), IsEmpty());
  query = {};
  query.newest_first = true;
  EXPECT_THAT(numbers(query), ElementsAre(3, 2, 1));
  query.count_max = 1;
  query.before = 3;
  EXPECT_THAT(numbers(query), ElementsAre(2));
  query = {};
  query.content_hash = hash_of("lab");
  EXPECT_THAT(numbers(query), ElementsAre(3));
  query = {};
  query.feed = "unknown";
  EXPECT_THAT(numbers(query), IsEmpty());
  EXPECT_EQ(must(reader->message_count(MessageState::done)), 2u);
  EXPECT_EQ(must(reader->message_count(MessageState::held)), 1u);
}

TEST_P(Messages, an_update_changes_state_and_counters) {
  must(store_->write([&](Writer& writer) -> Result<void> {
    auto held = message_of("adt", "2", "held");
    held.state = MessageState::held;
    held.number = TRY(writer.add_message(held));
    held.state = MessageState::done;
    held.reason = "";
    held.answer = "later";
    TRY(writer.update_message(held));
    EXPECT_EQ(TRY(writer.message_count(MessageState::done)), 1u);
    return {};
  }));
  const auto reader = store_->read();
  EXPECT_EQ(must(reader->message(1))->answer, "later");
  EXPECT_EQ(must(reader->message(1))->bytes, "held");
  EXPECT_EQ(must(reader->message_count(MessageState::held)), 0u);
  EXPECT_EQ(must(reader->message_count(MessageState::done)), 1u);
}

// ---- items and audit

TEST_P(Items, are_set_listed_by_prefix_and_removed) {
  must(store_->write([&](Writer& writer) -> Result<void> {
    for (const auto* key : {"a/1", "a/2", "a/3", "b/1", "a"})
      TRY(writer.set_item("links", key, key));
    TRY(writer.set_item("links", "a/2", "changed"));
    TRY(writer.set_item("other", "a/9", "x"));
    TRY(writer.remove_item("links", "a/3"));
    TRY(writer.remove_item("links", "never"));
    return {};
  }));
  const auto reader = store_->read();
  const auto keys = [&](std::string_view prefix, std::string_view after, size_t count_max) {
    std::vector<std::string> found;
    for (const auto& item : must(reader->items("links", prefix, after, count_max)))
      found.push_back(item.key);
    return found;
  };
  EXPECT_EQ(must(reader->item("links", "a/2")), "changed");
  EXPECT_FALSE(must(reader->item("links", "a/3")));
  EXPECT_THAT(keys("a/", "", 10), ElementsAre("a/1", "a/2"));
  EXPECT_THAT(keys("", "", 10), ElementsAre("a", "a/1", "a/2", "b/1"));
  EXPECT_THAT(keys("a/", "a/1", 10), ElementsAre("a/2"));
  EXPECT_THAT(keys("a/", "a", 1), ElementsAre("a/1"));
}

TEST_P(Items, audit_entries_are_kept_in_order) {
  for (int i = 0; i < 5; ++i) {
    must(store_->write([&](Writer& writer) -> Result<void> {
      TRY(writer.add_audit("{\"n\":" + std::to_string(i) + "}", "Patient/p1"));
      return {};
    }));
  }
  const auto entries = must(store_->audit(2, 2));
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].key, "3");
  EXPECT_EQ(entries[0].value, "{\"n\":2}");
}

// ---- erasing

Put removal_of(uint16_t kind, std::string id) {
  auto removal = put_of(kind, std::move(id), "");
  removal.deleted = true;
  removal.body = {};
  removal.owner.clear();
  return removal;
}

Result<void> erase(Store& store, const std::vector<Key>& keys) {
  return store.write([&](Writer& writer) -> Result<void> {
    for (const Key& key : keys)
      TRY(writer.put(removal_of(key.kind, key.id)));
    return writer.erase(keys);
  });
}

TEST_P(Erasing, every_body_is_gone_and_the_log_keeps_its_rows) {
  put(put_of(patient, "p", "first", {"name"}, {{1, "2020", "2020"}}));
  put(put_of(patient, "other", "kept", {"name"}));
  put(put_of(patient, "p", "second", {"name"}, {{1, "2021", "2021"}}));
  must(erase(*store_, {{patient, "p"}}));
  for (int round = 0; round < 2; ++round, reopen()) {
    const auto reader = store_->read();
    const auto changes = must(reader->changes(0, 10));
    ASSERT_EQ(changes.size(), 4u);
    for (uint64_t i = 0; i < 4; ++i)
      EXPECT_EQ(changes[i].sequence, i + 1);
    EXPECT_EQ(changes[1].body, "kept");
    for (const uint32_t number : {1u, 2u, 3u}) {
      const auto version = must(reader->version({patient, "p"}, number));
      ASSERT_TRUE(version);
      EXPECT_TRUE(version->deleted);
      EXPECT_EQ(version->body, "");
      EXPECT_EQ(version->number, number);
    }
    EXPECT_TRUE(must(reader->current({patient, "p"}))->deleted);
    HistoryQuery of_p;
    of_p.key = Key{patient, "p"};
    EXPECT_EQ(must(reader->history(of_p)).versions.size(), 3u);
    Search named;
    named.where = term("name");
    EXPECT_THAT(ids(named), ElementsAre("other"));
    named.where = range(1, "2000", "2999");
    EXPECT_THAT(ids(named), IsEmpty());
  }
}

TEST_P(Erasing, what_still_lives_is_refused_and_stays) {
  put(put_of(patient, "p", "body"));
  const auto refused = store_->write([](Writer& writer) { return writer.erase({{patient, "p"}}); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, Error::Kind::conflict);
  EXPECT_EQ(must(store_->read()->current({patient, "p"}))->body, "body");
}

TEST_P(Erasing, a_message_goes_with_the_last_that_was_made_from_it) {
  uint64_t shared = 0, own = 0;
  must(store_->write([&](Writer& writer) -> Result<void> {
    Message message;
    message.bytes = "shared bytes";
    shared = TRY(writer.add_message(message));
    for (const char* id : {"p", "q"}) {
      auto written = put_of(patient, id, id);
      written.origin.message = shared;
      TRY(writer.put(written));
    }
    return {};
  }));
  must(store_->write([&](Writer& writer) -> Result<void> {
    Message message;
    message.bytes = "own bytes";
    message.answer = "AA";
    message.report = "about p";
    own = TRY(writer.add_message(message));
    auto written = put_of(patient, "p", "p2");
    written.origin.message = own;
    TRY(writer.put(written));
    return {};
  }));
  must(erase(*store_, {{patient, "p"}}));
  EXPECT_EQ(must(store_->read()->message(shared))->bytes, "shared bytes");
  const auto emptied = must(store_->read()->message(own));
  EXPECT_EQ(emptied->bytes + emptied->report, "");
  EXPECT_EQ(emptied->answer, "AA");
  MessageQuery same;
  same.content_hash = hash_of("own bytes");
  EXPECT_EQ(must(store_->read()->messages(same)).size(), 1u);
  must(erase(*store_, {{patient, "q"}}));
  EXPECT_EQ(must(store_->read()->message(shared))->bytes, "");
}

TEST_P(Erasing, what_was_erased_may_be_written_again) {
  put(put_of(patient, "p", "old"));
  must(erase(*store_, {{patient, "p"}}));
  EXPECT_EQ(put(put_of(patient, "p", "new", {"t"})).number, 3u);
  EXPECT_EQ(must(store_->read()->current({patient, "p"}))->body, "new");
  EXPECT_EQ(must(store_->read()->version({patient, "p"}, 1))->body, "");
}

TEST_P(Erasing, a_unit_that_fails_has_erased_nothing) {
  put(put_of(patient, "p", "body"));
  const auto failed = store_->write([](Writer& writer) -> Result<void> {
    TRY(writer.put(removal_of(patient, "p")));
    TRY(writer.erase({{patient, "p"}}));
    return Error{Error::Kind::invalid, "no", {}};
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(must(store_->read()->current({patient, "p"}))->body, "body");
}

}  // namespace
}  // namespace tasuki::store::tests
