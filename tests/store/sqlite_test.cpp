// The embedded engine's own promises: encryption that authenticates, one process a database, no
// newer schema, and a kill at any instant.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "store/engine.h"
#include "store/sqlite/connection.h"

// Of SQLite, whose header the tests do not see.
extern "C" {
struct sqlite3;
unsigned char* sqlite3_serialize(sqlite3*, const char*, long long*, unsigned);
void sqlite3_free(void*);
}

namespace tasuki::store::tests {
namespace {

using testing::HasSubstr;

constexpr uint16_t kind = 7;

Result<void> write_one(Store& store, const Put& put) {
  return store.write([&](Writer& writer) -> Result<void> {
    TRY(writer.put(put));
    return {};
  });
}

std::string content_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_content(const std::string& file, const std::string& content) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
}

// Words that must not be seen from outside: in a body, an id, a term, an ordered entry, a message,
// an item, a name.
constexpr std::string_view secrets[] = {"SECRETBODY",    "SECRETID",   "SECRETTERM", "SECRETORDER",
                                        "SECRETMESSAGE", "SECRETITEM", "SECRETNAME"};

void write_secrets(Store& store) {
  must(store.write([](Writer& writer) -> Result<void> {
    auto put =
        put_of(kind, "SECRETID", "SECRETBODY", {"SECRETTERM"}, {{1, "SECRETORDER", "SECRETORDER"}});
    put.subject = "SECRETNAME";
    TRY(writer.put(put));
    Message message;
    message.bytes = "SECRETMESSAGE";
    TRY(writer.add_message(message));
    return writer.set_item("table", "SECRETITEM", "SECRETITEM");
  }));
}

TEST(Encryption, neither_database_nor_log_shows_plain_text) {
  const Folder folder;
  auto store = must(open_sqlite(sqlite_settings(folder)));
  write_secrets(*store);
  const auto log = content_of(folder.file("test.db-wal"));
  EXPECT_GT(log.size(), 4096u);
  store.reset();
  const auto database = content_of(folder.file("test.db"));
  EXPECT_GT(database.size(), 4096u);
  for (const auto secret : secrets) {
    EXPECT_FALSE(log.contains(secret)) << secret;
    EXPECT_FALSE(database.contains(secret)) << secret;
  }
  EXPECT_FALSE(log.contains("CREATE TABLE"));
  EXPECT_FALSE(database.contains("CREATE TABLE"));
  EXPECT_FALSE(database.starts_with("SQLite format 3"));
}

TEST(Encryption, another_key_is_refused_and_harms_nothing) {
  const Folder folder;
  write_secrets(*must(open_sqlite(sqlite_settings(folder))));
  auto settings = sqlite_settings(folder);
  settings.key[31] = static_cast<char>(settings.key[31] ^ 1);
  const auto opened = open_sqlite(settings);
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().message, HasSubstr("key is wrong"));
  const auto store = must(open_sqlite(sqlite_settings(folder)));
  EXPECT_EQ(must(store->read()->current({kind, "SECRETID"}))->body, "SECRETBODY");
}

TEST(Encryption, a_key_of_the_wrong_length_is_refused) {
  for (const size_t size : {0u, 16u, 31u, 33u, 64u}) {
    const Folder folder;
    auto settings = sqlite_settings(folder);
    settings.key = std::string(size, 'k');
    const auto opened = open_sqlite(settings);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, Error::Kind::invalid);
  }
}

