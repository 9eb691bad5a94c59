#include "intake/replay/replays.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "base/uuid.h"
#include "intake/replay/compare.h"
#include "intake/replay/difference.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/notebook.h"
#include "record/operator.h"

namespace tasuki::intake {
namespace {

constexpr std::string_view prefix = "replay|";
constexpr size_t replays_max = 1000;
constexpr size_t page_max = 200;
constexpr size_t elements_shown_max = 100;

}  // namespace

Replays::Replays(record::Door& door, CurrentMappings mappings,
                 const std::vector<FeedSettings>& feeds, ReplaySettings settings)
    : door_(door), mappings_(std::move(mappings)), settings_(std::move(settings)) {
  for (const FeedSettings& feed : feeds)
    receivers_.push_back(std::make_unique<Receiver>(feed, door_, mappings_));
  resume();
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Replays::~Replays() = default;

// What was under way when the program stopped.
void Replays::resume() {
  const auto notes = record::Notebook(door_).all(prefix, {}, replays_max);
  if (!notes) return;
  for (const record::Note& note : *notes) {
    auto replay = replay_of(note.value);
    if (!replay) continue;
    if (replay->state == State::comparing) {
      replay->state = State::failed;
      replay->problem =
          "比べている間にプログラムが止まりました。もう一度始めてください。/ The program stopped "
          "while it compared; start it again.";
      if (!keep(*replay)) log::warning("replay could not be kept", {});
    }
    if (replay->state == State::publishing || replay->state == State::undoing ||
        replay->state == State::forgetting)
      queue_.push_back(replay->id);
  }
}

Result<const Receiver*> Replays::receiver_of(std::string_view feed,
                                             const record::Principal& by) const {
  std::string known;
  for (const auto& receiver : receivers_) {
    const FeedSettings& settings = receiver->settings();
    const bool is_own =
        by.role == record::Role::system ||
        (by.role == record::Role::clerk && by.organisation == settings.organisation);
    if (!is_own) continue;
    if (settings.id == feed) return static_cast<const Receiver*>(receiver.get());
    known += (known.empty() ? "" : ", ") + settings.id;
  }
  return Error{Error::Kind::not_found,
               fmt::format("あなたの施設の feed ではありません。/ No such feed of your facility; "
                           "there are: {}.",
                           known),
               "feed"};
}

Result<std::shared_ptr<const Mappings>> Replays::mappings_of(const ReplayChoice& choice) const {
  if (choice.mappings.empty()) return mappings_.get();
  const bool is_name = std::ranges::all_of(choice.mappings, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
  if (settings_.candidates.empty() || !is_name)
    return Error{
        Error::Kind::not_found,
        "mappings は、設定 program.candidates のフォルダーの下の名前です。/ mappings is the "
        "name of a folder below the setting program.candidates.",
        "mappings"};
  const auto current = mappings_.get();
  auto definitions = std::shared_ptr<const fhir::Definitions>(current, &current->definitions());
  return Mappings::load(settings_.candidates / choice.mappings, std::move(definitions));
}

record::Batch Replays::batch_of(const Replay& replay) const {
  std::string organisation;
  for (const auto& receiver : receivers_)
    if (receiver->settings().id == replay.choice.feed)
      organisation = receiver->settings().organisation;
  return record::Batch(
      door_,
      {.id = replay.id, .feed = replay.choice.feed, .organisation = std::move(organisation)});
}

Result<std::string> Replays::start(const ReplayChoice& choice, const record::Principal& by,
                                   Then then) {
  TRY(receiver_of(choice.feed, by));
  TRY(mappings_of(choice));
  TRY(forget_oldest());
  Replay replay;
  replay.at = now();
  // By time, so that the list is in order.
  replay.id =
      fmt::format("{:016x}-{}", replay.at.time_since_epoch().count(), random_uuid().substr(0, 8));
  replay.choice = choice;
  replay.then = then;
  replay.by = by;
  auto session = door_.session(by, record::Purpose::operations);
  TRY(leave_trace(session, replay, "compared"));
  TRY(keep(replay));
  add_work(replay.id);
  return replay.id;
}

Result<void> Replays::leave_trace(record::Session& session, const Replay& replay,
                                  std::string_view what) {
  return record::leave_operators_trace(
      session, fmt::format("replay {} of feed {}: {}", replay.id, replay.choice.feed, what));
}

void Replays::add_work(std::string id) {
  const std::lock_guard lock(mutex_);
  queue_.push_back(std::move(id));
  changed_.notify_all();
}

Result<std::string> Replays::list(const record::Principal& by) const {
  std::string text = R"({"replays":[)";
  bool first = true;
  for (const record::Note& note : TRY(record::Notebook(door_).all(prefix, {}, replays_max))) {
    const auto replay = replay_of(note.value);
    if (!replay || !receiver_of(replay->choice.feed, by)) continue;
    text += first ? "" : ",";
    text += note.value;
    first = false;
  }
  return text + "]}";
}

Result<std::string> Replays::show(std::string_view id, const record::Principal& by) const {
  return text_of(TRY(find(id, by)));
}

Result<Replays::Replay> Replays::find(std::string_view id, const record::Principal& by) const {
  const auto text = TRY(record::Notebook(door_).find(std::string(prefix) + std::string(id)));
  const Error none{Error::Kind::not_found, "その再処理はありません。/ There is no such replay.",
                   std::string(id)};
  if (!text) return none;
  auto replay = TRY(replay_of(*text));
  if (!receiver_of(replay.choice.feed, by)) return none;
  return replay;
}

Result<std::string> Replays::changes(std::string_view id, const Page& page,
                                     const record::Principal& by) const {
  constexpr std::string_view actions[] = {"create", "change", "withdraw"};
  constexpr std::string_view states[] = {"planned", "published", "refused", "undone", "kept"};
  const Replay replay = TRY(find(id, by));
  const auto batch = batch_of(replay);
  auto session = door_.session(by, record::Purpose::operations);
  TRY(leave_trace(session, replay, "differences shown"));
  const auto entries = TRY(batch.entries(page.after, std::min(page.count_max, page_max)));
  std::string text = R"({"changes":[)";
  std::string last;
  for (const record::BatchEntry& entry : entries) {
    if (!last.empty()) text += ',';
    last = fmt::format("{}/{}", door_.definitions().name(entry.type), entry.id);
    text += fmt::format(R"({{"record":"{}","action":"{}","state":"{}","message":{},"person":)",
                        last, actions[static_cast<size_t>(entry.action)],
                        states[static_cast<size_t>(entry.state)], entry.message);
    json::print_string(entry.group, text);
    if (!entry.refusal.empty()) {
      text += R"(,"because":)";
      json::print_string(entry.refusal, text);
    }
    const std::string before = TRY(batch.before(entry));
    if (before.empty()) {
      text += R"(,"resource":)" + entry.body + "}";
      continue;
    }
    const auto left = TRY(json::parse(before)), right = TRY(json::parse(entry.body));
    text += R"(,"elements":[)";
    bool first = true;
    for (const auto& one : differences(left.root, right.root, elements_shown_max)) {
      text += first ? R"({"path":)" : R"(,{"path":)";
      json::print_string(one.path, text);
      text += fmt::format(R"(,"before":{},"after":{}}})", one.before.empty() ? "null" : one.before,
                          one.after.empty() ? "null" : one.after);
      first = false;
    }
    text += "]}";
  }
  text += R"(],"next":)";
  if (entries.size() < std::min(page.count_max, page_max)) last.clear();
  if (last.empty()) {
    text += "null";
  } else {
    json::print_string(last, text);
  }
  return text + "}";
}

Result<void> Replays::turn(std::string_view id, const record::Principal& by,
                           std::vector<State> from, State to) {
  Replay replay = TRY(find(id, by));
  if (std::ranges::find(from, replay.state) == from.end())
    return Error{Error::Kind::conflict,
                 fmt::format("いまの状態ではできません。/ Not in its present state; see GET "
                             "replays/{}.",
                             id),
                 std::string(id)};
  replay.state = to;
  replay.by = by;
  auto session = door_.session(by, record::Purpose::operations);
  TRY(leave_trace(session, replay,
                  to == State::publishing ? "publish"
                  : to == State::undoing  ? "undo"
                                          : "forget"));
  TRY(keep(replay));
  add_work(replay.id);
  return {};
}

Result<void> Replays::publish(std::string_view id, const record::Principal& by) {
  return turn(id, by, {State::ready}, State::publishing);
}
Result<void> Replays::undo(std::string_view id, const record::Principal& by) {
  return turn(id, by, {State::published, State::failed}, State::undoing);
}
Result<void> Replays::forget(std::string_view id, const record::Principal& by) {
  return turn(id, by, {State::ready, State::published, State::undone, State::failed},
              State::forgetting);
}

void Replays::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !is_working_; });
}

