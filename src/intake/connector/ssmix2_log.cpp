// A hospital's SS-MIX2 transaction storage: the log of everything in the order it was written,
// deletions said in words. Where a hospital has one it is the best of its storages to read.
//
//   <root>/<YYYY>/TR_YYYYMMDDHHMMSSFFF_nnnnn.DAT    records, each behind a line "#SSMIX,..."
//
// Files only grow. How far each has been taken is remembered (the checkpoint). Additions are
// received side by side, one person's in their order, and the checkpoint follows behind them: after
// a kill some come once more and are known. A deletion would do its work twice, so it goes alone,
// with the checkpoint in its own commit. The last record of a file is taken when the file has stood
// unchanged from one look to the next: a log has no mark for its end.
//
// Standard: SS-MIX2 1.2g; ss-mix2.md 6.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <vector>

#include <fmt/format.h>

#include "base/log.h"
#include "formats/ssmix2/path.h"
#include "intake/connector/connector.h"
#include "intake/connector/lanes.h"
#include "intake/connector/watch.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr unsigned log_lanes = 16;
constexpr size_t entries_at_once = 1024;
constexpr size_t piece_bytes = size_t{64} * 1024 * 1024;
constexpr auto log_wait = 500ms;

struct Entry {
  std::string_view bytes;
  std::optional<ssmix2::TransactionHeader> header;
  std::string doubt;  // why it has none
  uint64_t end = 0;   // in the file

  bool is_removal() const { return header && header->is_delete; }
  bool is_blank() const { return bytes.find_first_not_of("\r\n\x1A ") == bytes.npos; }
};

class LogFeed final : public Feed {
 public:
  explicit LogFeed(std::unique_ptr<Receiver> receiver) : receiver_(std::move(receiver)) {}

  FeedStatus status() const override { return receiver_->status(); }

 private:
  struct File {
    uint64_t size = 0;
    uint64_t taken = 0;
    bool is_known = false;  // what was taken in an earlier life has been asked for
  };

  Watch::Pause look(const std::stop_token& stop) {
    for (const fs::path& root : receiver_->settings().roots)
      look_through(root, stop);
    return log_wait;
  }

  // In the order of their names, which is the order they were begun in.
  void look_through(const fs::path& root, const std::stop_token& stop) {
    std::vector<fs::path> paths;
    std::error_code failure;
    for (auto at = fs::recursive_directory_iterator(root, failure); !failure && at != end(at);
         at.increment(failure)) {
      if (at.depth() >= 1) at.disable_recursion_pending();
      const std::string name = at->path().filename().string();
      if (name.starts_with("TR_") && name.ends_with(".DAT")) paths.push_back(at->path());
    }
    if (failure)
      log::warning("SS-MIX2 transaction storage is not there",
                   {{"feed", log::SafeId{receiver_->settings().id}}});
    std::ranges::sort(paths, {}, [](const fs::path& path) { return path.filename(); });
    for (const fs::path& path : paths)
      if (stop.stop_requested() || !take_file(path, stop)) return;  // its order is everything
  }

  // False: the record could not take it just now.
  bool take_file(const fs::path& path, const std::stop_token& stop) {
    File& file = files_[path];
    const std::string key =
        fmt::format("{}/{}", receiver_->settings().id, path.filename().string());
    if (!file.is_known && !recall(key, file)) return false;
    std::error_code failure;
    const uint64_t size = fs::file_size(path, failure);
    if (failure) return true;
    const bool has_stood = size == file.size;
    file.size = size;
    while (file.taken < size && !stop.stop_requested()) {
      const std::string bytes = read(path, file.taken, size - file.taken);
      const bool reaches_end = file.taken + bytes.size() >= size;
      const auto entries = entries_of(bytes, file.taken, reaches_end && has_stood);
      if (entries.empty()) return true;  // a record that is being written
      if (!take_entries(entries, key, file)) return false;
    }
    return true;
  }

  bool recall(const std::string& key, File& file) {
    const auto known = receiver_->session().checkpoint(key);
    if (!known) return false;
    if (*known) std::from_chars((*known)->data(), (*known)->data() + (*known)->size(), file.taken);
    return file.is_known = true;
  }

