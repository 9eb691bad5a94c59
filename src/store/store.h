// The store: versions, postings, ordered indexes, the change feed, messages, small items. Bytes and
// keys only.
//
// Why: one logical schema for two engines (SQLite here, PostgreSQL later) that pass one conformance
// suite. It knows no FHIR: a kind is a number its caller gave, a term is opaque bytes, a subject is
// a name that stands for a person. Only `record` links it (law 1).
//
// A version's body is kept as the canonical bytes without the version's own stamps; who reads adds
// them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace tasuki::store {

struct Key {
  uint16_t kind = 0;  // the caller's number of a resource type
  std::string id;
  bool operator==(const Key&) const = default;
};

// Law 9: which organisation, feed, message and mapping version a version came from, and who was
// responsible.
struct Origin {
  std::string author;    // principal id
  std::string feed;      // empty for a person
  uint64_t message = 0;  // number in the message store; 0 = none
  std::string mapping;   // name and version of the mapping
};

struct Version {
  uint64_t sequence = 0;  // place in the change feed: commit order, never reused
  uint64_t record = 0;    // number of the record (all versions of one key); grows with creation
  Key key;
  uint32_t number = 0;  // 1, 2, 3 ...
  Instant time;
  bool deleted = false;  // a tombstone has an empty body
  uint64_t owner = 0;    // number of the owner's name, see Reader::number_of
  uint64_t subject = 0;  // number of the subject's name; 0 = about no one
  std::string body;
  Origin origin;
  std::string hash = {}, as_of = {};  // as put; of Reader::standing() alone
};

// Is what held then older than what stands? To the precision that both have: "20260501" says
// nothing against "20260501103000".
bool is_late(std::string_view as_of, std::string_view standing);

// What makes a record findable. Terms answer equality and prefixes (posting lists); ordered entries
// answer ranges and give sort order (B-tree keyed by group first). Bytes compare as unsigned
// (memcmp).
struct OrderedEntry {
  uint64_t group = 0;
  std::string low;   // at most 64 bytes
  std::string high;  // == low for a point
  // Spans only: one row more, so that Node::by_high can ask by the high end alone. All of a group
  // or none.
  bool by_high = false;
};
struct Index {
  std::vector<std::string> terms;  // each 1-200 bytes, no zero byte
  std::vector<OrderedEntry> ordered;
};

// A body ready to be written: compressed and hashed by the caller's thread, not by the one writer
// thread.
struct Packed {
  std::string bytes;
  std::string hash;  // 16 bytes of the plain body
};
Packed pack(std::string_view body);

struct Put {
  Key key;
  Packed body;  // empty bytes with deleted = true
  bool deleted = false;
  Index index;          // of this version; the former version's entries go
  std::string owner;    // name of the organisation responsible
  std::string subject;  // name of the person's record, e.g. "Patient/p1"; empty = about no one
  Origin origin;
  // Conflict unless the newest version has this number; 0 = must not exist (a tombstone does not).
  std::optional<uint32_t> expected_number;
  bool unless_same = false;  // same body as the newest version: write nothing (law 4)
  // The body is its hash alone, believed to stand: Conflict unless it does.
  bool only_same = false;
  // When the source says that this held, biggest unit first: "20260501103000"; empty: it did not
  // say. Where the standing version's is later, as far as both go, nothing is written: it came
  // late.
  std::string as_of;
  std::optional<Instant> time;  // default: the commit's
  // What stood once is brought back: never late, and as_of is what it was then, empty or not.
  bool brings_back = false;
};

struct Receipt {
  uint64_t sequence = 0;
  uint64_t record = 0;
  uint32_t number = 0;
  Instant time;
  bool created = false;    // no version stood before, or only a tombstone
  bool unchanged = false;  // unless_same held: number and time are the standing version's
  bool late = false;       // what stands is newer by as_of; so are number and time
};

// ---- search

// A set of records. `term`, `prefix`: records whose terms have it. `contains`: records with a term
// that begins with `bytes` and has `needle` anywhere behind it. `range`: records with an ordered
// entry of the group whose low lies in [low_from, low_to) and high in [high_from, high_to); an
// empty bound is open. `about`: records about the same subject as one of the records of `kinds`
// that the child holds and the search admits, or more; of records about the subject `bytes` it
// cannot be told. Never within `except`.
struct Node {
  enum class Op : uint8_t {
    all,
    none,
    term,
    prefix,
    contains,
    range,
    both,
    either,
    except,
    records,
    about
  };
  Op op = Op::all;
  std::string bytes;
  std::string needle;
  uint64_t group = 0;
  std::string low_from, low_to, high_from, high_to;
  bool by_high =
      false;  // range: the group's spans were written by_high, so an open low end costs nothing
  std::string implies;            // range: a term of every record that has an entry in the group
  bool is_only = false;           // range: no record has two entries in the group
  std::vector<uint64_t> records;  // op records: exactly these
  std::vector<uint16_t> kinds;    // about: of the records that the child holds; empty = all
  std::vector<Node> children;     // both, either: any number; except: the first without the others
  std::string part;               // what of the question this is, for SearchStep and errors
};