// ---- the work

void Replays::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !queue_.empty(); })) {
    const std::string id = std::move(queue_.front());
    queue_.pop_front();
    is_working_ = true;
    lock.unlock();
    work(id, stop);
    lock.lock();
    is_working_ = false;
    changed_.notify_all();
    if (stop.stop_requested()) return;
  }
}

void Replays::work(const std::string& id, const std::stop_token& stop) {
  const record::Principal system{.id = "system:replay",
                                 .name = "再処理",
                                 .role = record::Role::system,
                                 .organisation = {},
                                 .person = {}};
  auto found = find(id, system);
  if (!found) return;
  const State before = found->state;
  const auto done = carry_out(*found, stop);
  if (stop.stop_requested() && found->state == before) return;  // goes on at the next start
  if (!done) {
    found->state = State::failed;
    found->problem = done.error().message;
  }
  const bool goes_on = found->state == State::ready && found->then == Then::publish;
  if (goes_on) found->state = State::publishing;
  const bool is_forgotten = before == State::forgetting && done;
  const auto kept =
      is_forgotten ? record::Notebook(door_).remove_all({std::string(prefix) + id}) : keep(*found);
  if (!kept) log::warning("state of a replay was not kept", {});
  if (goes_on) add_work(id);
}

Result<void> Replays::carry_out(Replay& replay, const std::stop_token& stop) {
  switch (replay.state) {
    case State::comparing:
      return compare(replay, stop);
    case State::publishing:
    case State::undoing:
      return slices(replay, stop);
    case State::forgetting:
      return forget_all(replay, stop);
    default:
      return {};
  }
}

