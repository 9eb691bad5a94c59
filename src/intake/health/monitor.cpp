#include "intake/health/monitor.h"

#include <utility>

#include <fmt/format.h>

#include "base/log.h"

namespace tasuki::intake::health {
namespace {

constexpr auto keep_wait = std::chrono::minutes(30);

std::string key_of(const FeedSettings& settings) {
  return "health/" + settings.id;
}

}  // namespace

Monitor::~Monitor() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  keep();
}

record::Session Monitor::session() const {
  return door_.session({.id = "system:health",
                        .name = "監視",
                        .role = record::Role::system,
                        .organisation = {},
                        .person = {}},
                       record::Purpose::operations);
}

Result<void> Monitor::add(const Feed& feed, const FeedSettings& settings) {
  Watched watched{.feed = &feed, .settings = settings};
  if (const auto text = TRY(session().checkpoint(key_of(settings)))) {
    // A line of an older version is learned anew rather than stopping the feed.
    if (auto watch = Watch::of_text(*text)) watched.watch = *std::move(watch);
    watched.watch.away_until(now());
  }
  watched_.push_back(std::move(watched));
  return {};
}

void Monitor::start() {
  kept_ = now();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Monitor::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Instant now = tasuki::now();
    look(now);
    if (hears_) hears_(health(now), now);
    if (tasuki::now() >= kept_ + keep_wait) keep();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::minutes(1), [] { return false; });
  }
}

void Monitor::look(Instant now) {
  const Instant minute = std::chrono::floor<std::chrono::minutes>(now);
  const std::lock_guard lock(mutex_);
  for (Watched& each : watched_) {
    const uint64_t received = each.feed->status().received;
    each.watch.arrived(minute, received - std::exchange(each.received, received));
    const bool is_paused = each.settings.mode_now() == FeedMode::paused;
    if (is_paused) each.watch.away_until(now);  // its quiet is ours
    const auto before = std::exchange(each.alarm, is_paused ? std::nullopt : each.watch.look(now));
    if (each.alarm && (!before || before->kind != each.alarm->kind))
      log::warning("feed is not as usual",
                   {{"kind", static_cast<int>(each.alarm->kind)}, {"came", each.alarm->came}});
  }
}

void Monitor::keep() {
  kept_ = now();
  std::vector<std::pair<std::string, std::string>> learned;
  {
    const std::lock_guard lock(mutex_);
    for (const Watched& each : watched_)
      learned.emplace_back(key_of(each.settings), each.watch.text());
  }
  record::Session keeper = session();
  for (const auto& [key, text] : learned)
    if (const auto kept = keeper.set_checkpoint(key, text); !kept)
      log::warning("what was learned of a feed was not kept", {});
}

std::vector<FeedHealth> Monitor::health(Instant now) const {
  std::vector<FeedHealth> all;
  const std::lock_guard lock(mutex_);
  for (const Watched& each : watched_) {
    FeedStatus status = each.feed->status();
    Card card = card_of(each.settings, status, each.watch, each.alarm, now);
    all.push_back({.status = std::move(status),
                   .organisation = each.settings.organisation,
                   .card = std::move(card)});
  }
  return all;
}

Result<void> Monitor::was_false(std::string_view feed) {
  const std::lock_guard lock(mutex_);
  std::string known;
  for (Watched& each : watched_) {
    if (each.settings.id != feed) {
      known += (known.empty() ? "" : ", ") + each.settings.id;
      continue;
    }
    each.watch.was_false();
    each.alarm.reset();
    return {};
  }
  return Error{Error::Kind::not_found, fmt::format("No such feed; there are: {}.", known), "feed"};
}

}  // namespace tasuki::intake::health
