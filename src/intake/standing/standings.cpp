#include "intake/standing/standings.h"

#include <algorithm>

#include <fmt/format.h>

#include "intake/standing/quality_page.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/notebook.h"
#include "record/operator.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr std::string_view mode_words[] = {"live", "shadow", "paused"};
constexpr std::string_view note_prefix = "feed-standing|";

}  // namespace

std::string_view word_of(FeedMode mode) {
  return mode_words[static_cast<size_t>(mode)];
}

std::optional<FeedMode> mode_named(std::string_view word) {
  const auto found = std::ranges::find(mode_words, word);
  if (found == std::end(mode_words)) return std::nullopt;
  return static_cast<FeedMode>(found - std::begin(mode_words));
}

Result<void> Standings::attach(std::vector<FeedSettings>& feeds) {
  const std::lock_guard lock(mutex_);
  for (FeedSettings& feed : feeds) {
    Kept kept{.settings = feed, .mode = std::make_shared<std::atomic<FeedMode>>(), .standing = {}};
    const auto text = TRY(record::Notebook(door_).find(std::string(note_prefix) + feed.id));
    if (text) {
      kept.standing = standing_of(*text);
    } else {
      kept.standing.mode = feed.begins_as;
    }
    kept.mode->store(kept.standing.mode);
    feed.mode = kept.mode;
    feeds_.insert_or_assign(feed.id, std::move(kept));
  }
  return {};
}

Result<Standings::Kept*> Standings::find(std::string_view feed, const record::Principal& by) {
  std::string known;
  for (auto& [id, kept] : feeds_) {
    const bool is_own =
        by.role == record::Role::system ||
        (by.role == record::Role::clerk && by.organisation == kept.settings.organisation);
    if (!is_own) continue;
    if (id == feed) return &kept;
    known += (known.empty() ? "" : ", ") + id;
  }
  return Error{Error::Kind::not_found,
               fmt::format("あなたの施設の feed ではありません。/ No such feed of your facility; "
                           "there are: {}.",
                           known),
               "feed"};
}

FeedMode Standings::mode_of(std::string_view feed) const {
  const std::lock_guard lock(mutex_);
  const auto found = feeds_.find(feed);
  return found == feeds_.end() ? FeedMode::live : found->second.standing.mode;
}

Result<std::string> Standings::show(std::string_view feed, const record::Principal& by) {
  const std::lock_guard lock(mutex_);
  const Kept& kept = *TRY(find(feed, by));
  return text_of(kept.standing);
}

Result<std::string> Standings::gate(std::string_view feed, const record::Principal& by) {
  GateLimits limits;
  std::string id;
  {
    const std::lock_guard lock(mutex_);
    const Kept& kept = *TRY(find(feed, by));
    limits = kept.standing.limits;
    id = kept.settings.id;
  }
  auto session = door_.session(by, record::Purpose::operations);
  const GateMeasures measures = TRY(measure(session, id));
  json::Arena arena;
  Value made = Value::object();
  Value reasons = Value::array();
  for (const std::string& reason : objections(measures, limits))
    reasons.push(arena, Value::string(arena, reason));
  made.append(arena, "mayGoLive", Value::boolean(reasons.size() == 0));
  made.append(arena, "reasons", reasons);
  made.append(arena, "limits", json_of(limits, arena));
  made.append(arena, "measured", json_of(measures, arena));
  std::string out;
  json::print(made, out);
  return out;
}

Result<std::string> Standings::report(std::string_view feed, const Mappings& mappings,
                                      const record::Principal& by) {
  FeedSettings settings;
  Standing standing;
  {
    const std::lock_guard lock(mutex_);
    const Kept& kept = *TRY(find(feed, by));
    settings = kept.settings;
    standing = kept.standing;
  }
  auto session = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(session, fmt::format("feed {}: report", settings.id)));
  const Quality quality = TRY(look_at(session, settings, standing.mode, mappings, ranges_));
  return quality_page(quality, settings, standing.mode, standing.limits, now());
}

