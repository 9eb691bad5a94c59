#include "record/audit/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include <fmt/core.h>

#include "base/log.h"
#include "record/audit/seal.h"

namespace tasuki::record {

namespace {

constexpr auto sync_wait_max = std::chrono::milliseconds(100);
constexpr size_t seal_bytes_max = size_t{4} * 1024 * 1024;  // read back at once

Error unavailable(std::string_view what) {
  return {Error::Kind::unavailable,
          fmt::format("The audit file cannot be {} ({}); nothing is read or written until it can.",
                      what, std::generic_category().message(errno)),
          "audit"};
}

int64_t day_of(Instant time) {
  return std::chrono::floor<std::chrono::days>(time + japan_offset).time_since_epoch().count();
}

std::string file_name(int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return fmt::format("{:04}-{:02}-{:02}.log", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

// "2026-11-23.log" back to its day.
int64_t day_of_file(const std::string& name) {
  int year = 0;
  unsigned month = 0, day = 0;
  if (std::sscanf(name.c_str(), "%4d-%2u-%2u", &year, &month, &day) != 3) return 0;
  const std::chrono::sys_days days{std::chrono::year{year} / static_cast<int>(month) /
                                   static_cast<int>(day)};
  return days.time_since_epoch().count();
}

class File final : public AuditLog {
 public:
  File(std::filesystem::path folder, AuditKeys keys)
      : folder_(std::move(folder)), keys_(keys), cipher_(keys) {}

  ~File() override {
    {
      const std::lock_guard lock(mutex_);
      stop_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    const std::lock_guard lock(mutex_);
    if (!seal()) log::error("the audit file could not be sealed");
    if (file_ >= 0) ::close(file_);
  }

  Result<void> start() {
    // What a kill left unsealed belongs to its own day's file.
    const auto last = TRY(last_sealed(folder_, keys_));
    hash_ = last.hash;
    if (!last.file.empty()) {
      TRY(open_file(folder_ / last.file, last));
      TRY(mark_torn(folder_ / last.file));
      day_ = day_of_file(last.file);
      if (!seal()) return unavailable("sealed");
    }
    thread_ = std::thread([this] { keep_synced(); });
    return {};
  }

  Result<void> append(std::string_view entry, Instant time) override {
    const std::lock_guard lock(mutex_);
    const int64_t day = day_of(time);
    if (day > day_ || file_ < 0) TRY(rotate(day));
    if (sync_failed_ && !sync_now()) return unavailable("synced");
    line_.clear();
    cipher_.encrypt(entry, line_);
    line_ += '\n';
    if (!write_all(line_)) return unavailable("written");
    if (!dirty_) {
      dirty_ = true;
      wake_.notify_one();
    }
    return {};
  }

  Result<void> sync() override {
    const std::lock_guard lock(mutex_);
    if (!seal() || !sync_now()) return unavailable("synced");
    return {};
  }

 private:
  Result<void> rotate(int64_t day) {
    if (file_ >= 0) {
      if (!seal() || !sync_now()) return unavailable("sealed");
    }
    TRY(open_file(folder_ / file_name(day), {}));
    day_ = day;
    return {};
  }

  Result<void> open_file(const std::filesystem::path& path, const LastSealed& last_seal) {
    if (file_ >= 0) ::close(file_);
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct stat status {};
    if (file_ < 0 || ::fstat(file_, &status) != 0) return unavailable("opened");
    size_ = static_cast<uint64_t>(status.st_size);
    sealed_ = last_seal.to;
    sealed_line_end_ = last_seal.line_end;
    char last = '\n';
    if (size_ > 0 && ::pread(file_, &last, 1, status.st_size - 1) != 1) return unavailable("read");
    if (last != '\n' && !write_all("\n"))
      return unavailable("written");  // a power cut tore the last line
    return {};
  }

  Result<void> mark_torn(const std::filesystem::path& path) {
    const auto torn = torn_behind(path, sealed_line_end_, keys_);
    if (!torn) return {};
    log::error(
        "a power cut tore the end of the audit file",
        {{"from", static_cast<int64_t>(torn->from)}, {"to", static_cast<int64_t>(torn->to)}});
    if (!write_all(print(*torn))) return unavailable("written");
    return {};
  }

  // All or nothing: a disk that fills up takes half a line, on which the next one must not follow.
  bool write_all(std::string_view bytes) {
    if (torn_) return false;  // until the next start has looked at it
    const auto written = ::write(file_, bytes.data(), bytes.size());
    if (written == static_cast<ssize_t>(bytes.size())) {
      size_ += bytes.size();
      return true;
    }
    const int why = errno;
    if (written > 0 && ::ftruncate(file_, static_cast<off_t>(size_)) != 0) {
      size_ += static_cast<uint64_t>(written);
      torn_ = true;
    }
    errno = written < 0 ? why : ENOSPC;
    return false;
  }

  // Under the lock. What a failed sync left behind is unknown, so nothing more is taken until one
  // has succeeded.
  bool sync_now() {
    sync_failed_ = file_ >= 0 && ::fdatasync(file_) != 0;
    return !sync_failed_;
  }

  // Under the lock. Reads back what was written since the last seal: it is still in the page cache.
  bool seal() {
    if (file_ < 0 || size_ == sealed_line_end_) return true;
    SealHash hash(keys_, hash_);
    std::string bytes;
    for (uint64_t at = sealed_; at < size_;) {
      bytes.resize(std::min<uint64_t>(seal_bytes_max, size_ - at));
      const auto count = ::pread(file_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (count <= 0) return false;
      hash.add({bytes.data(), static_cast<size_t>(count)});
      at += static_cast<uint64_t>(count);
    }
    const std::string next = hash.finish();
    const Seal seal{.from = sealed_, .to = size_, .previous = hash_, .hash = next};
    const uint64_t to = size_;
    if (!write_all(print(seal))) return false;
    // The seal's own line is covered by the next seal; while nothing else comes, no further seal is
    // needed.
    sealed_ = to;
    sealed_line_end_ = size_;
    hash_ = next;
    dirty_ = false;
    return true;
  }

  void keep_synced() {
    std::unique_lock lock(mutex_);
    while (!stop_) {
      wake_.wait(lock, [this] { return stop_ || dirty_; });
      if (stop_) return;
      wake_.wait_for(lock, sync_wait_max / 2, [this] { return stop_; });  // let a batch gather
      if (!seal()) log::error("the audit file could not be sealed");
      const int copy = ::dup(file_);  // synced without the lock: appends go on meanwhile
      lock.unlock();
      if (copy >= 0) {
        const bool synced = ::fdatasync(copy) == 0;
        ::close(copy);
        lock.lock();
        if (synced) continue;
        log::error("the audit file could not be synced");
        sync_failed_ = true;
      } else {
        lock.lock();
      }
    }
  }

  const std::filesystem::path folder_;
  const AuditKeys keys_;
  EntryCipher cipher_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread thread_;
  std::string line_, hash_;
  int file_ = -1;
  int64_t day_ = 0;
  uint64_t size_ = 0, sealed_ = 0, sealed_line_end_ = 0;
  bool dirty_ = false, stop_ = false, sync_failed_ = false, torn_ = false;
};

}  // namespace

Result<std::unique_ptr<AuditLog>> AuditLog::open(const std::filesystem::path& folder,
                                                 std::string_view key) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return Error{Error::Kind::unavailable, "The audit folder cannot be made: " + error.message(),
                 folder};
  auto file = std::make_unique<File>(folder, audit_keys(key));
  TRY(file->start());
  return std::unique_ptr<AuditLog>(std::move(file));
}

}  // namespace tasuki::record