// Reads everything there is; the first Error, if any.
Result<void> read_everything(const SqliteSettings& settings) {
  const auto store = TRY(open_sqlite(settings));
  const auto reader = store->read();
  TRY(reader->changes(0, 10'000));
  for (int i = 0; i < 60; ++i)
    TRY(reader->current({kind, std::to_string(i)}));
  Search search;
  search.sort = {{1, false}};
  search.count_max = 100;
  TRY(reader->search(search));
  search.where = range(1, "", "");
  TRY(reader->search(search));
  MessageQuery messages;
  TRY(reader->messages(messages));
  return {};
}

TEST(Encryption, one_changed_bit_in_any_page_is_an_error_never_another_answer) {
  const Folder folder(Folder::Where::memory);
  const auto settings = sqlite_settings(folder);
  {
    const auto store = must(open_sqlite(settings));
    for (int i = 0; i < 60; ++i) {
      const auto number = std::to_string(i);
      must(write_one(*store, put_of(kind, number, std::string(500, 'x') + number, {"t" + number},
                                    {{1, number, number}})));
    }
  }
  ASSERT_TRUE(read_everything(settings));
  const auto sound = content_of(settings.file);
  ASSERT_EQ(sound.size() % 4096, 0u);
  int errors = 0;
  const auto pages = sound.size() / 4096;
  for (size_t page = 0; page < pages; ++page) {
    auto changed = sound;
    const auto at = page * 4096 + (page * 977 + 200) % 4096;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    write_content(settings.file, changed);
    const auto outcome = read_everything(settings);
    if (outcome) continue;  // a page that these questions do not touch
    ++errors;
    EXPECT_EQ(outcome.error().kind, Error::Kind::internal);
  }
  EXPECT_GT(errors, static_cast<int>(pages) / 3);
  write_content(settings.file, sound);
  EXPECT_TRUE(read_everything(settings));
}

TEST(Opening, two_stores_on_one_database_are_refused) {
  const Folder folder;
  const auto first = must(open_sqlite(sqlite_settings(folder)));
  const auto second = open_sqlite(sqlite_settings(folder));
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("Another process"));
}

TEST(Opening, a_database_of_a_newer_program_is_refused) {
  const Folder folder;
  const auto settings = sqlite_settings(folder);
  must(open_sqlite(settings)).reset();
  auto newer = must(sqlite::Connection::open({settings.file, settings.key, 1 << 20, false, {}}));
  must(newer->script("PRAGMA user_version=99"));
  newer.reset();
  const auto opened = open_sqlite(settings);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, Error::Kind::unsupported);
  EXPECT_THAT(opened.error().message, HasSubstr("schema 99"));
}

Put found_put(const std::string& id) {
  auto put = put_of(kind, id, "body");
  put.index.terms = {"code|found"};
  return put;
}

Search for_found() {
  Search search;
  search.kinds = {kind};
  search.where = term("code|found");
  search.with_total = true;
  return search;
}

// The log's frames reach the disk in pieces; a group of many megabytes takes many.
TEST(Writing, a_unit_of_many_megabytes_is_there_after_opening_again) {
  const Folder folder;
  const auto settings = sqlite_settings(folder);
  constexpr int records = 300;
  const auto body_of = [](int number) {
    std::string body(20'000, 'x');  // packed beforehand: what is given is kept as it is
    for (size_t i = 0; i < body.size(); i += 7)
      body[i] = static_cast<char>('a' + (i * 31 + static_cast<size_t>(number)) % 26);
    return body;
  };
  must(must(open_sqlite(settings))->write([&](Writer& writer) -> Result<void> {
    for (int i = 0; i < records; ++i) {
      auto put = put_of(kind, "p" + std::to_string(i), body_of(i));
      put.body.bytes = std::string(1, '\0') + body_of(i);
      TRY(writer.put(put));
    }
    return {};
  }));
  const auto store = must(open_sqlite(settings));
  for (const int i : {0, records / 2, records - 1})
    EXPECT_EQ(must(store->read()->current({kind, "p" + std::to_string(i)}))->body, body_of(i));
}

TEST(Opening, a_database_of_the_first_schema_is_brought_up_to_date) {
  const Folder folder;
  const auto settings = sqlite_settings(folder);
  must(open_sqlite(settings)).reset();
  auto older = must(sqlite::Connection::open({settings.file, settings.key, 1 << 20, false, {}}));
  must(older->script("ALTER TABLE record DROP COLUMN as_of; PRAGMA user_version=1"));
  older.reset();
  const auto opened = open_sqlite(settings);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(write_one(**opened, put_of(kind, "p", "body")));
}

TEST(Opening, a_folder_that_is_not_there_is_an_error) {
  auto settings = SqliteSettings{};
  settings.file = "/nowhere/at/all/test.db";
  settings.key = std::string(32, 'k');
  EXPECT_FALSE(open_sqlite(settings));
}

TEST(Opening, a_file_that_is_no_database_is_an_error) {
  const Folder folder;
  write_content(folder.file("test.db"), std::string(8192, 'x'));
  const auto opened = open_sqlite(sqlite_settings(folder));
  ASSERT_FALSE(opened);
  EXPECT_EQ(content_of(folder.file("test.db")), std::string(8192, 'x'));
}

TEST(Waiting, readers_beyond_the_number_still_get_a_connection) {
  const Folder folder;
  auto settings = sqlite_settings(folder);
  settings.readers_max = 2;
  const auto store = must(open_sqlite(settings));
  std::vector<std::unique_ptr<Reader>> readers;
  for (int i = 0; i < 4; ++i)
    readers.push_back(store->read());
  for (const auto& reader : readers)
    EXPECT_EQ(must(reader->count(kind)), 0u);
}

// It searches, so that all that waits to be indexed goes into the index early; undone, the units
// before it must still be found.
TEST(Writing, a_large_unit_that_fails_takes_only_its_own_from_the_index) {
  const Folder folder;
  const auto store = must(open_sqlite(sqlite_settings(folder)));
  std::atomic<bool> held{false}, go{false};
  std::thread holder([&] {
    must(store->write([&](Writer&) -> Result<void> {
      held = true;
      held.notify_all();
      go.wait(false);  // those that come now share the next group
      return {};
    }));
  });
  held.wait(false);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back(
        [&, i] { EXPECT_TRUE(write_one(*store, found_put("small" + std::to_string(i)))); });
  threads.emplace_back([&] {
    const auto outcome = store->write([&](Writer& writer) -> Result<void> {
      for (int i = 0; i < 1'000; ++i)
        TRY(writer.put(found_put("large" + std::to_string(i))));
      EXPECT_GE(must(writer.search(for_found())).total, 1'000u);
      return Error{Error::Kind::conflict, "undone", {}};
    });
    EXPECT_FALSE(outcome);
  });
  go = true;
  go.notify_all();
  holder.join();
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(must(store->read()->search(for_found())).total, 8u);
}

TEST(Waiting, a_full_queue_is_refused_not_grown) {
  const Folder folder;
  auto settings = sqlite_settings(folder);
  settings.queue_max = 1;
  const auto store = must(open_sqlite(settings));
  std::atomic<int> refused{0};
  std::atomic<bool> held{false}, go{false};
  std::vector<std::thread> threads;
  std::thread holder([&] {
    must(store->write([&](Writer&) -> Result<void> {
      held = true;
      held.notify_all();
      go.wait(false);  // the writer thread is busy until all the others have asked
      return {};
    }));
  });
  held.wait(false);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      while (!store->write([](Writer&) -> Result<void> { return {}; })) {
        if (++refused > 20) go = true, go.notify_all();
      }
    });
  }
  holder.join();
  for (auto& thread : threads)
    thread.join();
  EXPECT_GT(refused, 20);
}

