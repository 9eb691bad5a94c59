// Connections for readers, opened when first needed and lent to one thread at a time.
//
// The last one given back is the first lent again, so a quiet server works on one warm page cache.
// When all are out a reader waits; after a while it gets one beyond the number, closed when it
// comes back, so that a thread that holds a reader while it asks for another cannot stop the house.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {

class Pool {
 public:
  Pool(ConnectionSettings settings, size_t count_max);

  Result<void> start();  // opens the first, so that lending never has nothing
  std::unique_ptr<Connection> lend();
  void give_back(std::unique_ptr<Connection> connection);

 private:
  const ConnectionSettings settings_;
  const size_t count_max_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;
  size_t count_ = 0;  // open, lent or idle
};

}  // namespace tasuki::store::sqlite
