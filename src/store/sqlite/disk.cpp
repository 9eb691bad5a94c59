#include "store/sqlite/disk.h"

#include <sqlite3.h>

#include <memory>
#include <new>
#include <string>

#include "store/sqlite/connection.h"

namespace tasuki::store::sqlite {
namespace {

// The log is written as a header of 24 bytes and a page, and again, each a system call that touches
// the same pages of the kernel. Kept here until they are synced or read, they are one call for
// thirty pages. Nobody else may read a frame before it is synced (synchronous=FULL), so nobody
// misses it.
struct Gathered {
  static constexpr size_t bytes_max = 0x1ffff;  // SQLite's unix files write no more at once
  std::string bytes;
  sqlite3_int64 offset = 0;
};

// Lies before the real file in the memory that SQLite gives an open file.
struct File {
  sqlite3_file base;
  Disk* disk;
  const char* name;                    // SQLite keeps it as long as the file is open
  std::unique_ptr<Gathered> gathered;  // of a log
};

constexpr int room_before_real = (sizeof(File) + 15) / 16 * 16;

File& ours(sqlite3_file* file) {
  return *reinterpret_cast<File*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(file) + room_before_real);
}
const sqlite3_io_methods& below(sqlite3_file* file) {
  return *real(file)->pMethods;
}
std::string_view name_of(const File& file) {
  return file.name ? file.name : "";
}

int write_through(sqlite3_file* file, std::string_view bytes, sqlite3_int64 offset) {
  auto* disk = ours(file).disk;
  if (auto* watcher = disk->watcher()) {
    if (const int code = watcher->before_write(name_of(ours(file)), offset, bytes)) return code;
  }
  disk->count_bytes(bytes.size());
  return below(file).xWrite(real(file), bytes.data(), static_cast<int>(bytes.size()), offset);
}

int write_gathered(sqlite3_file* file) {
  auto* gathered = ours(file).gathered.get();
  if (gathered == nullptr || gathered->bytes.empty()) return SQLITE_OK;
  const int code = write_through(file, gathered->bytes, gathered->offset);
  gathered->bytes.clear();
  return code;
}

int file_close(sqlite3_file* file) {
  const int written = write_gathered(file);
  ours(file).gathered.reset();
  const int closed = below(file).xClose(real(file));
  return written != SQLITE_OK ? written : closed;
}

int file_read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset) {
  if (const int code = write_gathered(file)) return code;
  return below(file).xRead(real(file), into, count, offset);
}

int file_write(sqlite3_file* file, const void* from, int count, sqlite3_int64 offset) {
  const std::string_view bytes(static_cast<const char*>(from), static_cast<size_t>(count));
  auto* gathered = ours(file).gathered.get();
  if (gathered == nullptr) return write_through(file, bytes, offset);
  const bool goes_on =
      !gathered->bytes.empty() &&
      gathered->offset + static_cast<sqlite3_int64>(gathered->bytes.size()) == offset &&
      gathered->bytes.size() + bytes.size() <= Gathered::bytes_max;
  if (!goes_on) {
    if (const int code = write_gathered(file)) return code;
    gathered->offset = offset;
  }
  gathered->bytes += bytes;
  return SQLITE_OK;
}

int file_truncate(sqlite3_file* file, sqlite3_int64 size) {
  if (const int code = write_gathered(file)) return code;
  if (auto* watcher = ours(file).disk->watcher()) {
    if (const int code = watcher->before_truncate(name_of(ours(file)), size)) return code;
  }
  return below(file).xTruncate(real(file), size);
}

int file_sync(sqlite3_file* file, int flags) {
  if (const int code = write_gathered(file)) return code;
  auto* disk = ours(file).disk;
  auto* watcher = disk->watcher();
  if (watcher) {
    if (const int code = watcher->before_sync(name_of(ours(file)))) return code;
  }
  disk->count_sync();
  const int code = below(file).xSync(real(file), flags);
  if (watcher && code == SQLITE_OK) watcher->after_sync(name_of(ours(file)));
  return code;
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
  if (const int code = write_gathered(file)) return code;
  return below(file).xFileSize(real(file), size);
}
int file_lock(sqlite3_file* file, int level) {
  return below(file).xLock(real(file), level);
}
int file_unlock(sqlite3_file* file, int level) {
  return below(file).xUnlock(real(file), level);
}
int file_is_reserved(sqlite3_file* file, int* out) {
  return below(file).xCheckReservedLock(real(file), out);
}
int file_control(sqlite3_file* file, int what, void* with) {
  return below(file).xFileControl(real(file), what, with);
}
int file_sector(sqlite3_file* file) {
  return below(file).xSectorSize(real(file));
}
int file_traits(sqlite3_file* file) {
  return below(file).xDeviceCharacteristics(real(file));
}
int file_map(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return below(file).xShmMap(real(file), page, size, extend, out);
}
int file_map_lock(sqlite3_file* file, int offset, int count, int flags) {
  return below(file).xShmLock(real(file), offset, count, flags);
}
void file_barrier(sqlite3_file* file) {
  below(file).xShmBarrier(real(file));
}
int file_unmap(sqlite3_file* file, int remove) {
  return below(file).xShmUnmap(real(file), remove);
}
// Version 2 of the methods ends here: without fetch, since an encrypted page cannot be mapped.

