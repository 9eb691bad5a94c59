// A hospital's SS-MIX2 standardized storage, read as it lies there and looked through again and again.
//
// Looked through, not notified: the trees lie on network shares, where the kernel's notifications are silent. One
// pass over N files costs N directory entries and, for a file not seen before, its bytes; the wait between passes is
// twenty times what the last one took, so that looking never takes more than a twentieth of a processor.
//
// What was taken is remembered per file in the same commit as its message (the checkpoint), under the file's name without
// its flag: flags change by renaming, and a rename is not a new message (ss-mix2.md 3).
#include <atomic>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "base/log.h"
#include "formats/ssmix2/storage.h"
#include "intake/connector/connector.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr unsigned lanes = 16;  // files of different patients wait for the disk together
constexpr auto wait_min = 500ms;
constexpr auto wait_max = 60s;
constexpr uintmax_t file_bytes_max = uintmax_t{64} * 1024 * 1024;

class Ssmix2Feed final : public Feed {
 public:
  explicit Ssmix2Feed(std::unique_ptr<Receiver> receiver) : receiver_(std::move(receiver)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { watch(stop); });
  }
  ~Ssmix2Feed() override {
    thread_.request_stop();
    wake_.notify_all();
  }

  FeedStatus status() const override {
    FeedStatus status = receiver_->status();
    status.received = taken_;
    return status;
  }

 private:
  void watch(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto start = std::chrono::steady_clock::now();
      for (const fs::path& root : receiver_->settings().roots) look_through(root, stop);
      const auto took = std::chrono::steady_clock::now() - start;
      const auto pause = std::clamp<std::chrono::steady_clock::duration>(took * 20, wait_min, wait_max);
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, stop, pause, [] { return false; });
    }
  }

  void look_through(const fs::path& root, const std::stop_token& stop) {
    const std::vector<ssmix2::Patient> patients = ssmix2::patients_below(root);
    std::atomic<size_t> next = 0;
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::min<size_t>(lanes, patients.size()); ++i) {
      workers.emplace_back([&] {
        for (size_t at = next++; at < patients.size() && !stop.stop_requested(); at = next++) take_patient(patients[at], stop);
      });
    }
  }

  void take_patient(const ssmix2::Patient& patient, const std::stop_token& stop) {
    for (const ssmix2::File& file : ssmix2::files_of(patient)) {
      if (stop.stop_requested()) return;
      take(file);
    }
  }

  void take(const ssmix2::File& file) {
    const std::string key = fmt::format("{}/{}", receiver_->settings().id, file.name_without_flag);
    const std::string mark(1, file.flag);
    auto session = receiver_->session();
    const auto known = session.checkpoint(key);
    if (!known) return;  // the record is not to be had just now; the next pass sees the file again
    if (*known && (**known == mark || file.flag != '0')) return;  // 1 -> 2: superseded, and taken when it was current
    std::error_code problem;
    if (fs::file_size(file.path, problem) > file_bytes_max || problem) return;
    std::ifstream stream(file.path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    if (!stream.good() && !stream.eof()) return;
    const Receipt receipt = receiver_->receive({.bytes = bytes,
                                                .kind = file.kind,
                                                .patient = file.patient,
                                                .withdrawn = file.flag == '0',
                                                .checkpoints = {{key, mark}}});
    if (receipt.repeated && !session.set_checkpoint(key, mark)) return;
    if (receipt.stored) ++taken_;
  }

  std::unique_ptr<Receiver> receiver_;
  std::atomic<uint64_t> taken_ = 0;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // last: stops before what it uses goes
};

}  // namespace

Result<std::unique_ptr<Feed>> start_ssmix2(std::unique_ptr<Receiver> receiver) {
  if (receiver->settings().roots.empty()) {
    return Error{Error::Kind::invalid, "ssmix2 の feed には roots が要ります。/ A feed of SS-MIX2 needs its roots.", receiver->settings().id};
  }
  return std::make_unique<Ssmix2Feed>(std::move(receiver));
}

}  // namespace tasuki::intake