// Asked of each record before it is counted, sorted or returned: consent, in the plan itself (law
// 1).
using Admits = std::function<bool(uint64_t owner, uint64_t subject)>;
// Asked of the version, body included, where postings alone cannot decide; may be empty.
using Verifies = std::function<bool(const Version& version)>;

struct SortKey {
  uint64_t group = 0;  // 0: by last change
  bool descending = false;
  std::string implies = {};  // a term of every record that has an entry in the group
  // Where no group keeps the order: the version's value, at most 64 bytes, empty = absent. Every
  // candidate is then read, so they must be few.
  std::function<std::string(const Version& version)> of_version = {};
};

struct Cursor {
  std::vector<std::string> values;  // of the sort keys, at the last hit
  uint64_t record = 0;
  uint64_t record_max = 0;  // records made later than the first page stay out: pages never shift
};

struct Search {
  std::vector<uint16_t> kinds;  // empty = all
  Node where;
  Admits admits;
  uint64_t admitted_owner = 0;  // whose records are admitted, all of them: counted without asking
  Verifies verifies;
  // Then by record number, newest first, which without keys is all and costs least. Absent values
  // come last. A record stands at its smallest low end ascending, its largest low end descending.
  std::vector<SortKey> sort;
  size_t count_max = 20;
  std::optional<Cursor> after;
  bool with_total = false;
  size_t cost_max = 2'000'000;  // records looked at; beyond: Error too_costly
  bool explains = false;        // SearchPage::steps tells how long each list is, too
};

// One part of the work of a search: what for, how, how many records were expected of it and how
// many were looked at.
struct SearchStep {
  std::string part;
  std::string by;
  std::optional<uint64_t> expected;
  uint64_t looked_at = 0;
};

struct SearchPage {
  std::vector<Version> hits;  // current versions, bodies included
  std::optional<Cursor> next;
  std::optional<uint64_t> total;
  std::vector<SearchStep> steps;
};

// ---- history and change feed

struct HistoryQuery {
  std::optional<Key> key;                 // one record
  std::optional<uint16_t> kind;           // or one kind; neither: everything
  std::optional<uint64_t> before;         // sequence, exclusive: newest first from there
  std::optional<Instant> since, at_most;  // of Version::time: >= since, <= at_most
  Admits admits;
  size_t count_max = 100;
};
struct HistoryPage {
  std::vector<Version> versions;  // newest first
  bool more = false;
  std::optional<uint64_t> total;  // of the key's or kind's versions, when cheap
};

// What stood at a point of the log: of each record of a kind its newest version up to `at`, by
// sequence. The log never changes, so the same question gives the same answer for ever.
struct StandingQuery {
  uint16_t kind = 0;
  uint64_t at = 0;                      // the point: versions with a later sequence do not exist
  uint64_t after = 0, up_to = 0;        // the part of the log walked: (after, up_to]
  std::optional<Instant> since, until;  // of Version::time
  bool deleted = false;                 // tombstones instead of what lives
  Admits admits;
};
struct Standing {  // views live until the callback returns
  uint64_t sequence = 0;
  std::string_view id;
  uint32_t number = 0;
  Instant time;
  std::string_view body;
};
using TakesStanding = std::function<Result<bool>(const Standing&)>;  // false: enough for now

// ---- messages

// done: its resources are committed. held: waits for a person (inbox). refused: cannot be carried,
// answered so. shadow: taken in and answered, but nothing of it is committed.
enum class MessageState : uint8_t { done, held, refused, shadow };

struct Message {
  uint64_t number = 0;  // given by the store
  std::string feed;
  std::string control_id;  // the sender's own id of it, e.g. MSH-10
  std::string kind;        // "ORU^R01", "OMP-01"
  std::string group;       // what must stay in order, e.g. the source's patient id
  Instant received;
  std::string bytes;  // as they came, byte for byte
  MessageState state = MessageState::done;
  std::string reason;   // why it is held or refused; empty when done
  std::string answer;   // what was answered, byte for byte
  std::string mapping;  // name and version of the mapping that made its resources
  std::string report;   // JSON: findings and coverage
};

struct MessageQuery {
  std::optional<std::string> feed, control_id, reason_prefix;
  std::optional<MessageState> state;
  std::optional<std::string> content_hash;         // as hash_of(bytes)
  uint64_t after = 0, before = uint64_t{1} << 62;  // numbers, exclusive
  bool newest_first = false;
  size_t count_max = 100;
  bool with_bytes = true;
};

std::string hash_of(std::string_view bytes);  // 16 bytes, for Packed::hash and duplicate messages

// ---- small things by name: accounts, sessions, links, checkpoints, jobs

struct Item {
  std::string key;
  std::string value;
};

// One consistent snapshot, taken at first use, for one thread at a time. Keep it short: it holds
// the log back.
class Reader {
 public:
  virtual ~Reader() = default;

