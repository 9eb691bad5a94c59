#include "server/subscription/sockets.h"

#include <map>

#include "base/guarded.h"
#include "base/log.h"
#include "base/utf8.h"
#include "record/accounts.h"
#include "server/purpose.h"
#include "server/subscription/known.h"
#include "server/subscription/token.h"

namespace tasuki::server::subscription {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t bindings_max = 100;  // of one socket

class Conversation;

struct Binding {
  std::string account;
  bool by_token = false;  // no session to be still open
  std::shared_ptr<Conversation> conversation;
};

// What conversations and the engine share; conversations may outlive the engine for a moment.
struct Room {
  std::multimap<std::string, Binding, std::less<>> bindings;  // by subscription
  std::vector<std::weak_ptr<Conversation>> unbound;           // as far as is known
};

class Conversation final : public net::WebSocketTalk,
                           public std::enable_shared_from_this<Conversation> {
 public:
  Conversation(record::Door& door, std::string base, Opener opener,
               std::shared_ptr<Guarded<Room>> room, std::function<void()> bound)
      : door_(door),
        base_(std::move(base)),
        opener_(std::move(opener)),
        room_(std::move(room)),
        bound_(std::move(bound)) {}

  void opened(std::weak_ptr<net::WebSocket> socket) override { socket_ = std::move(socket); }

  void received(const std::string& text) override {
    try {
      answer(text);
    } catch (const std::exception&) {
      log::error("a websocket's message threw", {});
      close();
    }
  }

  void closed() override { leave(); }

  bool is_bound() const { return binding_count() > 0; }
  Clock::time_point opened_at() const { return opened_at_; }
  bool close() {  // false: it is not open yet
    const auto socket = socket_.lock();
    if (socket) socket->close();
    return socket != nullptr;
  }

  // Whoever has signed out since is told nothing more.
  Result<void> deliver(const std::vector<std::string>& texts, bool by_token) {
    const auto socket = socket_.lock();
    const bool welcome = by_token || !opener_.is_signed_in || opener_.is_signed_in();
    if (!socket || !welcome) {
      close();
      leave();
      return Error{Error::Kind::unauthenticated, "Nobody is signed in on the websocket.", {}};
    }
    for (const std::string& text : texts) {
      auto delivered = socket->deliver(text);
      if (delivered) continue;
      leave();
      return delivered;
    }
    return {};
  }

 private:
  void answer(std::string_view text) {
    while (text.ends_with('\n') || text.ends_with(' '))
      text.remove_suffix(1);
    const size_t space = text.find(' ');
    const auto word = text.substr(0, space);
    const auto what = space == std::string_view::npos ? std::string_view() : text.substr(space + 1);
    if (word == "bind") return bind(what);
    if (word == "bind-with-token") return bind_with_token(what);
    refuse({}, "A message is \"bind <id>\" or \"bind-with-token <token>\".");
  }

  void bind(std::string_view id) {
    if (!opener_.principal)
      return refuse(id, "Sign in before the websocket is opened, or use bind-with-token.");
    bind_for(id, *opener_.principal, false);
  }

  void bind_with_token(std::string_view token) {
    const auto grant = redeem_token(door_, token, now());
    if (!grant) return refuse({}, grant.error().message);
    const auto principal = door_.accounts().find(grant->account);
    if (!principal || !*principal) return refuse({}, "The account does not exist.");
    for (const std::string& id : grant->subscriptions)
      bind_for(id, **principal, true);
  }

  void bind_for(std::string_view id, const record::Principal& principal, bool by_token) {
    auto session = door_.session(principal, purpose_of(principal));
    const auto found = known(session, id);
    if (!found) return refuse(id, found.error().message);
    if (found->progress.author != principal.id)
      return refuse(id, "Only who subscribed may listen.");
    if (found->subscription.channel != Channel::websocket || found->subscription.status != "active")
      return refuse(id, "It is not an active subscription with the channel websocket.");
    if (binding_count() >= bindings_max)
      return refuse(id, "Too many subscriptions on one websocket.");
    say(greeting(*found, by_token));  // before anything is told
    enter(id, principal.id, by_token);
    bound_();
  }

  std::string greeting(const Known& found, bool by_token) const {
    if (!by_token || found.subscription.topic.empty()) return "bound " + found.subscription.id;
    return bundle_text(found.subscription, base_, Told::handshake, found.progress.events, {},
                       now());
  }

  size_t binding_count() const {
    return room_->with([&](const Room& room) {
      return static_cast<size_t>(
          std::ranges::count_if(room.bindings, [&](const auto& each) { return is_own(each); }));
    });
  }

  void enter(std::string_view id, const std::string& account, bool by_token) {
    room_->with([&](Room& room) {
      const auto [from, to] = room.bindings.equal_range(id);
      if (std::any_of(from, to, [&](const auto& each) { return is_own(each); })) return;
      room.bindings.emplace(id, Binding{account, by_token, this->shared_from_this()});
    });
  }

  void leave() {
    room_->with([&](Room& room) {
      std::erase_if(room.bindings, [&](const auto& each) { return is_own(each); });
    });
  }

  bool is_own(const std::pair<const std::string, Binding>& each) const {
    return each.second.conversation.get() == this;
  }

  void refuse(std::string_view id, std::string_view sentence) {
    constexpr size_t id_bytes_max = 64;
    say(fmt::format("error {} {}", id.empty() ? "-" : utf8::head(id, id_bytes_max), sentence));
  }

  void say(std::string text) {
    if (const auto socket = socket_.lock()) socket->send(std::move(text));
  }

  record::Door& door_;
  const std::string base_;
  const Opener opener_;
  const std::shared_ptr<Guarded<Room>> room_;
  const std::function<void()> bound_;
  std::weak_ptr<net::WebSocket> socket_;
  const Clock::time_point opened_at_ = Clock::now();
};

class BoundSockets final : public Sockets {
 public:
  BoundSockets(record::Door& door, std::string base, std::function<void()> bound)
      : door_(door), base_(std::move(base)), bound_(std::move(bound)) {}

