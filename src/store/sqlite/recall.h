// What readers remember of the database between searches: who each record is about, and the posting
// lists that were read whole. Nothing here decides alone: every answer is that of the asking
// reader's own snapshot, or none, and then the reader looks for itself.
//
// Why: a total, a sort or an intersection of long lists costs as much as the lists are long, again
// for every question. Remembered, they cost a word for sixty-four records.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "store/sqlite/columns.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/point.h"
#include "store/sqlite/record_set.h"

namespace tasuki::store::sqlite {

class Recall {
 public:
  using List = std::shared_ptr<const RecordSet>;

  // Null: not known at this point.
  Result<std::shared_ptr<const Columns>> columns(Connection& connection, Point at);

  // The records that an FTS5 expression holds. Null: not remembered, and `reads` is false.
  Result<List> list(Connection& connection, const Columns& columns, const std::string& expression,
                    Point at, bool reads);

  Result<void> begin(Connection& connection);  // a large database is learnt before it is asked

  // For a thread beside the readers: waits until much is to be learnt; false: stop.
  bool wait(const std::stop_token& stop);
  Result<void> learn(Connection& connection);  // in the connection's snapshot

  static Result<Point> point(Connection& connection);

 private:
  struct Entry {
    List list;
    Point at;
    uint64_t record_max = 0;  // when it was read
    uint64_t used = 0;
    size_t bytes = 0;
  };

  void want();
  void publish(std::shared_ptr<const Columns> columns);
  void keep(const std::string& expression, Entry entry);
  Result<List> patched(Connection& connection, const Columns& columns,
                       const std::string& expression, const Entry& entry);

  std::mutex mutex_;
  std::condition_variable_any wanting_;
  bool is_wanted_ = false;
  std::shared_ptr<const Columns> columns_;
  std::unordered_map<std::string, Entry> lists_;
  size_t bytes_ = 0;
  uint64_t uses_ = 0;
};

}  // namespace tasuki::store::sqlite
