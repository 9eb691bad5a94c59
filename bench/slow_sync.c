// A disk of so many syncs a second, on a machine whose disk is faster: each fsync and fdatasync
// takes at least TASUKI_SYNC_MS milliseconds (default 5.3: about 180 a second, what the floors are
// stated for).
//
//   LD_PRELOAD=build/release/bench/libslow_sync.so TASUKI_SYNC_MS=5.3 build/release/bench/tasuki-bench
//
// Preloaded into the benchmark it is inherited by the server, and slows the probe of the disk as
// well, so that the report says which disk was measured.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_call)(int);

static void wait_until(struct timespec start) {
  const char* text = getenv("TASUKI_SYNC_MS");
  const double milliseconds = text ? atof(text) : 5.3;
  const long nanoseconds = (long)(milliseconds * 1e6);
  start.tv_sec += (start.tv_nsec + nanoseconds) / 1000000000L;
  start.tv_nsec = (start.tv_nsec + nanoseconds) % 1000000000L;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &start, NULL) != 0) {
  }
}

static int slowed(const char* name, int file) {
  struct timespec start;
  clock_gettime(CLOCK_MONOTONIC, &start);
  sync_call real = (sync_call)dlsym(RTLD_NEXT, name);
  const int code = real(file);
  wait_until(start);
  return code;
}

int fsync(int file) {
  return slowed("fsync", file);
}
int fdatasync(int file) {
  return slowed("fdatasync", file);
}