Result<void> Replays::compare(Replay& replay, const std::stop_token& stop) {
  const auto* const receiver = TRY(receiver_of(replay.choice.feed, replay.by));
  const auto mappings = TRY(mappings_of(replay.choice));
  auto batch = batch_of(replay);
  CompareSettings settings;
  settings.threads = settings_.threads;
  settings.goes_on = [&](const ReplayCounts& counts) {
    replay.counts = counts;
    if (!keep(replay)) log::warning("state of a replay was not kept", {});
    return !stop.stop_requested();
  };
  replay.counts = TRY(intake::compare(*receiver, *mappings, replay.choice, batch, settings));
  if (!stop.stop_requested()) replay.state = State::ready;
  return {};
}

Result<void> Replays::slices(Replay& replay, const std::stop_token& stop) {
  const bool publishes = replay.state == State::publishing;
  auto batch = batch_of(replay);
  ReplayCounts& counts = replay.counts;
  while (!stop.stop_requested()) {
    auto by = door_.session(replay.by, record::Purpose::operations);
    const auto slice = TRY(publishes ? batch.publish_some(by) : batch.undo_some(by));
    (publishes ? counts.published : counts.undone) += slice.done;
    (publishes ? counts.refused : counts.kept) += slice.refused;
    if (publishes) counts.messages += slice.messages;
    if (slice.is_last) {
      replay.state = publishes ? State::published : State::undone;
      return {};
    }
    TRY(keep(replay));
  }
  return {};
}

Result<void> Replays::forget_all(Replay& replay, const std::stop_token& stop) {
  auto batch = batch_of(replay);
  while (!stop.stop_requested())
    if (TRY(batch.forget_some())) return {};
  return {};
}

Result<void> Replays::forget_oldest() {
  const auto notes = TRY(record::Notebook(door_).all(prefix, {}, replays_max));
  if (notes.size() < settings_.kept_max) return {};
  for (const record::Note& note : notes) {
    auto replay = TRY(replay_of(note.value));
    if (replay.state == State::comparing || replay.state == State::publishing ||
        replay.state == State::undoing || replay.state == State::forgetting)
      continue;
    replay.state = State::forgetting;
    TRY(keep(replay));
    add_work(replay.id);
    return {};
  }
  return Error{Error::Kind::too_costly,
               "再処理が多すぎます。/ Too many replays are under way; let one end first.",
               {}};
}

Result<void> Replays::keep(const Replay& replay) const {
  return record::Notebook(door_).set(std::string(prefix) + replay.id, text_of(replay));
}

}  // namespace tasuki::intake
