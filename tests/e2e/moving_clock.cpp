// A clock that a test moves: preloaded into the program, it adds the seconds that a file holds to
// the time of day and to the monotonic clock, and ends waits that have come due by that.
//
//   LD_PRELOAD=build/dev/tests/libmoving_clock.so TASUKI_CLOCK=FILE tasuki serve
//
// The file holds one int64, seconds; the test writes it, and it takes effect at once. Why: what a
// feed delivers in a fortnight, and that it has fallen silent, cannot be shown in a minute without.
// Timeouts of sockets are the kernel's and stay real.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>

namespace {

constexpr long slice_ns = 10'000'000;  // how soon a wait notices that the clock was moved
constexpr long second_ns = 1'000'000'000;

const std::atomic<int64_t>* offset_place() {
  static const auto* const place = []() -> const std::atomic<int64_t>* {
    const char* const name = getenv("TASUKI_CLOCK");
    const int file = name == nullptr ? -1 : open(name, O_RDONLY | O_CLOEXEC);
    if (file < 0) return nullptr;
    void* const bytes = mmap(nullptr, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    return bytes == MAP_FAILED ? nullptr : static_cast<const std::atomic<int64_t>*>(bytes);
  }();
  return place;
}

int64_t moved_seconds() {
  const auto* const place = offset_place();
  return place == nullptr ? 0 : place->load(std::memory_order_relaxed);
}

bool is_moved(clockid_t clock) {
  return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_MONOTONIC ||
         clock == CLOCK_MONOTONIC_COARSE;
}

timespec real_time(clockid_t clock) {
  timespec time;
  syscall(SYS_clock_gettime, clock, &time);
  return time;
}

bool is_before(const timespec& left, const timespec& right) {
  return left.tv_sec != right.tv_sec ? left.tv_sec < right.tv_sec : left.tv_nsec < right.tv_nsec;
}

timespec one_slice_later(timespec time) {
  time.tv_nsec += slice_ns;
  if (time.tv_nsec >= second_ns) {
    time.tv_nsec -= second_ns;
    ++time.tv_sec;
  }
  return time;
}

// In slices of real time, until it is signalled or the moved clock has reached the end.
int wait_on(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
            const timespec* end) {
  using Wait = int (*)(pthread_cond_t*, pthread_mutex_t*, clockid_t, const timespec*);
  static const auto really_wait =
      reinterpret_cast<Wait>(dlsym(RTLD_NEXT, "pthread_cond_clockwait"));
  for (;;) {
    timespec real_end = *end;
    real_end.tv_sec -= moved_seconds();
    const timespec slice_end = one_slice_later(real_time(clock));
    const bool is_last = is_before(real_end, slice_end);
    const int result = really_wait(condition, mutex, clock, is_last ? &real_end : &slice_end);
    if (result != ETIMEDOUT || is_last) return result;
  }
}

}  // namespace

extern "C" {

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, time);
  if (result == 0 && is_moved(clock)) time->tv_sec += moved_seconds();
  return static_cast<int>(result);
}

int gettimeofday(timeval* time, void* /*zone*/) noexcept {
  const timespec real = real_time(CLOCK_REALTIME);
  time->tv_sec = real.tv_sec + moved_seconds();
  time->tv_usec = real.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* place) noexcept {
  const time_t now = real_time(CLOCK_REALTIME).tv_sec + moved_seconds();
  if (place != nullptr) *place = now;
  return now;
}

int pthread_cond_clockwait(pthread_cond_t* condition, pthread_mutex_t* mutex, clockid_t clock,
                           const timespec* end) {
  return wait_on(condition, mutex, clock, end);
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const timespec* end) {
  return wait_on(condition, mutex, CLOCK_REALTIME, end);
}

}  // extern "C"
