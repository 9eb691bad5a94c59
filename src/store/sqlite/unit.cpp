#include "store/sqlite/unit.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/check.h"
#include "store/pack.h"
#include "store/sqlite/codec.h"
#include "store/sqlite/tokenizer.h"

namespace tasuki::store::sqlite {
namespace {

constexpr size_t id_bytes_max = 200;
constexpr size_t own_pending_max = 256;  // of a unit that searches: each is looked at

Error invalid(std::string message) {
  return {Error::Kind::invalid, std::move(message), {}};
}

Result<void> check(const Put& put) {
  if (put.key.id.empty() || put.key.id.size() > id_bytes_max) {
    return invalid(fmt::format("A record's id has 1 to {} bytes.", id_bytes_max));
  }
  for (const auto& term : put.index.terms) {
    if (term.empty() || term.size() > term_bytes_max || term.find('\0') != std::string::npos) {
      return invalid(fmt::format("A term has 1 to {} bytes, none of them zero.", term_bytes_max));
    }
  }
  for (const auto& entry : put.index.ordered) {
    if (entry.low.size() > ordered_bytes_max || entry.high.size() > ordered_bytes_max ||
        entry.high < entry.low) {
      return invalid(fmt::format("An ordered entry has at most {} bytes an end, low before high.",
                                 ordered_bytes_max));
    }
  }
  return {};
}

Result<void> check_expected(const Put& put, const std::optional<RecordRow>& standing) {
  if (!put.expected_number) return {};
  const uint32_t number = standing && !standing->deleted ? standing->version : 0;
  const bool holds =
      *put.expected_number == number || (standing && *put.expected_number == standing->version);
  if (holds) return {};
  return Error{Error::Kind::conflict,
               fmt::format("Version {} was expected, {} stands.", *put.expected_number, number),
               {}};
}

std::string document_of(const Put& put) {
  std::string document;
  size_t bytes = 8;
  for (const auto& term : put.index.terms)
    bytes += term.size() + 2;
  document.reserve(bytes);
  append_term(document, kind_term(put.key.kind));
  for (const auto& term : put.index.terms)
    append_term(document, term_of(term));
  return document;
}

}  // namespace

Unit::Unit(Connection& connection, Shared& shared)
    : Answering(Snapshot(connection, shared, &pending_)),
      connection_(connection),
      shared_(shared) {}

Result<void> Unit::load_numbers() {
  auto rows =
      TRY(connection_.query("SELECT coalesce((SELECT max(number) FROM record), 0), "
                            "coalesce((SELECT max(sequence) FROM version), 0),"
                            " coalesce((SELECT max(number) FROM message), 0), coalesce((SELECT "
                            "max(number) FROM name), 0),"
                            " coalesce((SELECT max(number) FROM audit), 0),"
                            " coalesce((SELECT value FROM house WHERE name='time'), 0),"
                            " coalesce((SELECT value FROM house WHERE name='disorder'), 0)"));
  TRY(rows.next());
  state_ = {};
  state_.numbers = {rows.number(0), rows.number(1),  rows.number(2), rows.number(3),
                    rows.number(4), rows.integer(5), rows.integer(6)};
  return {};
}

void Unit::begin() {
  wrote_ = false;
  pending_.begin_unit();
  numbers_before_ = state_.numbers;
  kinds_before_ = state_.kinds;
  messages_before_ = state_.messages;
  names_before_ = state_.names.size();
}

void Unit::undo() {
  pending_.undo_unit();
  state_.numbers = numbers_before_;
  state_.kinds = kinds_before_;
  state_.messages = messages_before_;
  state_.names.resize(names_before_);
}

Result<uint64_t> Unit::name(const std::string& text) {
  if (const auto known = TRY(snapshot_.number_of(text)); known != 0 || text.empty()) return known;
  const auto number = ++state_.numbers.name;
  wrote_ = true;
  TRY(connection_.run("INSERT INTO name(number, text) VALUES(?, ?)", number,
                      std::string_view(text)));
  state_.names.emplace_back(text, number);
  return number;
}

Result<Receipt> Unit::put(const Put& put) {
  TRY(check(put));
  const auto standing = TRY(snapshot_.row_of(put.key));
  TRY(check_expected(put, standing));
  if (put.deleted && !standing) {
    return Error{Error::Kind::not_found, "There is no such record to delete.", {}};
  }
  const bool same = standing && standing->deleted == put.deleted &&
                    (put.deleted || (put.unless_same && standing->hash == put.body.hash));
  if (same) {
    TRY(confirm(put, *standing));
    return Receipt{
        standing->sequence, standing->number, standing->version, standing->time, false, true};
  }
  if (put.only_same) {
    return Error{Error::Kind::conflict, "Another body stands than was believed.", put.key.id};
  }
  if (standing && !put.brings_back && is_late(put.as_of, standing->as_of)) {
    return Receipt{
        standing->sequence, standing->number, standing->version, standing->time, false, true, true};
  }

  wrote_ = true;
  const auto version = TRY(next_version(put, standing));
  const auto ordered = put.deleted ? std::string() : encode_ordered(put.index.ordered);
  TRY(write_version(put, version));
  TRY(write_record(put, version, ordered, standing));
  count(version, standing);
  const bool indexed = standing && !standing->deleted;
  pending_.put(version.record, put.key.kind,
               {.replaces = indexed,
                .former_ordered = indexed ? standing->ordered : std::string(),
                .deleted = put.deleted,
                .document = put.deleted ? std::string() : document_of(put),
                .ordered = ordered});
  return Receipt{version.sequence,
                 version.record,
                 version.number,
                 version.time,
                 !put.deleted && (!standing || standing->deleted),
                 false};
}

Result<void> Unit::reindex(const Key& key, uint32_t number, const Index& index) {
  Put put;
  put.key = key;
  put.index = index;
  TRY(check(put));
  const auto standing = TRY(snapshot_.row_of(key));
  if (!standing || standing->deleted || standing->version != number) {
    return Error{Error::Kind::conflict, "The version to be indexed anew has been superseded.", {}};
  }
  const auto ordered = encode_ordered(index.ordered);
  wrote_ = true;
  TRY(connection_.run("UPDATE record SET ordered=? WHERE number=?", std::string_view(ordered),
                      standing->number));
  // The log does not tell of it: who remembers posting lists sees it by this.
  TRY(
      connection_.run("INSERT INTO house(name, value) VALUES('indexed', 1) ON CONFLICT(name) DO "
                      "UPDATE SET value=value+1"));
  pending_.put(standing->number, key.kind,
               {.replaces = true,
                .former_ordered = standing->ordered,
                .deleted = false,
                .document = document_of(put),
                .ordered = ordered});
  return {};
}

// Said again, and later: what lies between has been overtaken.
Result<void> Unit::confirm(const Put& put, const RecordRow& standing) {
  if (!is_late(standing.as_of, put.as_of)) return {};
  wrote_ = true;
  return connection_.run("UPDATE record SET as_of=? WHERE number=?", std::string_view(put.as_of),
                         standing.number);
}

Result<Version> Unit::next_version(const Put& put, const std::optional<RecordRow>& standing) {
  auto& numbers = state_.numbers;
  // The commit's time never runs backwards, whatever the machine's clock does.
  const auto time = put.time ? to_integer(*put.time) : std::max(to_integer(now()), numbers.time);
  if (numbers.time - time > numbers.disorder) numbers.disorder = numbers.time - time;
  numbers.time = std::max(numbers.time, time);
  const bool keeps =
      put.deleted && standing;  // a tombstone without an owner stays its former owner's
  return Version{
      .sequence = ++numbers.sequence,
      .record = standing ? standing->number : ++numbers.record,
      .key = put.key,
      .number = standing ? standing->version + 1 : 1,
      .time = to_instant(time),
      .deleted = put.deleted,
      .owner = keeps && put.owner.empty() ? standing->owner : TRY(name(put.owner)),
      .subject = keeps && put.subject.empty() ? standing->subject : TRY(name(put.subject)),
      .body = {},
      .origin = {},
  };
}

Result<void> Unit::write_version(const Put& put, const Version& version) {
  const auto author = TRY(name(put.origin.author));
  const auto feed = TRY(name(put.origin.feed));
  const auto mapping = TRY(name(put.origin.mapping));
  const std::string_view body = put.deleted ? std::string_view() : std::string_view(put.body.bytes);
  return connection_.run("INSERT INTO version VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         version.sequence, version.record, version.key.kind, version.number,
                         to_integer(version.time), version.deleted ? 1 : 0, version.owner,
                         version.subject, author, feed, put.origin.message, mapping, body);
}

Result<void> Unit::write_record(const Put& put, const Version& version, const std::string& ordered,
                                const std::optional<RecordRow>& standing) {
  const std::string_view hash = put.deleted ? std::string_view() : std::string_view(put.body.hash);
  if (standing) {
    return connection_.run(
        "UPDATE record SET version=?, sequence=?, time=?, deleted=?, owner=?, subject=?, hash=?, "
        "ordered=?, as_of=?"
        " WHERE number=?",
        version.number, version.sequence, to_integer(version.time), version.deleted ? 1 : 0,
        version.owner, version.subject, hash, std::string_view(ordered),
        std::string_view(put.as_of.empty() && !put.brings_back ? standing->as_of : put.as_of),
        version.record);
  }
  return connection_.run("INSERT INTO record VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                         version.record, key_hash(shared_.salt, version.key), version.key.kind,
                         std::string_view(version.key.id), version.number, version.sequence,
                         version.sequence, to_integer(version.time), version.deleted ? 1 : 0,
                         version.owner, version.subject, hash, std::string_view(ordered),
                         std::string_view(put.as_of));
}

void Unit::count(const Version& version, const std::optional<RecordRow>& standing) {
  auto& counts = state_.kinds[version.key.kind];
  const bool stood = standing && !standing->deleted;
  counts.live += (version.deleted ? 0 : 1) - (stood ? 1 : 0);
  counts.versions += 1;
}

Result<void> Unit::relieve() {
  if (pending_.bytes() <= Pending::bytes_max) return {};
  return pending_.flush(connection_);
}

Result<SearchPage> Unit::search(const Search& search) {
  if (pending_.of_unit() > own_pending_max) TRY(pending_.flush_within_unit(connection_));
  return snapshot_.search(search);
}

Result<uint64_t> Unit::count(uint16_t kind) {
  const auto changed = state_.kinds.find(kind);
  const auto live = TRY(snapshot_.count(kind));
  return changed == state_.kinds.end() ? live : live + static_cast<uint64_t>(changed->second.live);
}

Result<uint64_t> Unit::message_count(MessageState state) {
  const auto changed = state_.messages.find(static_cast<int>(state));
  const auto count = TRY(snapshot_.message_count(state));
  return changed == state_.messages.end() ? count : count + static_cast<uint64_t>(changed->second);
}

Result<void> Unit::finish_group() {
  TRY(pending_.flush(connection_));
  return write_counters();
}

Result<void> Unit::write_counters() {
  for (const auto& [kind, counts] : state_.kinds) {
    TRY(
        connection_.run("INSERT INTO counter VALUES(?, ?, ?) ON CONFLICT(kind) DO UPDATE SET"
                        " live=live+excluded.live, versions=versions+excluded.versions",
                        kind, counts.live, counts.versions));
  }
  for (const auto& [message_state, change] : state_.messages) {
    TRY(
        connection_.run("INSERT INTO message_counter VALUES(?, ?) ON CONFLICT(state) DO UPDATE SET"
                        " count=count+excluded.count",
                        message_state, change));
  }
  if (!state_.kinds.empty()) {
    TRY(connection_.run("INSERT OR REPLACE INTO house VALUES('time', ?), ('disorder', ?)",
                        state_.numbers.time, state_.numbers.disorder));
  }
  return {};
}

void Unit::committed() {
  erased_ = false;
  pending_.begin_group();
  for (const auto& [text, number] : state_.names)
    shared_.names.add(text, number);
  state_.names.clear();
  state_.kinds.clear();
  state_.messages.clear();
}

void Unit::abandon_group() {
  erased_ = false;
  pending_.clear();
  pending_.begin_group();
  state_ = {};
}

Result<uint64_t> Unit::add_message(const Message& message) {
  wrote_ = true;
  const auto number = ++state_.numbers.message;
  const auto state = static_cast<int>(message.state);
  const auto hash = hash_of(message.bytes);
  const auto bytes = pack_bytes(message.bytes);
  const auto answer = pack_bytes(message.answer);
  const auto report = pack_bytes(message.report);
  const auto feed = TRY(name(message.feed));
  const auto mapping = TRY(name(message.mapping));
  TRY(connection_.run("INSERT INTO message VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", number,
                      feed, std::string_view(message.control_id), std::string_view(message.kind),
                      std::string_view(message.group), to_integer(message.received), state,
                      std::string_view(message.reason), std::string_view(hash), mapping,
                      std::string_view(bytes), std::string_view(answer), std::string_view(report)));
  ++state_.messages[state];
  return number;
}

Result<void> Unit::update_message(const Message& message) {
  auto rows = TRY(connection_.query("SELECT state FROM message WHERE number=?", message.number));
  if (!TRY(rows.next())) {
    return Error{
        Error::Kind::not_found, fmt::format("There is no message {}.", message.number), {}};
  }
  wrote_ = true;
  const auto state = static_cast<int>(message.state);
  --state_.messages[static_cast<int>(rows.integer(0))];
  ++state_.messages[state];
  const auto mapping = TRY(name(message.mapping));
  const auto answer = pack_bytes(message.answer);
  const auto report = pack_bytes(message.report);
  return connection_.run(
      "UPDATE message SET state=?, reason=?, mapping=?, answer=?, report=? WHERE number=?", state,
      std::string_view(message.reason), mapping, std::string_view(answer), std::string_view(report),
      message.number);
}

Result<bool> Unit::forget_bytes(uint64_t message) {
  const auto none = pack_bytes({});
  auto rows = TRY(connection_.query("SELECT 1 FROM message WHERE number=? AND bytes<>?", message,
                                    std::string_view(none)));
  if (!TRY(rows.next())) return false;
  wrote_ = true;
  TRY(connection_.run("UPDATE message SET bytes=? WHERE number=?", std::string_view(none),
                      message));
  return true;
}

Result<void> Unit::set_item(std::string_view table, std::string_view key, std::string_view value) {
  wrote_ = true;
  return connection_.run("INSERT OR REPLACE INTO item VALUES(?, ?, ?)", table, key, value);
}

Result<void> Unit::remove_item(std::string_view table, std::string_view key) {
  wrote_ = true;
  return connection_.run("DELETE FROM item WHERE tbl=? AND key=?", table, key);
}

Result<uint64_t> Unit::add_audit(std::string_view text, std::string_view subject) {
  wrote_ = true;
  const auto number = ++state_.numbers.audit;
  const auto about = TRY(name(std::string(subject)));
  const auto packed = pack_bytes(text);
  TRY(connection_.run("INSERT INTO audit VALUES(?, ?, ?)", number, about,
                      std::string_view(packed)));
  return number;
}

}  // namespace tasuki::store::sqlite
