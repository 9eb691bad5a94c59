#include "intake/outbound/outbound.h"

#include <charconv>

#include <fmt/format.h>

#include "base/log.h"
#include "formats/hl7v2/message.h"
#include "json/member.h"
#include "record/notebook.h"
#include "record/operator.h"

namespace tasuki::intake {
namespace {

constexpr size_t page_forwarded = 200;
constexpr auto look_every = std::chrono::milliseconds(500);
constexpr size_t outgoing_shown_max = 500;

record::Session session_of(record::Door& door) {
  return door.session({.id = "system:outbound",
                       .name = "送信",
                       .role = record::Role::system,
                       .organisation = {},
                       .person = {}},
                      record::Purpose::operations);
}

std::string_view word_of(Circuit::State state) {
  constexpr std::string_view words[] = {"closed", "open", "probing"};
  return words[static_cast<size_t>(state)];
}

std::string shown(const std::vector<record::OutboxMessage>& messages) {
  std::string out = R"({"messages":[)";
  for (size_t i = 0; i < messages.size(); ++i) {
    const record::OutboxMessage& message = messages[i];
    out += fmt::format(R"({}{{"number":{},"tries":{})", i == 0 ? "" : ",", message.number,
                       message.tries);
    json::print_member("controlId", message.control_id, out);
    json::print_member("source", message.source, out);
    json::print_member("queued", format_instant(message.queued), out);
    json::print_member("sent", format_instant(message.sent), out);
    json::print_member("answered", format_instant(message.answered), out);
    json::print_member("answer", message.answer, out);
    json::print_member("problem", message.problem, out);
    out += '}';
  }
  return out + fmt::format(R"(],"next":{}}})",
                           messages.empty() ? "null" : std::to_string(messages.back().number));
}

}  // namespace

Outbound::Outbound(record::Door& door, const std::vector<DestinationSettings>& destinations)
    : door_(door) {
  for (const DestinationSettings& settings : destinations)
    couriers_.push_back(std::make_unique<Courier>(door, settings));
  if (!couriers_.empty())
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

Outbound::~Outbound() = default;

Result<Courier*> Outbound::find(std::string_view destination, const record::Principal& by) const {
  std::string known;
  for (const auto& courier : couriers_) {
    const DestinationSettings& settings = courier->settings();
    const bool is_own =
        by.role == record::Role::system ||
        (by.role == record::Role::clerk && by.organisation == settings.organisation);
    if (!is_own) continue;
    if (settings.id == destination) return courier.get();
    known += (known.empty() ? "" : ", ") + settings.id;
  }
  return Error{Error::Kind::not_found,
               fmt::format("その送り先はありません。/ No such destination of your facility; there "
                           "are: {}.",
                           known),
               "destination"};
}

Result<void> Outbound::send(std::string_view destination, std::string bytes,
                            const record::Principal& by) {
  Courier* const courier = TRY(find(destination, by));
  const auto parsed = TRY(hl7v2::parse(bytes));
  if (parsed.control_id().empty())
    return Error{Error::Kind::invalid,
                 "MSH-10 が空では、応答がどの電文のものか分かりません。/ MSH-10 must not be empty: "
                 "the answer could not be told from another's.",
                 "MSH-10"};
  record::OutboxMessage message;
  message.destination = courier->settings().id;
  message.control_id = parsed.control_id();
  if (const auto pid = parsed.first("PID")) message.person = pid.field(3).component(1).text();
  message.source = by.id;
  message.bytes = std::move(bytes);
  auto session = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(
      session, fmt::format("message {} to {}", message.control_id, message.destination)));
  TRY(record::Outbox(door_).add({std::move(message)}));
  courier->wake();
  return {};
}

Result<std::string> Outbound::list(const record::Principal& by) const {
  const record::Outbox outbox(door_);
  std::string out = R"({"destinations":[)";
  bool first = true;
  for (const auto& courier : couriers_) {
    const std::string& id = courier->settings().id;
    if (!find(id, by)) continue;
    const CourierStatus status = courier->status();
    out += fmt::format(R"({}{{"circuit":"{}","failures":{},"waiting":{},"tray":{},"delivered":{})",
                       first ? "" : ",", word_of(status.circuit), status.failures,
                       TRY(outbox.waiting_count(id)), TRY(outbox.tray_count(id)), status.delivered);
    first = false;
    out += fmt::format(R"(,"retriesInMs":{})",
                       status.retries_in ? std::to_string(status.retries_in->count()) : "null");
    json::print_member("id", id, out);
    json::print_member("problem", status.problem, out);
    if (status.last_delivered != Instant())
      json::print_member("lastDelivered", format_instant(status.last_delivered), out);
    out += '}';
  }
  return out + "]}";
}

Result<std::string> Outbound::tray(std::string_view destination, const Page& page,
                                   const record::Principal& by) const {
  const Courier* const courier = TRY(find(destination, by));
  return shown(TRY(record::Outbox(door_).tray(courier->settings().id, page.after,
                                              std::min(page.count_max, outgoing_shown_max))));
}

Result<std::string> Outbound::done(std::string_view destination, const Page& page,
                                   const record::Principal& by) const {
  const Courier* const courier = TRY(find(destination, by));
  return shown(TRY(record::Outbox(door_).done(courier->settings().id, page.after,
                                              std::min(page.count_max, outgoing_shown_max))));
}

Result<uint64_t> Outbound::again(std::string_view destination, std::optional<uint64_t> number,
                                 const record::Principal& by) {
  Courier* const courier = TRY(find(destination, by));
  auto session = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(session,
                                    fmt::format("tray of {} once more", courier->settings().id)));
  const uint64_t moved = TRY(record::Outbox(door_).again(courier->settings().id, number));
  courier->wake();
  return moved;
}

