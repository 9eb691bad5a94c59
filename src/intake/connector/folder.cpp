// A folder that another system puts HL7 v2 files into: one message, several, or a batch a file.
//
// A file is taken when it has stood unchanged from one look to the next (writers do not say when
// they are done), and goes to `done` beside it after the commit of all its messages; one that is no
// message at all goes to `refused`, where a person finds it. A kill in between reads the file
// again, which changes nothing (a message sent twice is known). Looked at, not notified: such
// folders lie on network shares, where the kernel's notifications are silent.
#include <atomic>
#include <fstream>
#include <iterator>
#include <map>

#include "base/log.h"
#include "intake/connector/connector.h"
#include "intake/connector/watch.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto look_wait = 500ms;
constexpr uint64_t bytes_max = uint64_t{64} * 1024 * 1024;

struct Look {
  uint64_t size = 0;
  fs::file_time_type written;
  bool operator==(const Look&) const = default;
};

class FolderFeed final : public Feed {
 public:
  explicit FolderFeed(std::unique_ptr<Receiver> receiver) : receiver_(std::move(receiver)) {}

  FeedStatus status() const override { return receiver_->status(); }

 private:
  Watch::Pause look(const std::stop_token& stop) {
    for (const fs::path& root : receiver_->settings().roots)
      look_through(root, stop);
    return look_wait;
  }

  void look_through(const fs::path& root, const std::stop_token& stop) {
    std::map<fs::path, Look> seen;
    std::error_code failure;
    for (const auto& entry : fs::directory_iterator(root, failure)) {
      if (stop.stop_requested()) return;
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file(failure) || name.starts_with('.') || name.ends_with(".tmp"))
        continue;
      const Look look{entry.file_size(failure), entry.last_write_time(failure)};
      const auto before = looks_.find(entry.path());
      if (failure || look.size > bytes_max) continue;
      if (before == looks_.end() || before->second != look)
        seen[entry.path()] = look;
      else if (!take(entry.path()))
        seen[entry.path()] = look;
    }
    if (failure)
      log::warning("folder of a feed cannot be read",
                   {{"feed", log::SafeId{receiver_->settings().id}}});
    looks_.swap(seen);
  }

  // False: the record could not take it just now; the next look tries again.
  bool take(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return false;
    const std::string bytes(std::istreambuf_iterator<char>(stream), {});
    std::vector<std::string> messages = receiver_->split(bytes);
    if (messages.empty()) messages.push_back(bytes);  // refused with its reason, and kept
    bool all_refused = true;
    for (const std::string_view message : messages) {
      const Receipt receipt =
          receiver_->receive({.bytes = message, .kind = receiver_->settings().kind});
      if (!receipt.stored) return false;
      all_refused = all_refused && receipt.state == Converted::State::refused;
    }
    return move_to(all_refused ? "refused" : "done", file);
  }

  static bool move_to(std::string_view folder, const fs::path& file) {
    std::error_code failure;
    const fs::path target = file.parent_path() / folder;
    fs::create_directories(target, failure);
    fs::rename(file, target / file.filename(), failure);
    return !failure;
  }

  std::unique_ptr<Receiver> receiver_;
  std::map<fs::path, Look> looks_;                                           // of the last pass
  Watch watch_{[this](const std::stop_token& stop) { return look(stop); }};  // last: stops first
};

}  // namespace

Result<std::unique_ptr<Feed>> start_folder(std::unique_ptr<Receiver> receiver) {
  return std::make_unique<FolderFeed>(std::move(receiver));
}

}  // namespace tasuki::intake
