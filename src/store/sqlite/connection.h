// One connection to the encrypted database: open, key, prepared statements, errors as values.
//
// Why: the rest of the engine should read as SQL with its values beside it. Statements are prepared
// once per connection and found again by the address of their text, so that a point read costs no
// parsing.
//
// Not thread-safe: one thread at a time (SQLite is built multi-thread, THREADSAFE=2).
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tasuki::store::sqlite {

struct Text {  // bound as TEXT; every other string is a BLOB and compares with memcmp
  std::string_view text;
};

// The rows of a running statement. Bytes it hands out live until the next step. Bound strings must
// outlive it.
class Query {
 public:
  Query(sqlite3* database, sqlite3_stmt* statement, bool* busy);
  Query(Query&& other) noexcept;
  Query& operator=(Query&&) = delete;
  ~Query();

  Result<bool> next();  // true: a row is there
  Result<void> run();   // for statements without rows

  int64_t integer(int column) const;
  uint64_t number(int column) const { return static_cast<uint64_t>(integer(column)); }
  std::string_view bytes(int column) const;
  bool is_null(int column) const;

  void bind(int place, std::integral auto value) {
    bind_integer(place, static_cast<int64_t>(value));
  }
  void bind(int place, std::string_view value);
  void bind(int place, Text value);
  void bind(int place, std::nullptr_t);

 private:
  void bind_integer(int place, int64_t value);

  sqlite3* database_;
  sqlite3_stmt* statement_;
  bool* busy_;  // null: this query's own statement, finalised with it
};

struct ConnectionSettings {
  std::string file;
  std::string key;  // 32 bytes
  size_t cache_bytes = 0;
  bool read_only = false;
  std::string vfs;  // of the disk beneath, see disk.h
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const ConnectionSettings& settings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `sql` must be a literal: its address is its name.
  template <class... Values>
  Result<Query> query(const char* sql, const Values&... values) {
    auto rows = TRY(prepare(sql));
    int place = 0;
    (rows.bind(++place, values), ...);
    return rows;
  }
  template <class... Values>
  Result<void> run(const char* sql, const Values&... values) {
    auto rows = TRY(query(sql, values...));
    return rows.run();
  }
  Result<void> script(const std::string& sql);  // several statements, not kept

  bool in_transaction() const;
  int wal_pages() const { return wal_pages_; }  // after this connection's last commit
  // Moves what the log holds into the database. `restart`: also waits for readers so that the log
  // starts anew.
  Result<bool> checkpoint(bool restart);  // true: everything was moved
  Result<bool> cut_log();                 // and nothing of it is left; false: readers hold it
  void shrink();                          // gives cached pages back

  sqlite3* handle() const { return database_; }

 private:
  struct Entry {
    sqlite3_stmt* statement = nullptr;
    bool busy = false;
  };
  explicit Connection(sqlite3* database) : database_(database) {}
  Result<Query> prepare(const char* sql);

  sqlite3* database_;
  int wal_pages_ = 0;
  std::unordered_map<const char*, Entry> statements_;
};

Error error_of(sqlite3* database, int code);

}  // namespace tasuki::store::sqlite