Result<void> Standings::set_limits(std::string_view feed, const GateLimits& limits,
                                   const record::Principal& by) {
  const std::lock_guard lock(mutex_);
  Kept& kept = *TRY(find(feed, by));
  Standing standing = kept.standing;
  standing.limits = limits;
  return keep(kept, std::move(standing), by, "limits of the gate");
}

Result<void> Standings::turn(std::string_view feed, FeedMode mode, std::string_view because,
                             const record::Principal& by) {
  const std::lock_guard lock(mutex_);
  Kept& kept = *TRY(find(feed, by));
  Standing standing = kept.standing;
  if (mode == FeedMode::paused && because.empty())
    return Error{Error::Kind::invalid,
                 "止める理由(because)が要ります。/ Say why it is paused: because.", "because"};
  const bool passes_gate = mode == FeedMode::live && standing.mode == FeedMode::shadow;
  if (passes_gate && because.empty()) {
    auto session = door_.session(by, record::Purpose::operations);
    const auto reasons = objections(TRY(measure(session, kept.settings.id)), standing.limits);
    if (!reasons.empty())
      return Error{Error::Kind::conflict,
                   fmt::format("{} それでも始めるなら理由(because)を添えてください。/ To go live "
                               "anyway, say why: because.",
                               fmt::join(reasons, " ")),
                   std::string(feed)};
  }
  if (standing.mode != mode) standing.before = standing.mode;
  standing.mode = mode;
  standing.because = because;
  return keep(kept, std::move(standing), by, word_of(mode));
}

Result<void> Standings::resume(std::string_view feed, const record::Principal& by) {
  const std::lock_guard lock(mutex_);
  Kept& kept = *TRY(find(feed, by));
  Standing standing = kept.standing;
  if (standing.mode != FeedMode::paused)
    return Error{Error::Kind::conflict, "止まっていません。/ It is not paused.", std::string(feed)};
  standing.mode = standing.before;
  standing.before = FeedMode::paused;
  standing.because.clear();
  return keep(kept, std::move(standing), by, "resumed");
}

// First the store, then the feed: what a restart finds is never older than what was heeded.
Result<void> Standings::keep(Kept& kept, Standing standing, const record::Principal& by,
                             std::string_view what) {
  standing.by = by.name.empty() ? by.id : by.name;
  standing.at = now();
  auto session = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(
      session, fmt::format("feed {}: {} {}", kept.settings.id, what, standing.because)));
  TRY(record::Notebook(door_).set(std::string(note_prefix) + kept.settings.id, text_of(standing)));
  kept.standing = std::move(standing);
  kept.mode->store(kept.standing.mode);
  return {};
}

std::string Standings::text_of(const Standing& standing) {
  json::Arena arena;
  Value made = Value::object();
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) made.append(arena, name, Value::string(arena, value));
  };
  text("state", word_of(standing.mode));
  text("before", word_of(standing.before));
  text("by", standing.by);
  text("because", standing.because);
  if (standing.at != Instant()) text("at", format_instant(standing.at));
  made.append(arena, "limits", json_of(standing.limits, arena));
  std::string out;
  json::print(made, out);
  return out;
}

Standings::Standing Standings::standing_of(std::string_view text) {
  Standing standing;
  const auto kept = json::parse(text);
  if (!kept) return standing;
  standing.mode = mode_named(kept->root.text_of("state")).value_or(FeedMode::paused);
  standing.before = mode_named(kept->root.text_of("before")).value_or(FeedMode::live);
  standing.by = kept->root.text_of("by");
  standing.because = kept->root.text_of("because");
  standing.at = parse_instant(kept->root.text_of("at")).value_or(Instant());
  if (const Value* const limits = kept->root.find("limits"))
    standing.limits = limits_of(*limits).value_or(GateLimits());
  return standing;
}

}  // namespace tasuki::intake