const sqlite3_io_methods methods = {
    2,           file_close, file_read,     file_write,       file_truncate, file_sync,
    file_size,   file_lock,  file_unlock,   file_is_reserved, file_control,  file_sector,
    file_traits, file_map,   file_map_lock, file_barrier,     file_unmap,    nullptr,
    nullptr,
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  auto* disk = static_cast<Disk*>(vfs->pAppData);
  auto* own = new (file) File{{nullptr}, disk, name, nullptr};
  const int code = disk->below()->xOpen(disk->below(), name, real(file), flags, flags_out);
  if (real(file)->pMethods) {
    own->base.pMethods = &methods;  // as SQLite wants: set where there is something to close
    if ((flags & SQLITE_OPEN_WAL) != 0) own->gathered = std::make_unique<Gathered>();
  }
  return code;
}

sqlite3_vfs* beneath(sqlite3_vfs* vfs) {
  return static_cast<Disk*>(vfs->pAppData)->below();
}

int remove_file(sqlite3_vfs* vfs, const char* name, int sync) {
  return beneath(vfs)->xDelete(beneath(vfs), name, sync);
}
int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* out) {
  return beneath(vfs)->xAccess(beneath(vfs), name, flags, out);
}
int full_name(sqlite3_vfs* vfs, const char* name, int size, char* out) {
  return beneath(vfs)->xFullPathname(beneath(vfs), name, size, out);
}
int random_bytes(sqlite3_vfs* vfs, int size, char* out) {
  return beneath(vfs)->xRandomness(beneath(vfs), size, out);
}
int sleep_for(sqlite3_vfs* vfs, int microseconds) {
  return beneath(vfs)->xSleep(beneath(vfs), microseconds);
}
int julian_day(sqlite3_vfs* vfs, double* out) {
  return beneath(vfs)->xCurrentTime(beneath(vfs), out);
}
int last_error(sqlite3_vfs* vfs, int size, char* out) {
  return beneath(vfs)->xGetLastError(beneath(vfs), size, out);
}
int julian_milliseconds(sqlite3_vfs* vfs, sqlite3_int64* out) {
  return beneath(vfs)->xCurrentTimeInt64(beneath(vfs), out);
}

}  // namespace

Disk::Disk(DiskWatcher* watcher, std::string name) : watcher_(watcher), name_(std::move(name)) {}

Result<std::unique_ptr<Disk>> Disk::make(DiskWatcher* watcher) {
  static std::atomic<unsigned> count{0};
  std::unique_ptr<Disk> disk(new Disk(watcher, "tasuki" + std::to_string(++count)));
  TRY(disk->enroll());
  return disk;
}

Result<void> Disk::enroll() {
  const int started = sqlite3_initialize();
  if (started != SQLITE_OK) return error_of(nullptr, started);
  below_ = sqlite3_vfs_find("unix");
  if (!below_)
    return Error{Error::Kind::internal, "SQLite knows no file system of this machine.", {}};

  own_ = std::make_unique<sqlite3_vfs>();
  own_->iVersion = 2;
  own_->szOsFile = room_before_real + below_->szOsFile;
  own_->mxPathname = below_->mxPathname;
  own_->zName = name_.c_str();
  own_->pAppData = this;
  own_->xOpen = open_file;
  own_->xDelete = remove_file;
  own_->xAccess = access_file;
  own_->xFullPathname = full_name;
  own_->xRandomness = random_bytes;
  own_->xSleep = sleep_for;
  own_->xCurrentTime = julian_day;
  own_->xGetLastError = last_error;
  own_->xCurrentTimeInt64 = julian_milliseconds;
  int code = sqlite3_vfs_register(own_.get(), 0);
  if (code == SQLITE_OK) code = sqlite3mc_vfs_create(name_.c_str(), 0);
  if (code != SQLITE_OK) return error_of(nullptr, code);
  return {};
}

Disk::~Disk() {
  if (!own_) return;
  sqlite3mc_vfs_destroy(vfs().c_str());
  sqlite3_vfs_unregister(own_.get());
}

std::string Disk::vfs() const {
  return "multipleciphers-" + name_;
}

}  // namespace tasuki::store::sqlite