// ---- what feeds received goes on, in the order it came

void Outbound::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    look();
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, look_every, [] { return false; });
  }
}

void Outbound::look() {
  for (const auto& courier : couriers_) {
    for (const std::string& feed : courier->settings().forwards) {
      auto more = forward(*courier, feed);
      while (more && *more)
        more = forward(*courier, feed);
      if (!more) log::warning("messages could not be forwarded", {{"feed", log::SafeId{feed}}});
    }
    const auto pruned =
        record::Outbox(door_).prune(courier->settings().id, now() - courier->settings().done_kept);
    if (!pruned) log::warning("old deliveries could not be forgotten", {});
  }
}

// The next page of them, and how far it is, in one commit. True: there may be more.
Result<bool> Outbound::forward(Courier& courier, const std::string& feed) {
  const std::string key = fmt::format("outbound|{}|{}", courier.settings().id, feed);
  record::MessageSearch search;
  search.feed = feed;
  search.with_bytes = true;
  search.count_max = page_forwarded;
  const std::string after = TRY(record::Notebook(door_).find(key)).value_or("0");
  std::from_chars(after.data(), after.data() + after.size(), search.after);
  auto messages = TRY(session_of(door_).messages(search));
  if (messages.empty()) return false;
  const uint64_t last = messages.back().number;
  std::vector<record::OutboxMessage> outgoing;
  for (record::StoredMessage& message : messages) {
    record::OutboxMessage out;
    out.destination = courier.settings().id;
    out.person = std::move(message.group);
    out.control_id = std::move(message.control_id);
    out.source = fmt::format("message {} of feed {}", message.number, feed);
    out.bytes = std::move(message.bytes);
    outgoing.push_back(std::move(out));
  }
  const bool may_be_more = messages.size() == page_forwarded;
  TRY(record::Outbox(door_).add(std::move(outgoing), std::pair(key, std::to_string(last))));
  courier.wake();
  return may_be_more;
}

}  // namespace tasuki::intake
