#include "store/sqlite/pool.h"

#include <chrono>

#include "base/log.h"

namespace tasuki::store::sqlite {
namespace {

constexpr auto wait_before_extra = std::chrono::seconds(1);

}  // namespace

Pool::Pool(ConnectionSettings settings, size_t count_max)
    : settings_(std::move(settings)), count_max_(count_max) {}

Result<void> Pool::start() {
  idle_.push_back(TRY(Connection::open(settings_)));
  count_ = 1;
  return {};
}

std::unique_ptr<Connection> Pool::lend() {
  std::unique_lock lock(mutex_);
  while (true) {
    const bool in_time = returned_.wait_for(lock, wait_before_extra,
                                            [&] { return !idle_.empty() || count_ < count_max_; });
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
    ++count_;
    lock.unlock();
    auto opened = Connection::open(settings_);
    if (opened) return *std::move(opened);
    lock.lock();
    --count_;
    log::warning("reader not opened", {{"open", count_}, {"in time", static_cast<int>(in_time)}});
    returned_.wait_for(lock, wait_before_extra, [&] { return !idle_.empty(); });
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  // Ends the snapshot: a read lock kept would hold the log back.
  const bool sound = !connection->in_transaction() || connection->run("COMMIT").has_value();
  {
    const std::lock_guard lock(mutex_);
    if (sound && count_ <= count_max_) {
      idle_.push_back(std::move(connection));
    } else {
      --count_;
    }
  }
  returned_.notify_one();
}

}  // namespace tasuki::store::sqlite
