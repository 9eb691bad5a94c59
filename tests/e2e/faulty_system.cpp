// An operating system that fails: preloaded into the program, it lets one thing go wrong at the
// N-th system call that writes, syncs, cuts, renames, removes or sends.
//
//   LD_PRELOAD=build/dev/tests/libfaulty_system.so TASUKI_FAULT="drop 412 7" tasuki serve
//
//   kill N SEED    SIGKILL before (even seed) or after (odd) call N
//   tear N SEED    the first write to a file from call N on reaches it in part, then SIGKILL
//   drop N SEED    at call N the power goes: of what no sync had made durable, page by page, some
//                  is there and some is not; then SIGKILL
//   full N COUNT   from call N on, COUNT writes to files find no room (the first one half a room)
//   refuse N COUNT from call N on, COUNT syncs fail with EIO
//
// What happened is said in one line on standard error. Pages are 4096 bytes, as the kernel's are.
// Only writes by system call are seen. Names (a file made, renamed, removed) count as durable at
// once.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr off_t page_bytes = 4096;

using Name = std::pair<dev_t, ino_t>;  // of a file, whatever descriptor it is written by

// What a file held before a write or a cut that is not durable yet.
struct Unsynced {
  Name name;
  off_t offset;
  off_t size_before;
  std::string before;  // from offset on; shorter than what was written where the file ended
  size_t length;
};

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

ssize_t really_write(int file, const void* bytes, size_t count, off_t offset) {
  return syscall(SYS_pwrite64, file, bytes, count, offset);
}

class Fault {
 public:
  Fault() {
    char word[16] = "";
    const char* text = getenv("TASUKI_FAULT");
    if (text && sscanf(text, "%15s %lu %lu", word, &at_, &seed_) == 3) kind_ = word;
    chance_.seed(seed_);
  }

  // The guard is held over the call where what it does must not mix with another's.
  std::recursive_mutex& mutex() { return mutex_; }

  // Counts one call; true: this is the one, or one after it.
  bool reached() {
    if (kind_.empty()) return false;
    return ++calls_ >= at_;
  }

  void before_call(const char* call) {
    if (!reached()) return;
    if (kind_ == "kill" && seed_ % 2 == 0) die(call);
    if (kind_ == "drop") {
      lose_unsynced();
      die(call);
    }
  }
  void after_call(const char* call) {
    if (kind_ == "kill" && calls_ >= at_) die(call);
  }

  // How much of a write to a file there is room for; -1: all of it.
  ssize_t room(size_t count) {
    if (calls_ < at_) return -1;
    if (kind_ == "tear") return static_cast<ssize_t>(chance_() % (count + 1));
    if (kind_ != "full" || failed_ >= seed_) return -1;
    if (++failed_ > 1) return 0;
    tell("full");
    return static_cast<ssize_t>(chance_() % (count + 1));
  }
  bool sync_fails() {
    if (kind_ != "refuse" || calls_ < at_ || failed_ >= seed_) return false;
    if (++failed_ == 1) tell("sync refused");
    return true;
  }

  bool tears() const { return kind_ == "tear"; }

  [[noreturn]] void die(const char* call) {
    tell(call);
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
      pause();
  }

  void remember(int file, off_t offset, size_t count) {
    struct stat status;
    if (kind_ != "drop" || fstat(file, &status) != 0) return;
    const Name name{status.st_dev, status.st_ino};
    if (is_shared_memory(file)) return;
    Unsynced one{name, offset, status.st_size, std::string(count, '\0'), count};
    const ssize_t read = pread(handle(name, file), one.before.data(), count, offset);
    one.before.resize(read > 0 ? static_cast<size_t>(read) : 0);
    unsynced_.push_back(std::move(one));
  }

  // SQLite's index of the log is a file mapped into memory: no start after a power cut reads it,
  // and cutting it under a thread that lives a moment longer would be another fault than the one
  // meant.
  static bool is_shared_memory(int file) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t length = readlink(link, path, sizeof path);
    return length > 4 && std::string_view(path, static_cast<size_t>(length)).ends_with("-shm");
  }

  void made_durable(int file) {
    struct stat status;
    if (kind_ != "drop" || fstat(file, &status) != 0) return;
    const Name name{status.st_dev, status.st_ino};
    std::erase_if(unsynced_, [&](const Unsynced& one) { return one.name == name; });
  }

 private:
  // Opened once a file, to read and write: the program's own may be for writing only, or write at
  // the end whatever the offset (O_APPEND).
  int handle(const Name& name, int file) {
    const auto known = handles_.find(name);
    if (known != handles_.end()) return known->second;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const auto opened =
        static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0));
    if (opened < 0) abort();
    return handles_[name] = opened;
  }

  void tell(const char* call) {
    char line[128];
    const int length = snprintf(line, sizeof line, "FAULT %s at call %lu: %s\n", kind_.c_str(),
                                calls_.load(), call);
    syscall(SYS_write, 2, line, length);
  }

  // Newest first. A file goes back as a whole to what was synced (half of them), or page by page; a
  // page that stays keeps all that was written to it before.
  void lose_unsynced() {
    std::set<Name> whole, seen;
    std::set<std::pair<Name, off_t>> stays;
    for (auto one = unsynced_.rbegin(); one != unsynced_.rend(); ++one) {
      const Name name = one->name;
      if (seen.insert(name).second && chance_() % 2) whole.insert(name);
      if (whole.count(name)) {
        restore(*one, one->offset, one->offset + static_cast<off_t>(one->length));
        if (syscall(SYS_ftruncate, handles_.at(name), one->size_before) != 0) abort();
        continue;
      }
      const off_t end = one->offset + static_cast<off_t>(one->length);
      for (off_t page = one->offset / page_bytes; page * page_bytes < end; ++page) {
        if (stays.count({name, page})) continue;
        if (chance_() % 2) {
          stays.insert({name, page});
        } else {
          restore(*one, std::max(one->offset, page * page_bytes),
                  std::min(end, (page + 1) * page_bytes));
        }
      }
    }
  }

  // Bytes that were not there before become zeros, as in a file whose size alone was written.
  void restore(const Unsynced& one, off_t from, off_t to) {
    std::string bytes(static_cast<size_t>(to - from), '\0');
    const auto skip = static_cast<size_t>(from - one.offset);
    if (skip < one.before.size()) {
      const auto count = std::min(bytes.size(), one.before.size() - skip);
      memcpy(bytes.data(), one.before.data() + skip, count);
    }
    if (really_write(handles_.at(one.name), bytes.data(), bytes.size(), from) < 0) abort();
  }

  std::string kind_;
  unsigned long at_ = 0, seed_ = 0;
  std::atomic<unsigned long> calls_{0};
  unsigned long failed_ = 0;
  std::mt19937_64 chance_;
  std::recursive_mutex mutex_;
  std::vector<Unsynced> unsynced_;
  std::map<Name, int> handles_;
};

