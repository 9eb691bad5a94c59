// The Writer face: what a unit of work does inside the group commit's transaction.
//
// Everything kept in memory beside the transaction (next numbers, counters, new names, pending
// index entries) has a mark at the unit's begin, so that a unit that fails leaves nothing behind.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "store/sqlite/answering.h"

namespace tasuki::store::sqlite {

// What grows with each commit. Kept by the one writer thread.
struct Numbers {
  uint64_t record = 0, sequence = 0, message = 0, name = 0, audit = 0;  // last given
  int64_t time = 0;      // of the newest version, in microseconds
  int64_t disorder = 0;  // how far a version's time lay before an earlier one's, at most
};

struct Counts {
  int64_t live = 0, versions = 0;
};

class Unit final : public Answering<Writer> {
 public:
  Unit(Connection& connection, Shared& shared);

  Result<void> load_numbers();  // from the database, after opening or a failed commit

  // Around one unit of work; the savepoint itself is the group's.
  void begin();
  void undo();
  // Since begin(): something that only the database can undo.
  bool has_written() const { return wrote_; }
  Result<void> relieve();       // between units: postings too many to keep
  Result<void> finish_group();  // postings, ordered entries, counters: before the commit
  void committed();             // names become known to readers
  void abandon_group();
  bool has_erased() const { return erased_; }  // since the group began

  Result<SearchPage> search(const Search& search) override;
  // With what the group has not yet written to the counters.
  Result<uint64_t> count(uint16_t kind) override;
  Result<uint64_t> message_count(MessageState state) override;

  Result<Receipt> put(const Put& put) override;
  Result<void> reindex(const Key& key, uint32_t number, const Index& index) override;
  Result<void> erase(const std::vector<Key>& keys) override;  // erase.cpp
  Result<uint64_t> add_message(const Message& message) override;
  Result<void> update_message(const Message& message) override;
  Result<bool> forget_bytes(uint64_t message) override;
  Result<void> set_item(std::string_view table, std::string_view key,
                        std::string_view value) override;
  Result<void> remove_item(std::string_view table, std::string_view key) override;
  Result<uint64_t> add_audit(std::string_view text, std::string_view subject) override;

 private:
  struct State {
    Numbers numbers;
    std::map<uint16_t, Counts> kinds;
    std::map<int, int64_t> messages;
    std::vector<std::pair<std::string, uint64_t>> names;
  };

  Result<uint64_t> name(const std::string& text);  // gives a number if it has none
  Result<Version> next_version(const Put& put, const std::optional<RecordRow>& standing);
  Result<void> write_version(const Put& put, const Version& version);
  Result<void> write_record(const Put& put, const Version& version, const std::string& ordered,
                            const std::optional<RecordRow>& standing);
  Result<void> confirm(const Put& put, const RecordRow& standing);
  void count(const Version& version, const std::optional<RecordRow>& standing);
  Result<void> write_counters();
  Result<void> erase_record(const Key& key, std::vector<std::pair<uint64_t, uint64_t>>& messages);
  Result<void> erase_message(uint64_t number);

  Connection& connection_;
  Shared& shared_;
  Pending pending_;
  State state_;
  bool wrote_ = false, erased_ = false;
  // Marks of the unit's begin. Kinds and messages are few, names are cut back by count.
  Numbers numbers_before_;
  std::map<uint16_t, Counts> kinds_before_;
  std::map<int, int64_t> messages_before_;
  size_t names_before_ = 0;
};

}  // namespace tasuki::store::sqlite