// ---- a kill at any instant

// In the child: writes units for ever and tells the pipe the number of each that was acknowledged.
[[noreturn]] void write_until_killed(const SqliteSettings& settings, int pipe, int first) {
  const auto store = must(open_sqlite(settings));
  std::atomic<int> next{first};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      while (true) {
        const int unit = next++;
        const auto number = std::to_string(unit);
        const auto outcome = store->write([&](Writer& writer) -> Result<void> {
          TRY(writer.put(put_of(kind, "a" + number, number, {"unit|" + number})));
          TRY(writer.put(put_of(kind, "b" + number, number, {"unit|" + number})));
          return {};
        });
        if (!outcome || write(pipe, &unit, sizeof unit) != sizeof unit) _exit(1);
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  _exit(0);
}

// Lets a child write until it has acknowledged some units, kills it, and returns what it
// acknowledged.
std::set<int> write_and_kill(const SqliteSettings& settings, int first, int count) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const auto child = fork();
  if (child == 0) {
    close(ends[0]);
    write_until_killed(settings, ends[1], first);
  }
  close(ends[1]);
  std::set<int> acknowledged;
  int unit = 0;
  while (read(ends[0], &unit, sizeof unit) == sizeof unit) {
    acknowledged.insert(unit);
    if (static_cast<int>(acknowledged.size()) == count) kill(child, SIGKILL);
  }
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return acknowledged;
}

