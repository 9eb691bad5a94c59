#include "server/subscription/engine.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "json/parse.h"
#include "server/subscription/deliver.h"
#include "server/subscription/roster.h"
#include "server/subscription/state.h"

namespace tasuki::server::subscription {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr size_t changes_at_once = 500;
constexpr unsigned deliverers = 4;
constexpr std::string_view place_key = "subscriptions/place";
constexpr uint64_t read_again_max = 10'000;  // changes that concerned nobody, after a restart

// A subscription that is active, and how far it has come. Touched under the engine's lock.
struct Active {
  Subscription subscription;
  record::Principal principal;
  std::string organisation;
  Progress progress;
  bool busy = false;
  unsigned failures = 0;
  Clock::time_point next_try = Clock::time_point::min(), told = Clock::now();
};

class FeedEngine final : public Engine {
 public:
  FeedEngine(record::Door& door, const SubscriptionSettings& settings, std::string base)
      : door_(door),
        settings_(settings),
        base_(std::move(base)),
        sockets_(Sockets::make(door, base_, [this] { wake_.notify_all(); })),
        notebook_(door),
        roster_(door, settings_, base_),
        type_(*door.definitions().resource_type("Subscription")) {
    threads_.emplace_back([this] { watch(); });
    for (unsigned i = 0; i < deliverers; ++i)
      threads_.emplace_back([this] { deliver_on(); });
  }
  ~FeedEngine() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_)
      thread.join();
  }

  Sockets& sockets() override { return *sockets_; }

 private:
  // ---- watching

  void watch() {
    auto begun = begin();
    if (!begun) log::error("subscriptions could not be read", {});
    for (;;) {
      sockets_->close_unbound(settings_.bind_wait_max);
      auto looked = look();
      if (!looked) log::warning("the change feed could not be read; again in a moment", {});
      if (looked && *looked) continue;  // there may be more
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, settings_.look_every, [&] { return stopping_; })) return;
    }
  }

  Result<void> begin() {
    if (const auto place = TRY(notebook_.find(place_key))) {
      place_ = std::stoull(*place);
      kept_place_ = place_;
    } else {
      place_ = TRY(record::newest_change(door_));
    }
    for (const auto& change : TRY(record::all_standing(door_, type_)))
      if (change.author == Roster::own_id) TRY(take_up(change));
    // What was asked for while the program was down, or before it knew of subscriptions.
    for (const auto& change : TRY(record::all_standing(door_, type_)))
      if (change.author != Roster::own_id) TRY(take_up(change));
    return {};
  }

  // One batch of changes: their events and the new place in one commit. True: it was a full one.
  Result<bool> look() {
    if (TRY(passed_over())) return false;
    const auto changes = TRY(record::changes_after(door_, place_, changes_at_once));
    if (changes.empty()) return false;
    std::vector<record::Note> notes;
    std::map<std::string, Progress> moved;
    for (const auto& change : changes) {
      if (change.resource.type == type_) {
        TRY(take_up(change));
      } else {
        TRY(match(change, moved, notes));
      }
    }
    for (const auto& [id, progress] : moved)
      notes.push_back(note_of(id, progress));
    const uint64_t place = changes.back().sequence;
    if (!moved.empty() || is_far(place)) {
      notes.push_back(place_note(place));
      TRY(keep(moved, notes));
      kept_place_ = place;
    }
    place_ = place;
    return changes.size() == changes_at_once;
  }

  // While nobody subscribes, what happens need not be read.
  Result<bool> passed_over() {
    {
      const std::lock_guard lock(mutex_);
      if (!actives_.empty()) return false;
    }
    const uint64_t newest = TRY(record::newest_change(door_));
    if (TRY(record::has_changed_after(door_, type_, place_))) return false;
    if (is_far(newest)) {
      TRY(notebook_.set_all({place_note(newest)}));
      kept_place_ = newest;
    }
    place_ = newest;
    return true;
  }

  bool is_far(uint64_t place) const { return kept_place_ && place - *kept_place_ > read_again_max; }

  static record::Note place_note(uint64_t place) {
    return {std::string(place_key), std::to_string(place)};
  }

  // Before the first subscription begins, so that a restart right after it misses nothing.
  Result<void> keep_first_place() {
    if (kept_place_) return {};
    TRY(notebook_.set_all({place_note(place_)}));
    kept_place_ = place_;
    return {};
  }

  Result<void> match(const record::FeedChange& change, std::map<std::string, Progress>& moved,
                     std::vector<record::Note>& notes) {
    std::optional<json::Document> body;
    if (!change.resource.deleted) body = TRY(json::parse(change.resource.body));
    const std::lock_guard lock(mutex_);
    for (const auto& [id, active] : actives_) {
      const Subscription& subscription = active.subscription;
      if (change.sequence <= active.progress.start) continue;
      if (subscription.end && change.resource.updated >= *subscription.end) continue;
      if (!concerns(door_.definitions(), subscription, change.resource.type,
                    change.resource.version == 1, change.resource.deleted,
                    body ? &body->root : nullptr))
        continue;
      Progress& progress = moved.try_emplace(id, active.progress).first->second;
      notes.push_back(event_note(id, ++progress.events, change.sequence));
    }
    return {};
  }

  Result<void> keep(const std::map<std::string, Progress>& moved,
                    std::vector<record::Note>& notes) {
    // Under the lock: a deliverer must not write an older count over this one.
    const std::lock_guard lock(mutex_);
    for (record::Note& note : notes)
      for (const auto& [id, progress] : moved) {
        if (note.key != note_of(id, progress).key) continue;
        Progress merged = progress;
        if (const auto found = actives_.find(id); found != actives_.end())
          merged.delivered = found->second.progress.delivered;
        note = note_of(id, merged);
      }
    TRY(notebook_.set_all(notes));
    for (const auto& [id, progress] : moved)
      if (const auto found = actives_.find(id); found != actives_.end())
        found->second.progress.events = progress.events;
    wake_.notify_all();
    return {};
  }

  // ---- subscriptions come and go

  Result<void> take_up(const record::FeedChange& change) {
    const std::string& id = change.resource.id;
    {
      const std::lock_guard lock(mutex_);
      actives_.erase(id);
    }
    TRY(keep_first_place());
    auto enlisted = TRY(roster_.judge(change));
    if (!enlisted) return {};
    const std::lock_guard lock(mutex_);
    actives_.insert_or_assign(id, Active{.subscription = std::move(enlisted->subscription),
                                         .principal = std::move(enlisted->principal),
                                         .organisation = change.organisation,
                                         .progress = std::move(enlisted->progress)});
    wake_.notify_all();
    return {};
  }

  // ---- delivering

  void deliver_on() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      const auto now_at = Clock::now();
      const auto due = std::ranges::find_if(
          actives_, [&](const auto& each) { return is_due(each.second, now_at); });
      if (due == actives_.end()) {
        wake_.wait_for(lock, settings_.look_every);
        continue;
      }
      due->second.busy = true;
      const std::string id = due->first;
      const Active copy = due->second;
      lock.unlock();
      const auto delivered = tell(copy);
      lock.lock();
      if (const auto found = actives_.find(id); found != actives_.end())
        after(found->second, delivered);
    }
  }

  bool is_due(const Active& active, Clock::time_point at) const {
    if (active.busy || at < active.next_try) return false;
    if (active.subscription.channel == Channel::websocket &&
        !sockets_->has(active.subscription.id, active.principal.id))
      return false;
    if (active.progress.delivered < active.progress.events) return true;
    const auto heartbeat = active.subscription.heartbeat;
    return heartbeat.count() > 0 && at - active.told >= heartbeat;
  }

  // The number of the last event told, or passed over.
  Result<uint64_t> tell(const Active& active) {
    const Progress& progress = active.progress;
    Notice notice{.told = Told::heartbeat, .events_since_start = progress.events, .events = {}};
    const uint64_t to =
        std::min(progress.events, progress.delivered + active.subscription.events_at_once);
    if (progress.delivered < progress.events) {
      notice.told = Told::event_notification;
      notice.events = TRY(
          events_of(door_, active.principal, active.subscription.id, progress.delivered + 1, to));
    }
    if (notice.told == Told::heartbeat || !notice.events.empty()) TRY(send(active, notice));
    return to;
  }

  Result<void> send(const Active& active, const Notice& notice) {
    const Subscription& subscription = active.subscription;
    if (subscription.channel != Channel::websocket)
      return deliver(settings_, subscription, base_, notice);
    return sockets_->deliver(subscription.id, active.principal.id,
                             socket_texts(subscription, base_, notice));
  }

  void after(Active& active, const Result<uint64_t>& delivered) {
    active.busy = false;
    active.told = Clock::now();
    // A listener that went away is no failure: the next one gets what waits.
    if (!delivered && active.subscription.channel == Channel::websocket) return;
    if (!delivered) return failed(active, delivered.error());
    active.failures = 0;
    active.next_try = Clock::time_point::min();
    active.progress.delivered = *delivered;
    if (!notebook_.set_all({note_of(active.subscription.id, active.progress)}))
      log::warning("a subscription's place could not be kept; events may come twice", {});
    forget_old(active);
  }

  void forget_old(const Active& active) {
    if (active.progress.delivered <= settings_.events_kept) return;
    const auto removed = notebook_.remove_all(
        {event_key(active.subscription.id, active.progress.delivered - settings_.events_kept)});
    if (!removed) log::warning("an old event could not be removed", {});
  }

  void failed(Active& active, const Error& error) {
    ++active.failures;
    auto wait = settings_.retry_first;
    for (unsigned i = 1; i < active.failures && wait < settings_.retry_max; ++i)
      wait *= 2;
    active.next_try = Clock::now() + std::min(wait, settings_.retry_max);
    if (active.failures < settings_.failures_max) return;
    record::FeedChange change;
    change.resource.id = active.subscription.id;
    change.organisation = active.organisation;
    const auto told = roster_.write_status(change, "error", error.message);
    if (!told) log::warning("a subscription's error could not be written", {});
  }

  record::Door& door_;
  const SubscriptionSettings settings_;
  const std::string base_;
  const std::unique_ptr<Sockets> sockets_;
  record::Notebook notebook_;
  Roster roster_;
  const fhir::TypeId type_;
  uint64_t place_ = 0;  // of the watching thread, as is the next
  std::optional<uint64_t> kept_place_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Active> actives_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Engine> Engine::start(record::Door& door, const SubscriptionSettings& settings,
                                      std::string base) {
  return std::make_unique<FeedEngine>(door, settings, std::move(base));
}

}  // namespace tasuki::server::subscription
