// A hospital's SS-MIX2 standardized storage, read as it lies there and looked through again and
// again.
//
// Looked through, not notified: the trees lie on network shares, where the kernel's notifications
// are silent. One pass over N files costs N directory entries and, for a file not seen before, its
// bytes; the wait between passes is twenty times what looking took, so that it never takes more
// than a twentieth of a processor. A pass that found much to take tells nothing about looking.
//
// What was taken is remembered per file in the same commit as its message (the checkpoint), under
// the file's name without its flag: flags change by renaming, and a rename is not a new message
// (ss-mix2.md 3).
#include <atomic>
#include <fstream>
#include <iterator>
#include <map>

#include <fmt/format.h>

#include "base/log.h"
#include "formats/ssmix2/tree.h"
#include "intake/connector/connector.h"
#include "intake/connector/lanes.h"
#include "intake/connector/watch.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr unsigned lanes_count = 16;
constexpr uint64_t files_a_new_one = 1000;  // fewer new ones are no burden of a pass
constexpr Clock::duration wait_min = 500ms;
constexpr Clock::duration wait_max = 60s;
constexpr uint64_t file_bytes_max = uint64_t{64} * 1024 * 1024;

// "9999013_20110701_OMP-01_000000011000185_20110701224603984_01": the name as long as the message
// lives.
std::string lasting_name(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return std::string(name.substr(0, name.rfind('_')));
}

class Ssmix2Feed final : public Feed {
 public:
  explicit Ssmix2Feed(std::unique_ptr<Receiver> receiver) : receiver_(std::move(receiver)) {}

  FeedStatus status() const override {
    FeedStatus status = receiver_->status();
    status.received = seen_;
    return status;
  }

 private:
  Watch::Pause look(const std::stop_token& stop) {
    const auto start = Clock::now();
    passing_ = new_ = 0;
    for (const fs::path& root : receiver_->settings().roots)
      look_through(root, stop);
    seen_ = passing_.load();
    if (new_ <= passing_ / files_a_new_one) looked_ = Clock::now() - start;
    return std::clamp(looked_ * 20, wait_min, wait_max);
  }

  void look_through(const fs::path& root, const std::stop_token& stop) {
    Lanes<ssmix2::Tree> lanes(lanes_count,
                              [&](ssmix2::Tree& patient) { take_patient(root, patient, stop); });
    const auto walked = ssmix2::walk_patients(root, [&](ssmix2::Tree patient) {
      if (!stop.stop_requested()) lanes.add(std::move(patient));
    });
    lanes.finish();
    if (!walked)
      log::warning("SS-MIX2 folder is not there",
                   {{"feed", log::SafeId{receiver_->settings().id}}});
  }

  void take_patient(const fs::path& root, const ssmix2::Tree& patient,
                    const std::stop_token& stop) {
    std::map<std::string_view, const formats::Finding*> wrong;
    for (const formats::Finding& finding : patient.findings) {
      if (finding.code != "ssmix2.two-current" && finding.code != "ssmix2.unreadable")
        wrong[finding.location] = &finding;
    }
    for (const ssmix2::Entry& entry : patient.entries) {
      if (stop.stop_requested()) return;
      const auto place = wrong.find(entry.path);
      take(root, entry, place == wrong.end() ? nullptr : place->second);
      if (place != wrong.end()) wrong.erase(place);
    }
    // What is left has a name that is none: kept, and held for a person to look at.
    for (const auto& [path, finding] : wrong)
      take(root, {.name = {}, .path = std::string(path)}, finding);
  }

  void take(const fs::path& root, const ssmix2::Entry& entry, const formats::Finding* wrong) {
    ++passing_;
    auto session = receiver_->session();
    const std::string key =
        fmt::format("{}/{}", receiver_->settings().id, lasting_name(entry.path));
    const std::string mark(1, static_cast<char>('0' + static_cast<int>(entry.name.flag)));
    const bool is_deletion = entry.name.flag == ssmix2::Flag::deleted;
    const auto known = session.checkpoint(key);
    // Taken before: a rename from 1 to 2 says only that a newer file stands, which comes by itself.
    if (!known || (*known && (**known == mark || !is_deletion)) || entry.size > file_bytes_max)
      return;
    const auto bytes = read(root / entry.path);
    if (!bytes) return;  // renamed under our eyes: the next pass finds it under its new name
    const Receipt receipt =
        receiver_->receive({.bytes = *bytes,
                            .kind = entry.name.key.kind,
                            .patient = entry.name.key.patient,
                            .withdrawn = is_deletion,
                            .list = entry.name.key.care_date + "/" + entry.name.key.order,
                            .hold_because = wrong == nullptr ? "" : wrong->message,
                            .checkpoints = {{key, mark}}});
    if (receipt.repeated && !session.set_checkpoint(key, mark)) --passing_;
    if (!receipt.stored) --passing_;
    if (receipt.stored && !receipt.repeated) ++new_;
  }

  static std::optional<std::string> read(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(stream), {});
  }

  std::unique_ptr<Receiver> receiver_;
  std::atomic<uint64_t> seen_ = 0,
                        passing_ = 0;  // files of the last whole pass, all of them in the record
  std::atomic<uint64_t> new_ = 0;      // of this pass
  Clock::duration looked_ = {};        // how long a pass took that had little to take
  Watch watch_{[this](const std::stop_token& stop) { return look(stop); }};  // last: stops first
};

}  // namespace

Result<std::unique_ptr<Feed>> start_ssmix2(std::unique_ptr<Receiver> receiver) {
  return std::make_unique<Ssmix2Feed>(std::move(receiver));
}

}  // namespace tasuki::intake