  static std::string read(const fs::path& path, uint64_t from, uint64_t count) {
    std::ifstream stream(path, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(from));
    std::string bytes(std::min<uint64_t>(count, piece_bytes), '\0');
    stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<size_t>(std::max<std::streamsize>(0, stream.gcount())));
    return bytes;
  }

  // Bytes of the file from `begin` on. `ends_whole`: no writer is at work behind them.
  static std::vector<Entry> entries_of(std::string_view bytes, uint64_t begin, bool ends_whole) {
    const auto records = ssmix2::split_transactions(bytes);
    // What does not end here goes on in the next piece, unless it is larger than a piece may be.
    const bool takes_last = ends_whole || (bytes.size() == piece_bytes && records.size() < 2);
    std::vector<Entry> entries;
    const size_t headless = records.empty() ? bytes.size() : records.front().begin;
    if (headless > 0 && (!records.empty() || takes_last))
      entries.push_back({.bytes = bytes.substr(0, headless),
                         .header = {},
                         .doubt = "#SSMIX で始まる行がありません。/ There is no line that begins "
                                  "with #SSMIX.",
                         .end = begin + headless});
    for (size_t i = 0; i < records.size(); ++i) {
      const bool is_last = i + 1 == records.size();
      if (is_last && !takes_last) break;
      auto header = ssmix2::parse_transaction_header(records[i].header);
      Entry entry{.bytes = records[i].message,
                  .header = {},
                  .doubt = {},
                  .end = begin + (is_last ? bytes.size() : records[i + 1].begin)};
      if (header)
        entry.header = *std::move(header);
      else
        entry.doubt = header.error().message;
      entries.push_back(std::move(entry));
    }
    return entries;
  }

  bool take_entries(std::span<const Entry> entries, const std::string& key, File& file) {
    while (!entries.empty()) {
      const auto removal = std::ranges::find_if(entries, &Entry::is_removal);
      const auto additions = static_cast<size_t>(removal - entries.begin());
      const size_t count = std::clamp<size_t>(additions, 1, entries_at_once);
      const std::string mark = std::to_string(entries[count - 1].end);
      const bool is_stored = additions == 0 ? receive(entries.front(), {{key, mark}})
                                            : add_together(entries.first(count), key, mark);
      if (!is_stored) return false;
      file.taken = entries[count - 1].end;
      entries = entries.subspan(count);
    }
    return true;
  }

  bool add_together(std::span<const Entry> entries, const std::string& key,
                    const std::string& mark) {
    std::map<std::string_view, std::vector<const Entry*>> persons;
    for (const Entry& entry : entries)
      persons[entry.header ? entry.header->key.patient : std::string_view()].push_back(&entry);
    std::atomic<bool> are_stored = true;
    Lanes<std::vector<const Entry*>> lanes(log_lanes, [&](const auto& one) {
      for (const Entry* const entry : one)
        if (!are_stored || !receive(*entry, {})) are_stored = false;
    });
    for (auto& [patient, one] : persons)
      lanes.add(std::move(one));
    lanes.finish();
    return are_stored && receiver_->session().set_checkpoint(key, mark);
  }

  bool receive(const Entry& entry, std::vector<std::pair<std::string, std::string>> checkpoints) {
    if (entry.is_blank()) return true;
    Delivery delivery{
        .bytes = entry.bytes, .hold_because = entry.doubt, .checkpoints = std::move(checkpoints)};
    if (entry.header) {
      delivery.kind = entry.header->key.kind;
      delivery.patient = entry.header->key.patient;
      delivery.withdrawn = entry.header->is_delete;
      delivery.list = entry.header->key.care_date + "/" + entry.header->key.order;
    }
    return receiver_->receive(delivery).stored;
  }

  std::unique_ptr<Receiver> receiver_;
  std::map<fs::path, File> files_;
  Watch watch_{[this](const std::stop_token& stop) { return look(stop); }};  // last: stops first
};

}  // namespace

Result<std::unique_ptr<Feed>> start_ssmix2_log(std::unique_ptr<Receiver> receiver) {
  return std::make_unique<LogFeed>(std::move(receiver));
}

}  // namespace tasuki::intake