TEST(Kill, loses_nothing_acknowledged_and_halves_nothing) {
  const Folder folder;
  const auto settings = sqlite_settings(folder);
  std::set<int> acknowledged;
  for (int round = 0; round < 10; ++round) {
    acknowledged.merge(write_and_kill(settings, round * 100'000, 5 + round * round * 3));
    const auto store = must(open_sqlite(settings));
    const auto reader = store->read();
    for (const int unit : acknowledged) {
      const auto number = std::to_string(unit);
      ASSERT_TRUE(must(reader->current({kind, "a" + number}))) << "round " << round;
      ASSERT_EQ(must(reader->current({kind, "a" + number}))->number, 1u);
    }
    // What was not acknowledged may be there, but whole, and known to the indexes and the counter.
    const auto changes = must(reader->changes(0, 1'000'000));
    EXPECT_EQ(changes.size() % 2, 0u);
    EXPECT_EQ(must(reader->count(kind)), changes.size());
    Search search;
    search.where = prefix("unit|");
    search.with_total = true;
    EXPECT_EQ(must(reader->search(search)).total, changes.size());
  }
}

// ---- erasing: the bytes themselves

// The database's pages as they lie there, free ones too, without the encryption.
std::string decrypted(const Folder& folder) {
  const auto settings = sqlite_settings(folder);
  const auto connection = must(sqlite::Connection::open(
      {folder.file("test.db"), settings.key, settings.cache_bytes, true, {}}));
  long long size = 0;
  unsigned char* pages = sqlite3_serialize(connection->handle(), "main", &size, 0);
  std::string copy(reinterpret_cast<const char*>(pages), static_cast<size_t>(size));
  sqlite3_free(pages);
  return copy;
}

void wait_until_scrubbed(const Store& store) {
  for (int i = 0; i < 3000 && !store.is_scrubbed(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(store.is_scrubbed());
}

std::string number_text(int i) {
  return fmt::format("{:06}", i);
}

TEST(Erasure, leaves_no_bytes_in_the_file) {
  const Folder folder;
  auto store = must(open_sqlite(sqlite_settings(folder)));
  // Enough around it that pages split, segments merge and pages become free before and after.
  const auto fill = [&](const std::string& prefix) {
    for (int i = 0; i < 3000; i += 100)
      must(store->write([&](Writer& writer) -> Result<void> {
        for (int j = i; j < i + 100; ++j)
          TRY(writer.put(put_of(kind, prefix + number_text(j),
                                std::string(700, 'x') + number_text(j), {"name|" + number_text(j)},
                                {{1, number_text(j), number_text(j)}})));
        return {};
      }));
  };
  // Large bodies, which lie on pages of their own, more than the index will need when it is merged;
  // a small one, which lies among others.
  std::string large;
  for (uint64_t i = 0, word = 1; i < 20'000; ++i, word = word * 6364136223846793005U + 1)
    large += fmt::format("{:016x}", word);
  fill("a");
  must(write_one(*store, put_of(kind, "small", "SECRETSMALL")));
  for (int i = 0; i < 20; ++i) {
    auto put = put_of(kind, "person", large + number_text(i), {"name|SECRETTERM"},
                      {{1, "SECRETORDER", "SECRETORDER"}});
    must(write_one(*store, put));
    if (i % 5 == 0) fill("b" + number_text(i));
  }
  // Nothing of a body can be looked for but how it lies there.
  const std::string packed = pack(large + number_text(19)).bytes.substr(2000, 40);
  store.reset();
  const std::string before = decrypted(folder);
  EXPECT_TRUE(before.contains(packed));
  EXPECT_TRUE(before.contains("SECRETTERM"));
  EXPECT_TRUE(before.contains("SECRETORDER"));
  EXPECT_TRUE(before.contains("SECRETSMALL"));

  store = must(open_sqlite(sqlite_settings(folder)));
  must(store->write([](Writer& writer) -> Result<void> {
    for (const char* id : {"person", "small"}) {
      auto removal = put_of(kind, id, "");
      removal.deleted = true;
      removal.body = {};
      TRY(writer.put(removal));
    }
    return writer.erase({{kind, "person"}, {kind, "small"}});
  }));
  wait_until_scrubbed(*store);
  const std::string log = content_of(folder.file("test.db-wal"));
  EXPECT_LT(log.size(), 100'000u) << "the log was cut";
  store.reset();
  const std::string after = decrypted(folder);
  EXPECT_FALSE(after.contains(packed));
  EXPECT_FALSE(after.contains("SECRETTERM"));
  EXPECT_FALSE(after.contains("SECRETORDER"));
  EXPECT_FALSE(after.contains("SECRET"));
  EXPECT_TRUE(after.contains("000777"));  // the others are there
}

TEST(Erasure, a_kill_in_the_middle_is_gone_on_with) {
  const Folder folder;
  {
    auto store = must(open_sqlite(sqlite_settings(folder)));
    for (int i = 0; i < 50; ++i)
      must(write_one(*store, put_of(kind, "p" + number_text(i), "body", {"name|SECRETTERM"})));
    must(store->write([](Writer& writer) -> Result<void> {
      for (int i = 0; i < 50; ++i) {
        auto removal = put_of(kind, "p" + number_text(i), "");
        removal.deleted = true;
        removal.body = {};
        TRY(writer.put(removal));
        TRY(writer.erase({{kind, "p" + number_text(i)}}));
      }
      return {};
    }));
  }  // closed before it could end
  auto store = must(open_sqlite(sqlite_settings(folder)));
  wait_until_scrubbed(*store);
  store.reset();
  EXPECT_FALSE(decrypted(folder).contains("SECRETTERM"));
}

}  // namespace
}  // namespace tasuki::store::tests
