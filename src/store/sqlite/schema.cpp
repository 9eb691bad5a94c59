#include "store/sqlite/schema.h"

#include <sqlite3.h>

#include <fmt/core.h>

namespace tasuki::store::sqlite {
namespace {

// record   one row a key: small, dense, without the body, so that looking at candidates (consent,
// ranges, sort
//          values) touches few pages. `key` is a keyed 64-bit hash of kind and id: a third of the
//          bytes of an index on the id itself. `ordered` repeats the record's ordered entries
//          (codec.h).
// version  the log: append-only, every body once, by sequence. History, feed and export are range
// scans.
//          version_message grows at its end: what a message made, for replay and search.
//          The first version is found through record.first, so only later ones cost an index entry.
// ordered  (group, low, high, record); an empty high means a point, high = low.
// posting  FTS5 as a plain inverted index: rowid = record number. docs/decisions/0003.
constexpr auto tables = R"sql(
CREATE TABLE house(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE record(
  number INTEGER PRIMARY KEY, key INTEGER NOT NULL, kind INTEGER NOT NULL, id BLOB NOT NULL,
  version INTEGER NOT NULL, sequence INTEGER NOT NULL, first INTEGER NOT NULL, time INTEGER NOT NULL,
  deleted INTEGER NOT NULL, owner INTEGER NOT NULL, subject INTEGER NOT NULL, hash BLOB NOT NULL,
  ordered BLOB NOT NULL, as_of BLOB NOT NULL DEFAULT x'');
CREATE INDEX record_key ON record(key);
CREATE TABLE version(
  sequence INTEGER PRIMARY KEY, record INTEGER NOT NULL, kind INTEGER NOT NULL, number INTEGER NOT NULL,
  time INTEGER NOT NULL, deleted INTEGER NOT NULL, owner INTEGER NOT NULL, subject INTEGER NOT NULL,
  author INTEGER NOT NULL, feed INTEGER NOT NULL, message INTEGER NOT NULL, mapping INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE INDEX version_kind ON version(kind);
CREATE INDEX version_later ON version(record, number) WHERE number > 1;
CREATE INDEX version_message ON version(message) WHERE message > 0;
CREATE TABLE ordered(
  grp INTEGER NOT NULL, low BLOB NOT NULL, high BLOB NOT NULL, record INTEGER NOT NULL,
  PRIMARY KEY(grp, low, high, record)) WITHOUT ROWID;
CREATE VIRTUAL TABLE posting USING fts5(
  terms, content='', contentless_delete=1, detail=none, tokenize='terms');
CREATE VIRTUAL TABLE posting_term USING fts5vocab(posting, row);
CREATE TABLE counter(kind INTEGER PRIMARY KEY, live INTEGER NOT NULL, versions INTEGER NOT NULL);
CREATE TABLE name(number INTEGER PRIMARY KEY, text BLOB NOT NULL UNIQUE);
CREATE TABLE message(
  number INTEGER PRIMARY KEY, feed INTEGER NOT NULL, control_id BLOB NOT NULL, kind BLOB NOT NULL,
  grp BLOB NOT NULL, received INTEGER NOT NULL, state INTEGER NOT NULL, reason BLOB NOT NULL,
  hash BLOB NOT NULL, mapping INTEGER NOT NULL, bytes BLOB NOT NULL, answer BLOB NOT NULL, report BLOB NOT NULL);
CREATE INDEX message_control ON message(feed, control_id);
CREATE INDEX message_hash ON message(hash);
CREATE INDEX message_waiting ON message(state, number) WHERE state <> 0;
CREATE TABLE message_counter(state INTEGER PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE item(
  tbl BLOB NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY(tbl, key)) WITHOUT ROWID;
CREATE TABLE audit(number INTEGER PRIMARY KEY, subject INTEGER NOT NULL, text BLOB NOT NULL);
)sql";

// pgsz: an FTS5 leaf must fit a page's cell (4096 - 64 of authentication - 35), or each leaf would
// take an overflow page more. hashsize: the postings of one group commit stay one segment.
constexpr auto posting_settings = R"sql(
INSERT INTO posting(posting, rank) VALUES('pgsz', 3900);
INSERT INTO posting(posting, rank) VALUES('hashsize', 8388608);
)sql";

Result<int64_t> user_version(Connection& connection) {
  auto rows = TRY(connection.query("PRAGMA user_version"));
  TRY(rows.next());
  return rows.integer(0);
}

Result<void> make_tables(Connection& connection) {
  TRY(connection.script("BEGIN IMMEDIATE"));
  TRY(connection.script(tables));
  TRY(connection.script(posting_settings));
  std::string salt(16, '\0');
  sqlite3_randomness(16, salt.data());
  TRY(connection.run("INSERT INTO house(name, value) VALUES('salt', ?)", std::string_view(salt)));
  TRY(connection.script(fmt::format("PRAGMA user_version={}; COMMIT", schema_version)));
  return {};
}

}  // namespace

Result<void> prepare_schema(Connection& connection) {
  const auto found = TRY(user_version(connection));
  if (found == schema_version) return {};
  if (found == 0) return make_tables(connection);
  if (found == 1 || found == 2) {
    // 1, the first release's: without as_of. 2: without version_message.
    const std::string_view as_of =
        found == 1 ? "ALTER TABLE record ADD COLUMN as_of BLOB NOT NULL DEFAULT x''; " : "";
    return connection.script(
        fmt::format("BEGIN IMMEDIATE; {}CREATE INDEX IF NOT EXISTS version_message ON "
                    "version(message) WHERE message > 0; "
                    "PRAGMA user_version=3; COMMIT",
                    as_of));
  }
  return Error{
      Error::Kind::unsupported,
      fmt::format("The database has schema {}, this program knows {}: start the newer program.",
                  found, schema_version),
      {}};
}

Result<std::string> salt_of(Connection& connection) {
  auto rows = TRY(connection.query("SELECT value FROM house WHERE name='salt'"));
  if (!TRY(rows.next())) return Error{Error::Kind::internal, "The database has lost its salt.", {}};
  return std::string(rows.bytes(0));
}

}  // namespace tasuki::store::sqlite
