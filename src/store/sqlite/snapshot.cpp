#include "store/sqlite/snapshot.h"

#include "store/pack.h"
#include "store/sqlite/codec.h"

namespace tasuki::store::sqlite {
namespace {

#define RECORD_COLUMNS                                                                         \
  "number, kind, id, version, sequence, first, time, deleted, owner, subject, hash, ordered, " \
  "as_of"

RecordRow record_from(const Query& rows) {
  return {
      .number = rows.number(0),
      .key = {static_cast<uint16_t>(rows.integer(1)), std::string(rows.bytes(2))},
      .version = static_cast<uint32_t>(rows.integer(3)),
      .sequence = rows.number(4),
      .first = rows.number(5),
      .time = to_instant(rows.integer(6)),
      .deleted = rows.integer(7) != 0,
      .owner = rows.number(8),
      .subject = rows.number(9),
      .hash = std::string(rows.bytes(10)),
      .ordered = std::string(rows.bytes(11)),
      .as_of = std::string(rows.bytes(12)),
  };
}

}  // namespace

Result<void> Snapshot::begin() {
  if (connection_.in_transaction()) return {};
  return connection_.run("BEGIN");
}

Result<Version> Snapshot::version_from(Query& rows) {
  Version version{
      .sequence = rows.number(0),
      .record = rows.number(1),
      .key = {static_cast<uint16_t>(rows.integer(2)), std::string(rows.bytes(3))},
      .number = static_cast<uint32_t>(rows.integer(4)),
      .time = to_instant(rows.integer(5)),
      .deleted = rows.integer(6) != 0,
      .owner = rows.number(7),
      .subject = rows.number(8),
      .body = TRY(unpack_bytes(rows.bytes(13))),
      .origin = {},
  };
  version.origin = {.author = TRY(name_of(rows.number(9))),
                    .feed = TRY(name_of(rows.number(10))),
                    .message = rows.number(11),
                    .mapping = TRY(name_of(rows.number(12)))};
  return version;
}

Result<std::optional<Version>> Snapshot::current(const Key& key) {
  TRY(begin());
  auto rows =
      TRY(connection_.query("SELECT " VERSION_COLUMNS
                            " FROM record r CROSS JOIN version v ON v.sequence=r.sequence"
                            " WHERE r.key=? AND r.kind=? AND r.id=?",
                            key_hash(shared_.salt, key), key.kind, std::string_view(key.id)));
  if (!TRY(rows.next())) return std::optional<Version>();
  return std::optional(TRY(version_from(rows)));
}

Result<std::optional<Version>> Snapshot::standing(const Key& key) {
  auto row = TRY(row_of(key));
  if (!row) return std::optional<Version>();
  return std::optional(Version{
      .sequence = row->sequence,
      .record = row->number,
      .key = std::move(row->key),
      .number = row->version,
      .time = row->time,
      .deleted = row->deleted,
      .owner = row->owner,
      .subject = row->subject,
      .body = {},
      .origin = {},
      .hash = std::move(row->hash),
      .as_of = std::move(row->as_of),
  });
}

Result<std::vector<Version>> Snapshot::made_by(uint64_t message) {
  TRY(begin());
  std::vector<Version> versions;
  auto rows =
      TRY(connection_.query("SELECT r.kind, r.id FROM version v CROSS JOIN record r ON "
                            "r.number=v.record WHERE v.message=? AND v.message>0 AND "
                            "r.sequence=v.sequence AND r.deleted=0 ORDER BY v.sequence",
                            message));
  while (TRY(rows.next())) {
    const Key key{static_cast<uint16_t>(rows.number(0)), std::string(rows.bytes(1))};
    if (auto version = TRY(standing(key))) versions.push_back(*std::move(version));
  }
  return versions;
}

Result<std::optional<Version>> Snapshot::version_at(uint64_t sequence) {
  TRY(begin());
  auto rows = TRY(connection_.query(
      "SELECT " VERSION_COLUMNS
      " FROM version v CROSS JOIN record r ON r.number=v.record WHERE v.sequence=?",
      sequence));
  if (!TRY(rows.next())) return std::optional<Version>();
  return std::optional(TRY(version_from(rows)));
}

Result<std::optional<Version>> Snapshot::version(const Key& key, uint32_t number) {
  const auto row = TRY(row_of(key));
  if (!row || number == 0 || number > row->version) return std::optional<Version>();
  if (number == 1) return version_at(row->first);
  auto rows =
      TRY(connection_.query("SELECT sequence FROM version WHERE record=? AND number=? AND number>1",
                            row->number, number));
  if (!TRY(rows.next())) return std::optional<Version>();
  return version_at(rows.number(0));
}

Result<std::optional<Version>> Snapshot::current_of_record(uint64_t record) {
  TRY(begin());
  auto rows = TRY(connection_.query(
      "SELECT " VERSION_COLUMNS
      " FROM record r CROSS JOIN version v ON v.sequence=r.sequence WHERE r.number=?",
      record));
  if (!TRY(rows.next())) return std::optional<Version>();
  return std::optional(TRY(version_from(rows)));
}

Result<std::optional<RecordRow>> Snapshot::row_of(const Key& key) {
  TRY(begin());
  auto rows =
      TRY(connection_.query("SELECT " RECORD_COLUMNS " FROM record WHERE key=? AND kind=? AND id=?",
                            key_hash(shared_.salt, key), key.kind, std::string_view(key.id)));
  if (!TRY(rows.next())) return std::optional<RecordRow>();
  return std::optional(record_from(rows));
}

Result<std::optional<RecordRow>> Snapshot::candidate(uint64_t record) {
  TRY(begin());
  auto rows = TRY(connection_.query(
      "SELECT kind, sequence, deleted, owner, subject, ordered FROM record WHERE number=?",
      record));
  if (!TRY(rows.next())) return std::optional<RecordRow>();
  RecordRow row;
  row.number = record;
  row.key.kind = static_cast<uint16_t>(rows.integer(0));
  row.sequence = rows.number(1);
  row.deleted = rows.integer(2) != 0;
  row.owner = rows.number(3);
  row.subject = rows.number(4);
  row.ordered = rows.bytes(5);
  return std::optional(std::move(row));
}

Result<uint64_t> Snapshot::count(uint16_t kind) {
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT live FROM counter WHERE kind=?", kind));
  return TRY(rows.next()) ? rows.number(0) : uint64_t{0};
}

Result<std::vector<uint16_t>> Snapshot::kinds() {
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT kind FROM counter"));
  std::set<uint16_t> kinds;
  if (pending_) kinds = pending_->kinds();
  while (TRY(rows.next()))
    kinds.insert(static_cast<uint16_t>(rows.integer(0)));
  return std::vector<uint16_t>(kinds.begin(), kinds.end());
}

Result<std::optional<std::string>> Snapshot::item(std::string_view table, std::string_view key) {
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT value FROM item WHERE tbl=? AND key=?", table, key));
  if (!TRY(rows.next())) return std::optional<std::string>();
  return std::optional(std::string(rows.bytes(0)));
}

Result<std::vector<Item>> Snapshot::items(std::string_view table, std::string_view prefix,
                                          std::string_view after, size_t count_max) {
  TRY(begin());
  const bool resumes = !after.empty() && after >= prefix;
  auto rows =
      TRY(resumes ? connection_.query(
                        "SELECT key, value FROM item WHERE tbl=? AND key>? ORDER BY key LIMIT ?",
                        table, after, count_max)
                  : connection_.query(
                        "SELECT key, value FROM item WHERE tbl=? AND key>=? ORDER BY key LIMIT ?",
                        table, prefix, count_max));
  std::vector<Item> items;
  while (TRY(rows.next())) {
    if (!rows.bytes(0).starts_with(prefix)) break;
    items.push_back({std::string(rows.bytes(0)), std::string(rows.bytes(1))});
  }
  return items;
}

Result<std::vector<Item>> Snapshot::audit(uint64_t after, size_t count_max) {
  TRY(begin());
  auto rows = TRY(connection_.query(
      "SELECT number, text FROM audit WHERE number>? ORDER BY number LIMIT ?", after, count_max));
  std::vector<Item> entries;
  while (TRY(rows.next())) {
    entries.push_back({std::to_string(rows.number(0)), TRY(unpack_bytes(rows.bytes(1)))});
  }
  return entries;
}

Result<uint64_t> Snapshot::number_of(std::string_view name) {
  if (name.empty()) return uint64_t{0};
  const std::string text(name);
  if (const auto known = shared_.names.number_of(text)) return *known;
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT number FROM name WHERE text=?", name));
  if (!TRY(rows.next())) return uint64_t{0};
  const auto number = rows.number(0);
  if (!pending_) shared_.names.add(text, number);
  return number;
}

Result<std::string> Snapshot::name_of(uint64_t number) {
  if (number == 0) return std::string();
  if (auto known = shared_.names.text_of(number)) return *std::move(known);
  TRY(begin());
  auto rows = TRY(connection_.query("SELECT text FROM name WHERE number=?", number));
  if (!TRY(rows.next()))
    return Error{Error::Kind::internal, "A version names an author or feed that is gone.", {}};
  const std::string text(rows.bytes(0));
  if (!pending_) shared_.names.add(text, number);
  return text;
}

std::string after_prefix(std::string_view prefix) {
  std::string bound(prefix);
  while (!bound.empty() && bound.back() == '\xff')
    bound.pop_back();
  if (!bound.empty())
    bound.back() = static_cast<char>(static_cast<unsigned char>(bound.back()) + 1);
  return bound;
}

}  // namespace tasuki::store::sqlite