Fault& fault() {
  static Fault one;
  return one;
}

// A file of the program's own; its log on standard error is none.
bool is_file(int file) {
  struct stat status;
  return file > 2 && fstat(file, &status) == 0 && S_ISREG(status.st_mode);
}

ssize_t write_file(const char* call, int file, const void* bytes, size_t count, off_t offset,
                   bool at_end) {
  const std::lock_guard lock(fault().mutex());
  fault().before_call(call);
  if (at_end) {
    struct stat status;
    offset = fstat(file, &status) == 0 && (fcntl(file, F_GETFL) & O_APPEND) != 0
                 ? status.st_size
                 : lseek(file, 0, SEEK_CUR);
  }
  fault().remember(file, offset, count);
  const ssize_t room = fault().room(count);
  const size_t wanted = room < 0 ? count : static_cast<size_t>(room);
  if (room == 0 && !fault().tears()) {
    errno = ENOSPC;
    return -1;
  }
  const ssize_t written =
      at_end ? syscall(SYS_write, file, bytes, wanted) : really_write(file, bytes, wanted, offset);
  if (room >= 0 && fault().tears()) fault().die(call);
  fault().after_call(call);
  return written;
}

int sync_file(const char* call, int file) {
  const std::lock_guard lock(fault().mutex());
  fault().before_call(call);
  if (fault().sync_fails()) {
    errno = EIO;
    return -1;
  }
  const int code = real<int (*)(int)>(call)(file);
  if (code == 0) fault().made_durable(file);
  fault().after_call(call);
  return code;
}

int cut_file(int file, off_t size) {
  const std::lock_guard lock(fault().mutex());
  fault().before_call("ftruncate");
  struct stat status;
  if (fstat(file, &status) == 0 && status.st_size > size)
    fault().remember(file, size, static_cast<size_t>(status.st_size - size));
  const auto code = static_cast<int>(syscall(SYS_ftruncate, file, size));
  fault().after_call("ftruncate");
  return code;
}

// A call that changes no file's bytes: counted, and a moment to die at.
template <class Call>
auto counted(const char* name, Call&& call) {
  {
    const std::lock_guard lock(fault().mutex());
    fault().before_call(name);
  }
  const auto result = call();
  fault().after_call(name);
  return result;
}

}  // namespace

extern "C" {

ssize_t write(int file, const void* bytes, size_t count) {
  if (is_file(file)) return write_file("write", file, bytes, count, 0, true);
  return syscall(SYS_write, file, bytes, count);
}
ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  return write_file("pwrite", file, bytes, count, offset, false);
}
ssize_t pwrite64(int file, const void* bytes, size_t count, off_t offset) {
  return write_file("pwrite", file, bytes, count, offset, false);
}
int fsync(int file) {
  return sync_file("fsync", file);
}
int fdatasync(int file) {
  return sync_file("fdatasync", file);
}
int ftruncate(int file, off_t size) {
  return cut_file(file, size);
}
int ftruncate64(int file, off_t size) {
  return cut_file(file, size);
}
ssize_t send(int socket, const void* bytes, size_t count, int flags) {
  return counted("send", [&] {
    return real<ssize_t (*)(int, const void*, size_t, int)>("send")(socket, bytes, count, flags);
  });
}
ssize_t sendmsg(int socket, const struct msghdr* message, int flags) {
  return counted("sendmsg", [&] {
    return real<ssize_t (*)(int, const msghdr*, int)>("sendmsg")(socket, message, flags);
  });
}
int rename(const char* from, const char* to) {
  return counted("rename",
                 [&] { return real<int (*)(const char*, const char*)>("rename")(from, to); });
}
int unlink(const char* path) {
  return counted("unlink", [&] { return real<int (*)(const char*)>("unlink")(path); });
}

}  // extern "C"
