#include "intake/retention/retention.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/files.h"
#include "base/log.h"
#include "record/message_index.h"
#include "record/notebook.h"
#include "record/operator.h"
#include "record/retention.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view backup_note = "retention|backup";
constexpr std::string_view hold_prefix = "retention|hold|";
constexpr std::string_view sample_prefix = "retention|space|";
constexpr size_t samples_max = 400;
constexpr size_t page_forgotten = 500;
constexpr auto look_every_hour = std::chrono::hours(1);

record::Session system_session(record::Door& door) {
  return door.session({.id = "system:retention",
                       .name = "保存期間",
                       .role = record::Role::system,
                       .organisation = {},
                       .person = {}},
                      record::Purpose::operations);
}

uint64_t number_in_text(std::string_view text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

uint64_t bytes_in(const fs::path& folder) {
  uint64_t bytes = 0;
  for (const fs::path& file : files_below(folder)) {
    std::error_code gone;
    const auto size = fs::file_size(file, gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace

Retention::Retention(record::Door& door, const std::vector<FeedSettings>& feeds,
                     RetentionSettings settings)
    : door_(door), feeds_(feeds), settings_(std::move(settings)) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Retention::~Retention() = default;

void Retention::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!look(now())) log::warning("old messages could not be looked through", {});
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, look_every_hour, [] { return false; });
  }
}

Result<uint64_t> Retention::look(Instant now) {
  const std::lock_guard lock(working_);
  TRY(take_sample(now));
  uint64_t forgotten = 0;
  if (settings_.kept.count() == 0) return forgotten;
  for (const FeedSettings& feed : feeds_) {
    const uint64_t floor = TRY(floor_of(feed));
    forgotten += TRY(forget_some(feed, floor, now - settings_.kept));
  }
  return forgotten;
}

// The last number that nobody needs the bytes of any more, as far as others are concerned.
Result<uint64_t> Retention::floor_of(const FeedSettings& feed) const {
  const record::Notebook notes(door_);
  if (TRY(notes.find(std::string(hold_prefix) + feed.id))) return uint64_t{0};
  uint64_t floor = TRY(record::MessageIndex(door_).indexed_to());
  if (settings_.waits_for_backup)
    floor = std::min(floor, number_in_text(TRY(notes.find(backup_note)).value_or("0")));
  for (const auto& [destination, source] : settings_.forwards) {
    if (source != feed.id) continue;
    const auto at = TRY(notes.find(fmt::format("outbound|{}|{}", destination, source)));
    floor = std::min(floor, number_in_text(at.value_or("0")));
  }
  return floor;
}

Result<uint64_t> Retention::forget_some(const FeedSettings& feed, uint64_t floor, Instant before) {
  uint64_t forgotten = 0;
  record::MessageSearch search;
  search.feed = feed.id;
  search.state = record::MessageState::done;
  search.count_max = page_forgotten;
  search.after = walked_[feed.id];
  for (;;) {
    const auto messages = TRY(system_session(door_).messages(search));
    std::vector<uint64_t> numbers;
    bool is_end = messages.size() < page_forgotten;
    for (const record::StoredMessage& message : messages) {
      is_end = is_end || message.number > floor || message.received >= before;
      if (message.number > floor || message.received >= before) break;
      numbers.push_back(message.number);
      search.after = message.number;
    }
    forgotten += TRY(record::forget_message_bytes(door_, numbers));
    walked_[feed.id] = search.after;
    if (is_end) return forgotten;
  }
}

Result<void> Retention::take_sample(Instant now) {
  // "2026-11-26": one a day; the first stands for it.
  const std::string key = std::string(sample_prefix) + format_instant(now).substr(0, 10);
  record::Notebook notes(door_);
  if (TRY(notes.find(key))) return {};
  const auto samples = TRY(notes.all(sample_prefix, {}, samples_max));
  if (samples.size() == samples_max) TRY(notes.remove_all({samples.front().key}));
  return notes.set(
      key, fmt::format("{} {}", now.time_since_epoch().count(), bytes_in(settings_.folder)));
}

Result<std::string> Retention::space() const {
  const auto samples = TRY(record::Notebook(door_).all(sample_prefix, {}, samples_max));
  const uint64_t bytes = bytes_in(settings_.folder);
  std::error_code failure;
  const auto disk = fs::space(settings_.folder, failure);
  double bytes_a_day = 0;
  if (!samples.empty()) {
    const std::string& first = samples.front().value;
    const auto since = Instant(std::chrono::microseconds(number_in_text(first)));
    const double days = std::chrono::duration<double, std::ratio<86400>>(now() - since).count();
    const double then =
        static_cast<double>(number_in_text(std::string_view(first).substr(first.find(' ') + 1)));
    if (days >= 1) bytes_a_day = (static_cast<double>(bytes) - then) / days;
  }
  const double left = static_cast<double>(failure ? 0 : disk.available);
  return fmt::format(
      R"({{"dataBytes":{},"freeBytes":{},"bytesPerDay":{},"daysLeft":{},"keptDays":{}}})", bytes,
      failure ? "null" : std::to_string(disk.available),
      bytes_a_day > 0 ? fmt::format("{:.0f}", bytes_a_day) : "null",
      bytes_a_day > 0 ? fmt::format("{:.0f}", left / bytes_a_day) : "null",
      settings_.kept.count() == 0 ? "null" : std::to_string(settings_.kept.count()));
}

Result<void> Retention::backed_up(uint64_t number, const record::Principal& by) {
  auto session = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(session, fmt::format("a backup holds messages to {}", number)));
  return record::Notebook(door_).set(backup_note, std::to_string(number));
}

Result<void> Retention::hold(std::string_view feed, bool holds, const record::Principal& by) {
  const bool is_known = std::ranges::any_of(feeds_, [&](const FeedSettings& settings) {
    return settings.id == feed &&
           (by.role == record::Role::system || by.organisation == settings.organisation);
  });
  if (!is_known)
    return Error{Error::Kind::not_found, "その feed はありません。/ There is no such feed.",
                 std::string(feed)};
  auto session = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(
      session, fmt::format("messages of feed {} {}", feed, holds ? "on hold" : "off hold")));
  const std::string key = std::string(hold_prefix) + std::string(feed);
  record::Notebook notes(door_);
  return holds ? notes.set(key, by.id) : notes.remove_all({key});
}

}  // namespace tasuki::intake