  virtual Result<std::optional<Version>> current(const Key& key) = 0;  // a tombstone too
  // The same without body and origin: a lookup instead of three.
  virtual Result<std::optional<Version>> standing(const Key& key) = 0;
  virtual Result<std::optional<Version>> version(const Key& key, uint32_t number) = 0;
  virtual Result<std::optional<Version>> current_of_record(uint64_t record) = 0;
  // What stands today as this message made it; without bodies.
  virtual Result<std::vector<Version>> made_by(uint64_t message) = 0;
  virtual Result<SearchPage> search(const Search& search) = 0;
  virtual Result<uint64_t> count(uint16_t kind) = 0;  // live records, from the maintained counter
  // Whether Node::Op::about narrows a search: not in a unit of work, nor until a large database has
  // been learnt. Else it holds of every record.
  virtual Result<bool> knows_subjects() = 0;
  virtual Result<HistoryPage> history(const HistoryQuery& query) = 0;
  // The change feed: versions after a sequence, oldest first.
  virtual Result<std::vector<Version>> changes(uint64_t after, size_t count_max) = 0;

  // How far it came: the last sequence looked at, `up_to` when there is no more.
  virtual Result<uint64_t> standing(const StandingQuery& query, const TakesStanding& take) = 0;
  virtual Result<uint64_t> newest_sequence() = 0;
  // The sequences after which each next `rows` versions of a kind up to `at` begin: 0 first. Empty:
  // there is none.
  virtual Result<std::vector<uint64_t>> parts(uint16_t kind, uint64_t at, size_t rows) = 0;

  virtual Result<std::vector<Message>> messages(const MessageQuery& query) = 0;
  virtual Result<std::optional<Message>> message(uint64_t number) = 0;
  virtual Result<uint64_t> message_count(MessageState state) = 0;

  virtual Result<std::optional<std::string>> item(std::string_view table, std::string_view key) = 0;
  // Items whose key begins with prefix and is greater than after, by key.
  virtual Result<std::vector<Item>> items(std::string_view table, std::string_view prefix,
                                          std::string_view after = {}, size_t count_max = 1000) = 0;

  // The small lasting number of an owner's or subject's name; 0 when it was never written.
  virtual Result<uint64_t> number_of(std::string_view name) = 0;
  virtual Result<std::string> name_of(uint64_t number) = 0;
};

// What a unit of work may do. It sees its own writes.
class Writer : public Reader {
 public:
  virtual Result<Receipt> put(const Put& put) = 0;
  // These entries in place of those the record's current version has; no new version. Conflict
  // unless that is still this one.
  virtual Result<void> reindex(const Key& key, uint32_t number, const Index& index) = 0;
  // The bodies of all versions of these records go for good, and the bytes of the messages they
  // were made from, unless something else still stands on one. The log keeps its rows, as deleted.
  // Conflict unless each was deleted. Once Store::is_scrubbed says so, the file does not hold them
  // any more.
  virtual Result<void> erase(const std::vector<Key>& keys) = 0;
  virtual Result<uint64_t> add_message(const Message& message) = 0;  // its number
  virtual Result<void> update_message(
      const Message& message) = 0;  // state, reason, answer, mapping, report
  // Of a message; all else of it stays. True: it had some.
  virtual Result<bool> forget_bytes(uint64_t message) = 0;
  virtual Result<void> set_item(std::string_view table, std::string_view key,
                                std::string_view value) = 0;
  virtual Result<void> remove_item(std::string_view table, std::string_view key) = 0;
  // One audit entry of a change, in its transaction. Append only; text is one JSON object.
  virtual Result<uint64_t> add_audit(std::string_view text, std::string_view subject) = 0;
};

using Work = std::function<Result<void>(Writer&)>;

class Store {
 public:
  virtual ~Store() = default;

  virtual std::unique_ptr<Reader> read() = 0;

  // Runs the work in a transaction of its own (embedded engine: a savepoint on the writer thread,
  // committed with whatever else waits) and returns when it is on the disk. An Error from the work
  // undoes it. An engine may run the work more than once: it must not leave traces outside the
  // Writer. Any thread; blocks.
  virtual Result<void> write(const Work& work) = 0;

  virtual Result<std::vector<Item>> audit(uint64_t after,
                                          size_t count_max) = 0;  // key = number, value = text
  virtual bool is_scrubbed() const = 0;     // nothing erased is left anywhere in the database
  virtual uint64_t sync_count() const = 0;  // times the disk was asked to sync, for the benchmark
};

namespace sqlite {
class DiskWatcher;
}

struct SqliteSettings {
  std::string file;  // "data/tasuki.db"
  std::string key;   // 32 bytes; empty = refuse to open (encryption is not optional)
  size_t cache_bytes = size_t{32} * 1024 * 1024;
  size_t readers_max = 16;
  size_t queue_max = 4096;                      // units of work waiting; beyond: Error unavailable
  sqlite::DiskWatcher* disk_watcher = nullptr;  // tests: a disk that fails
};
Result<std::unique_ptr<Store>> open_sqlite(const SqliteSettings& settings);

}  // namespace tasuki::store
