// The program under measurement: started on a folder of its own, watched through /proc, stopped at
// the end.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace tasuki::bench {

class Subject {
 public:
  // Starts `program serve` with the settings file and waits until /health answers.
  Subject(const std::filesystem::path& program, const std::filesystem::path& settings,
          uint16_t port);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  double start_ms() const { return start_ms_; }
  double cpu_seconds() const;  // user and system, all threads
  double memory_mb() const;    // proportional set size
  void stop();                 // SIGTERM and wait

 private:
  int process_ = 0;
  double start_ms_ = 0;
};

// Four-kilobyte appends synced to the disk of the folder, one after another, a second.
double fsync_rate(const std::filesystem::path& folder);

uint16_t free_port();

}  // namespace tasuki::bench
