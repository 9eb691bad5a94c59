#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <fmt/core.h>

#include "store/sqlite/tokenizer.h"

namespace tasuki::store::sqlite {

Error error_of(sqlite3* database, int code) {
  const int primary = code & 0xff;
  const auto why =
      fmt::format("{} ({})", database ? sqlite3_errmsg(database) : sqlite3_errstr(code), code);
  if (primary == SQLITE_FULL) {
    return {Error::Kind::unavailable,
            "The disk is full; nothing of this was written. Make room: " + why,
            {}};
  }
  if (primary == SQLITE_IOERR) {
    return {
        Error::Kind::unavailable, "The disk failed; nothing of this was acknowledged: " + why, {}};
  }
  if (primary == SQLITE_NOTADB) {
    return {Error::Kind::internal,
            "The database's key is wrong or its first page is damaged: " + why,
            {}};
  }
  if (primary == SQLITE_CORRUPT) {
    return {Error::Kind::internal,
            "The database is damaged (a page fails its authentication): " + why,
            {}};
  }
  if (primary == SQLITE_CANTOPEN) {
    return {Error::Kind::unavailable, "The database file cannot be opened: " + why, {}};
  }
  if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
    return {Error::Kind::unavailable, "The database is held by another: " + why, {}};
  }
  if (primary == SQLITE_NOMEM)
    return {Error::Kind::unavailable, "The memory is used up: " + why, {}};
  return {Error::Kind::internal, "The database refused a statement: " + why, {}};
}

namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes)
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

Result<void> set_key(sqlite3* database, const std::string& key) {
  if (key.size() != 32) {
    return Error{Error::Kind::invalid,
                 "The database key must have 32 bytes; encryption is not optional.",
                 {}};
  }
  // A raw key: 256 random bits need no derivation, and opening must take milliseconds. AEGIS-256
  // authenticates each page with a 32-byte tag; a page put elsewhere or changed by one bit does not
  // decrypt.
  sqlite3mc_config(database, "cipher", sqlite3mc_cipher_index("aegis"));
  auto words = "raw:" + hex(key);
  const int code = sqlite3_key(database, words.data(), static_cast<int>(words.size()));
  words.assign(words.size(), '\0');
  if (code != SQLITE_OK) return error_of(database, code);
  return {};
}

int remember_wal_pages(void* pages, sqlite3*, const char*, int count) {
  *static_cast<int*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionSettings& settings) {
  sqlite3* database = nullptr;
  const int how =
      (settings.read_only ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const auto* vfs = settings.vfs.empty() ? nullptr : settings.vfs.c_str();
  const int code = sqlite3_open_v2(settings.file.c_str(), &database, how, vfs);
  std::unique_ptr<Connection> connection(new Connection(database));
  if (code != SQLITE_OK) return error_of(database, code);

  TRY(set_key(database, settings.key));
  TRY(register_tokenizer(database));
  // Else each new value of a bound LIMIT has its statement compiled anew.
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr);
  sqlite3_busy_timeout(database, 5000);
  // FULL: the log is synced at each commit, so what was acknowledged survives a power cut.
  // The writer decides when to checkpoint, never a commit by itself. A read-only connection of a
  // WAL database still opens the file for writing (shared memory); query_only keeps it honest.
  // secure_delete: what is freed is zeroed, so that what is erased is (the encryption sets it,
  // too).
  TRY(connection->script(
      fmt::format("PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                  "PRAGMA wal_autocheckpoint=0; PRAGMA journal_size_limit=67108864;"
                  "PRAGMA secure_delete=ON;"
                  "PRAGMA cache_size=-{}; PRAGMA trusted_schema=OFF; PRAGMA query_only={};",
                  settings.cache_bytes / 1024, settings.read_only ? 1 : 0)));
  if (!settings.read_only) sqlite3_wal_hook(database, remember_wal_pages, &connection->wal_pages_);
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, entry] : statements_)
    sqlite3_finalize(entry.statement);
  sqlite3_close_v2(database_);
}

Result<Query> Connection::prepare(const char* sql) {
  auto& entry = statements_[sql];
  if (entry.statement && !entry.busy) {
    entry.busy = true;
    return Query(database_, entry.statement, &entry.busy);
  }
  sqlite3_stmt* statement = nullptr;
  const unsigned how = entry.statement ? 0 : SQLITE_PREPARE_PERSISTENT;
  const int code = sqlite3_prepare_v3(database_, sql, -1, how, &statement, nullptr);
  if (code != SQLITE_OK) return error_of(database_, code);
  if (entry.statement)
    return Query(database_, statement, nullptr);  // the same text is running further out
  entry = {statement, true};
  return Query(database_, statement, &entry.busy);
}

Result<void> Connection::script(const std::string& sql) {
  const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return error_of(database_, code);
  return {};
}

bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(database_) == 0;
}

Result<bool> Connection::checkpoint(bool restart) {
  int logged = 0;
  int moved = 0;
  const int mode = restart ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(database_, nullptr, mode, &logged, &moved);
  if ((code & 0xff) == SQLITE_BUSY) return false;
  if (code != SQLITE_OK) return error_of(database_, code);
  if (logged == moved) wal_pages_ = 0;
  return logged == moved;
}

Result<bool> Connection::cut_log() {
  const int code =
      sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if ((code & 0xff) == SQLITE_BUSY) return false;
  if (code != SQLITE_OK) return error_of(database_, code);
  wal_pages_ = 0;
  return true;
}

void Connection::shrink() {
  sqlite3_db_release_memory(database_);
}

Query::Query(sqlite3* database, sqlite3_stmt* statement, bool* busy)
    : database_(database), statement_(statement), busy_(busy) {}

Query::Query(Query&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      busy_(other.busy_) {}

Query::~Query() {
  if (!statement_) return;
  if (!busy_) {
    sqlite3_finalize(statement_);
    return;
  }
  sqlite3_reset(statement_);
  *busy_ = false;
}

Result<bool> Query::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return error_of(database_, code);
}

Result<void> Query::run() {
  while (TRY(next())) {
  }
  return {};
}

int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Query::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement_, column));
  return data ? std::string_view(data, size) : std::string_view();
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

void Query::bind_integer(int place, int64_t value) {
  sqlite3_bind_int64(statement_, place, value);
}

void Query::bind(int place, std::string_view value) {
  // An empty view may have no address, which SQLite would take for NULL.
  sqlite3_bind_blob64(statement_, place, value.empty() ? "" : value.data(), value.size(),
                      SQLITE_STATIC);
}

void Query::bind(int place, Text value) {
  sqlite3_bind_text64(statement_, place, value.text.empty() ? "" : value.text.data(),
                      value.text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Query::bind(int place, std::nullptr_t) {
  sqlite3_bind_null(statement_, place);
}

}  // namespace tasuki::store::sqlite