  std::shared_ptr<net::WebSocketTalk> talk(Opener opener) override {
    auto conversation =
        std::make_shared<Conversation>(door_, base_, std::move(opener), room_, bound_);
    room_->with([&](Room& room) { room.unbound.push_back(conversation); });
    return conversation;
  }

  void close_unbound(std::chrono::milliseconds wait_max) override {
    const auto unbound = room_->with([](Room& room) { return std::exchange(room.unbound, {}); });
    for (const auto& each : unbound) {
      const auto conversation = each.lock();
      if (!conversation || conversation->is_bound()) continue;
      const bool waited = Clock::now() - conversation->opened_at() >= wait_max;
      if (waited && conversation->close()) continue;
      room_->with([&](Room& room) { room.unbound.push_back(each); });
    }
  }

  bool has(std::string_view subscription, std::string_view account) const override {
    return !bound_to(subscription, account).empty();
  }

  Result<void> deliver(std::string_view subscription, std::string_view account,
                       const std::vector<std::string>& texts) override {
    Result<void> last =
        Error{Error::Kind::unavailable, "No websocket is bound to the subscription.", {}};
    bool taken = false;
    for (const Binding& binding : bound_to(subscription, account)) {
      last = binding.conversation->deliver(texts, binding.by_token);
      taken = taken || last.has_value();
    }
    if (taken) return {};
    return last;
  }

 private:
  std::vector<Binding> bound_to(std::string_view subscription, std::string_view account) const {
    return room_->with([&](const Room& room) {
      std::vector<Binding> found;
      const auto [from, to] = room.bindings.equal_range(subscription);
      for (auto each = from; each != to; ++each)
        if (each->second.account == account) found.push_back(each->second);
      return found;
    });
  }

  record::Door& door_;
  const std::string base_;
  const std::function<void()> bound_;
  const std::shared_ptr<Guarded<Room>> room_ = std::make_shared<Guarded<Room>>();
};

}  // namespace

std::string websocket_url(std::string_view base) {
  std::string url(base);
  if (url.starts_with("http")) url.replace(0, 4, "ws");
  return url + "/websocket";
}

std::unique_ptr<Sockets> Sockets::make(record::Door& door, std::string base,
                                       std::function<void()> bound) {
  return std::make_unique<BoundSockets>(door, std::move(base), std::move(bound));
}

}  // namespace tasuki::server::subscription
