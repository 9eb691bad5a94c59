// The embedded engine: one writer thread, a pool of readers, one encrypted file.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <thread>

#include <fmt/core.h>

#include "base/log.h"
#include "store/sqlite/answering.h"
#include "store/sqlite/disk.h"
#include "store/sqlite/group.h"
#include "store/sqlite/pool.h"
#include "store/sqlite/schema.h"
#include "store/store.h"

namespace tasuki::store {
namespace sqlite {
namespace {

class Lease {
 public:
  explicit Lease(Pool& pool) : pool_(pool), connection_(pool.lend()) {}
  ~Lease() { pool_.give_back(std::move(connection_)); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Connection& connection() { return *connection_; }

 private:
  Pool& pool_;
  std::unique_ptr<Connection> connection_;
};

class LeasedReader final : private Lease, public Answering<Reader> {
 public:
  LeasedReader(Pool& pool, Shared& shared)
      : Lease(pool), Answering(Snapshot(connection(), shared, nullptr)) {}
};

// One process a database: the next numbers live in the writer's memory. Released by the kernel when
// the process ends.
class FileLock {
 public:
  FileLock() = default;
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  Result<void> take(const std::string& file) {
    descriptor_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) {
      return Error{Error::Kind::unavailable,
                   "The database's lock file cannot be made in its folder.", file};
    }
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return {};
    return Error{Error::Kind::unavailable, "Another process has the database open; stop it first.",
                 file};
  }

 private:
  int descriptor_ = -1;
};

class SqliteStore final : public Store {
 public:
  static Result<std::unique_ptr<Store>> open(const SqliteSettings& settings) {
    FileLock lock;
    TRY(lock.take(settings.file + "-lock"));
    // Half of the cache for the writer, who never loses it to another's commit; the readers share
    // the rest.
    auto disk = TRY(Disk::make(settings.disk_watcher));
    const ConnectionSettings writing{settings.file, settings.key, settings.cache_bytes / 2, false,
                                     disk->vfs()};
    auto connection = TRY(Connection::open(writing));
    TRY(prepare_schema(*connection));
    auto shared = std::make_unique<Shared>();
    shared->salt = TRY(salt_of(*connection));
    TRY(shared->recall.begin(*connection));
    std::unique_ptr<SqliteStore> store(new SqliteStore(settings, std::move(lock), std::move(disk),
                                                       std::move(shared), std::move(connection)));
    TRY(store->pool_.start());
    TRY(store->group_.start());
    store->learner_ =
        std::jthread([store = store.get()](const std::stop_token& stop) { store->learn(stop); });
    return store;
  }

  std::unique_ptr<Reader> read() override {
    return std::make_unique<LeasedReader>(pool_, *shared_);
  }
  Result<void> write(const Work& work) override { return group_.write(work); }

  Result<std::vector<Item>> audit(uint64_t after, size_t count_max) override {
    Lease lease(pool_);
    return Snapshot(lease.connection(), *shared_, nullptr).audit(after, count_max);
  }

  bool is_scrubbed() const override { return group_.is_scrubbed(); }
  uint64_t sync_count() const override { return disk_->syncs(); }

 private:
  SqliteStore(const SqliteSettings& settings, FileLock lock, std::unique_ptr<Disk> disk,
              std::unique_ptr<Shared> shared, std::unique_ptr<Connection> connection)
      : lock_(std::move(lock)),
        disk_(std::move(disk)),
        shared_(std::move(shared)),
        pool_({settings.file, settings.key,
               settings.cache_bytes / 2 / std::max<size_t>(settings.readers_max / 2, 1), true,
               disk_->vfs()},
              settings.readers_max),
        group_(std::move(connection), *shared_, settings.queue_max) {}

  // What readers remember, where it is too much to be read by one of them.
  void learn(const std::stop_token& stop) {
    while (shared_->recall.wait(stop)) {
      Lease lease(pool_);
      Snapshot snapshot(lease.connection(), *shared_, nullptr);
      auto learnt = snapshot.begin();
      if (learnt) learnt = shared_->recall.learn(lease.connection());
      if (!learnt) log::warning("readers remember nothing: the records cannot be read");
    }
  }

  FileLock lock_;
  std::unique_ptr<Disk> disk_;
  std::unique_ptr<Shared> shared_;
  Pool pool_;
  Group group_;
  std::jthread learner_;  // last: it ends before what it reads
};

}  // namespace
}  // namespace sqlite

Result<std::unique_ptr<Store>> open_sqlite(const SqliteSettings& settings) {
  return sqlite::SqliteStore::open(settings);
}

}  // namespace tasuki::store
