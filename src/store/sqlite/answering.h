// The store's Reader face over a Snapshot, for readers and for the writer alike.
#pragma once

#include "store/sqlite/snapshot.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

template <class Face>
class Answering : public Face {
 public:
  explicit Answering(Snapshot snapshot) : snapshot_(snapshot) {}

  Result<std::optional<Version>> current(const Key& key) override { return snapshot_.current(key); }
  Result<std::optional<Version>> standing(const Key& key) override {
    return snapshot_.standing(key);
  }
  Result<std::optional<Version>> version(const Key& key, uint32_t number) override {
    return snapshot_.version(key, number);
  }
  Result<std::optional<Version>> current_of_record(uint64_t record) override {
    return snapshot_.current_of_record(record);
  }
  Result<std::vector<Version>> made_by(uint64_t message) override {
    return snapshot_.made_by(message);
  }
  Result<SearchPage> search(const Search& search) override { return snapshot_.search(search); }
  Result<uint64_t> count(uint16_t kind) override { return snapshot_.count(kind); }
  Result<bool> knows_subjects() override { return snapshot_.knows_subjects(); }
  Result<HistoryPage> history(const HistoryQuery& query) override {
    return snapshot_.history(query);
  }
  Result<std::vector<Version>> changes(uint64_t after, size_t count_max) override {
    return snapshot_.changes(after, count_max);
  }
  Result<uint64_t> standing(const StandingQuery& query, const TakesStanding& take) override {
    return snapshot_.standing(query, take);
  }
  Result<uint64_t> newest_sequence() override { return snapshot_.newest_sequence(); }
  Result<std::vector<uint64_t>> parts(uint16_t kind, uint64_t at, size_t rows) override {
    return snapshot_.parts(kind, at, rows);
  }
  Result<std::vector<Message>> messages(const MessageQuery& query) override {
    return snapshot_.messages(query);
  }
  Result<std::optional<Message>> message(uint64_t number) override {
    return snapshot_.message(number);
  }
  Result<uint64_t> message_count(MessageState state) override {
    return snapshot_.message_count(state);
  }
  Result<std::optional<std::string>> item(std::string_view table, std::string_view key) override {
    return snapshot_.item(table, key);
  }
  Result<std::vector<Item>> items(std::string_view table, std::string_view prefix,
                                  std::string_view after, size_t count_max) override {
    return snapshot_.items(table, prefix, after, count_max);
  }
  Result<uint64_t> number_of(std::string_view name) override { return snapshot_.number_of(name); }
  Result<std::string> name_of(uint64_t number) override { return snapshot_.name_of(number); }

 protected:
  Snapshot snapshot_;
};

}  // namespace tasuki::store::sqlite
