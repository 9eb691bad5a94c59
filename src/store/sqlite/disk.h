// The disk beneath the database, as SQLite calls it: counted, and open to a watcher that may make
// it fail.
//
// Why: the number of syncs is the currency that group commit saves, so it is measured where it is
// spent; and the suite must be able to fail the n-th call for every n, and to cut the power. It is
// a VFS over the operating system's, with the encrypting VFS above it: what passes here is what
// reaches the disk.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3_vfs;

namespace tasuki::store::sqlite {

// For tests. Any thread. Returns 0 to let the call pass, or the SQLite result code it shall fail
// with.
class DiskWatcher {
 public:
  virtual ~DiskWatcher() = default;
  virtual int before_write(std::string_view file, int64_t offset, std::string_view bytes) = 0;
  virtual int before_truncate(std::string_view file, int64_t size) = 0;
  virtual int before_sync(std::string_view file) = 0;
  virtual void after_sync(std::string_view file) = 0;
};

class Disk {
 public:
  static Result<std::unique_ptr<Disk>> make(DiskWatcher* watcher);
  ~Disk();  // after the last connection
  Disk(const Disk&) = delete;
  Disk& operator=(const Disk&) = delete;

  std::string vfs() const;  // the encrypting VFS's name, for Connection
  uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }
  uint64_t bytes_written() const { return bytes_written_.load(std::memory_order_relaxed); }

  // Called by the VFS's functions.
  void count_sync() { syncs_.fetch_add(1, std::memory_order_relaxed); }
  void count_bytes(uint64_t bytes) { bytes_written_.fetch_add(bytes, std::memory_order_relaxed); }
  DiskWatcher* watcher() const { return watcher_; }
  sqlite3_vfs* below() const { return below_; }

 private:
  Disk(DiskWatcher* watcher, std::string name);
  Result<void> enroll();

  DiskWatcher* const watcher_;
  const std::string name_;
  sqlite3_vfs* below_ = nullptr;
  std::unique_ptr<sqlite3_vfs> own_;
  std::atomic<uint64_t> syncs_{0};
  std::atomic<uint64_t> bytes_written_{0};
};

}  // namespace tasuki::store::sqlite
