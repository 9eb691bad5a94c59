#include "intake/receiver.h"

#include <functional>

#include "base/log.h"
#include "intake/records.h"
#include "intake/snapshot.h"

namespace tasuki::intake {
namespace {

record::MessageState state_of(Converted::State state) {
  switch (state) {
    case Converted::State::done:
      return record::MessageState::done;
    case Converted::State::held:
      return record::MessageState::held;
    case Converted::State::refused:
      return record::MessageState::refused;
  }
  return record::MessageState::held;
}

Converted::State state_of(record::MessageState state) {
  switch (state) {
    case record::MessageState::done:
    case record::MessageState::shadow:  // what the sender was told
      return Converted::State::done;
    case record::MessageState::held:
      return Converted::State::held;
    case record::MessageState::refused:
      return Converted::State::refused;
  }
  return Converted::State::held;
}

record::Inbound inbound_of(const FeedSettings& feed, const Converted& converted,
                           std::string_view bytes, const std::string& delivered) {
  record::Inbound inbound;
  inbound.feed = feed.id;
  inbound.organisation = feed.organisation;
  inbound.control_id = converted.control_id;
  inbound.kind = converted.kind;
  inbound.group = converted.patient;
  inbound.as_of = converted.as_of;
  inbound.bytes = bytes;
  inbound.mapping = converted.mapping;
  inbound.report = converted.report();
  inbound.report.insert(inbound.report.size() - 1, delivered);
  inbound.state = state_of(converted.state);
  // "mapping.none: この種別の…": the code in front groups the inbox.
  if (converted.state != Converted::State::done)
    inbound.reason = converted.reason_code + ": " + converted.reason;
  return inbound;
}

// What the record says of a resource is a reason to hold the message, not to lose it; anything else
// (no room, no disk) passes, and the sender tries again.
bool is_about_content(const Error& error) {
  return error.kind == Error::Kind::invalid || error.kind == Error::Kind::unsupported ||
         error.kind == Error::Kind::conflict || error.kind == Error::Kind::too_costly;
}

// Senders do use a control id again for something else. Both messages count; a person should know.
std::string report_of_reused_id(Converted& converted, const std::string& delivered) {
  Finding finding;
  finding.severity = formats::Finding::Severity::warning;
  finding.code = "duplicate.control-id";
  finding.location = "MSH-10";
  finding.message =
      "同じ電文番号で内容の違う電文が前にもありました。どちらも受け取りました。/ This control id "
      "was used before for another message; both are kept.";
  finding.task = true;
  converted.findings.push_back(std::move(finding));
  auto report = converted.report();
  converted.findings.pop_back();  // a unit of work may run more than once
  return report.insert(report.size() - 1, delivered);
}

// So many messages after the last repeated one, a run of them is over.
constexpr uint64_t new_before_a_break = 100;

void hold(Converted& converted, std::string_view code, std::string_view reason) {
  converted.state = Converted::State::held;
  converted.reason_code = code;
  converted.reason = reason;
}

void hold(Converted& converted, const Error& error) {
  hold(converted, "record.refused",
       error.location.empty() ? error.message : error.location + ": " + error.message);
}

void add_changes(const Converted& converted, record::Inbound& inbound) {
  inbound.changes.clear();
  if (inbound.state != record::MessageState::done) return;
  inbound.changes.reserve(converted.resources.size());
  for (const Made& made : converted.resources) {
    record::Change change;
    change.action = record::Change::Action::update;
    change.type = made.type;
    change.id = made.id;
    change.resource = &made.resource;
    change.unless_same = true;
    change.unless_exists = made.ensure;
    inbound.changes.push_back(std::move(change));
  }
}

}  // namespace

Receiver::Receiver(FeedSettings settings, record::Door& door, CurrentMappings mappings)
    : settings_(std::move(settings)), door_(door), mappings_(std::move(mappings)) {}

record::Session Receiver::session() const {
  return door_.session({.id = "feed:" + settings_.id,
                        .name = settings_.name,
                        .role = record::Role::feed,
                        .organisation = settings_.organisation,
                        .person = {}},
                       record::Purpose::operations);
}

std::vector<std::string> Receiver::split(std::string_view bytes) const {
  ConvertSettings settings;
  settings.kind = settings_.kind;
  settings.charset = settings_.charset;
  auto records = split_records(bytes, settings, *mappings_.get());
  if (!records.empty()) return records;
  const auto messages = split_messages(bytes);
  return {messages.begin(), messages.end()};
}

Receipt Receiver::receive(const Delivery& delivery, const Answer& answer) {
  const FeedMode mode = settings_.mode_now();
  if (mode == FeedMode::paused)
    return {.state = Converted::State::refused,
            .reason =
                "受信を止めています。後でもう一度送ってください。/ This feed is paused; send it "
                "again later."};
  if (!delivery.withdrawn && new_in_a_row_ < new_before_a_break) {
    if (auto known = repeated(delivery.bytes)) return *std::move(known);
  }
  const auto mappings = mappings_.get();  // what is made points into them: held to the end
  Converted converted = convert(delivery.bytes,
                                {.facility = settings_.organisation,
                                 .facility_name = settings_.name,
                                 .charset = settings_.charset,
                                 .kind = delivery.kind,
                                 .patient = delivery.patient,
                                 .validate = false,
                                 .withdrawn = delivery.withdrawn},
                                *mappings);
  if (!delivery.hold_because.empty()) hold(converted, "connector.doubt", delivery.hold_because);
  const std::string delivered =
      delivered_as(delivery.patient, delivery.withdrawn, delivery.hold_because, delivery.list);
  const std::lock_guard lane(lanes_[std::hash<std::string>()(converted.patient) % lanes_.size()]);
  const auto make_inbound = [&] {
    auto inbound = inbound_of(settings_, converted, delivery.bytes, delivered);
    inbound.checkpoints = delivery.checkpoints;
    if (answer) inbound.answer = answer(converted);
    if (mode == FeedMode::shadow) inbound.state = record::MessageState::shadow;
    inbound.once = !delivery.withdrawn;
    // In SS-MIX2 files the id says nothing (ss-mix2.md 9), so they are not asked.
    if (settings_.connector == Connector::mllp)
      inbound.report_if_reused = [&] { return report_of_reused_id(converted, delivered); };
    return inbound;
  };
  record::Inbound inbound = make_inbound();
  Result<Known> stored = Known();
  if (auto taken = take_back(delivery, converted, inbound); !taken)
    stored = std::move(taken).error();
  if (stored) stored = store(converted, inbound);
  if (!stored && is_about_content(stored.error())) {
    hold(converted, stored.error());
    inbound = make_inbound();
    stored = store(converted, inbound);
  }
  if (!stored) {
    log::warning("message could not be stored; the sender must try again",
                 {{"feed", log::SafeId{settings_.id}}});
    return {.state = Converted::State::refused, .reason = stored.error().message};
  }
  if (*stored) return answered_before(std::move(**stored));
  ++new_in_a_row_;
  if (converted.state == Converted::State::held) ++held_;
  if (converted.state == Converted::State::refused) ++refused_;
  ++received_;  // last: who sees it counted sees what became of it
  return {.state = converted.state,
          .stored = true,
          .answer = std::move(inbound.answer),
          .reason = converted.reason};
}

// Under the patient's lane: nobody else changes the list between its reading and the commit.
Result<void> Receiver::take_back(const Delivery& delivery, Converted& converted,
                                 record::Inbound& inbound) const {
  if (inbound.state != record::MessageState::done || delivery.list.empty() ||
      !is_whole_list(delivery.kind))
    return {};
  auto session = this->session();
  const std::string name =
      settings_.id + "|" + converted.patient + "|" + delivery.kind + "|" + delivery.list;
  return intake::take_back(session, door_.definitions(), name, converted, inbound.checkpoints);
}

Result<Receiver::Known> Receiver::store(const Converted& converted, record::Inbound& inbound) {
  add_changes(converted, inbound);
  auto session = this->session();
  TRY(session.receive(inbound));
  return session.repeated();
}

std::optional<Receipt> Receiver::repeated(std::string_view bytes) {
  auto known = session().find_same_message(settings_.id, bytes);
  if (!known || !*known) return std::nullopt;
  return answered_before(std::move(**known));
}

Receipt Receiver::answered_before(record::StoredMessage known) {
  ++repeated_;
  ++received_;
  new_in_a_row_ = 0;
  return {.state = state_of(known.state),
          .repeated = true,
          .stored = true,
          .answer = std::move(known.answer),
          .reason = std::move(known.reason)};
}

Converted Receiver::convert_again(const record::StoredMessage& message, const Delivered& before,
                                  const Mappings& mappings) const {
  Converted converted = convert_stored(message, before, settings_, mappings);
  if (!before.doubt.empty()) hold(converted, "connector.doubt", before.doubt);
  return converted;
}

Result<Converted::State> Receiver::replay(const record::StoredMessage& message) {
  const Delivered before = delivered_of(message.report);
  const auto mappings = mappings_.get();  // what is made points into them: held to the end
  Converted converted = convert_again(message, before, *mappings);
  const std::string delivered =
      delivered_as(before.patient, before.withdrawn, before.doubt, before.list);
  const std::lock_guard lane(lanes_[std::hash<std::string>()(converted.patient) % lanes_.size()]);
  record::Inbound inbound = inbound_of(settings_, converted, message.bytes, delivered);
  inbound.number = message.number;
  inbound.answer = message.answer;
  if (settings_.mode_now() == FeedMode::shadow) inbound.state = record::MessageState::shadow;
  Result<Known> stored = Known();
  if (auto taken = take_back({.bytes = message.bytes, .kind = message.kind, .list = before.list},
                             converted, inbound);
      !taken)
    stored = std::move(taken).error();
  if (stored) stored = store(converted, inbound);
  if (stored) return converted.state;
  if (!is_about_content(stored.error())) return stored.error();
  hold(converted, stored.error());
  inbound = inbound_of(settings_, converted, message.bytes, delivered);
  inbound.number = message.number;
  inbound.answer = message.answer;
  TRY(store(converted, inbound));
  return converted.state;
}

Result<Receiver::Again> Receiver::again(const record::StoredMessage& message,
                                        const Mappings& mappings) const {
  const Delivered before = delivered_of(message.report);
  Again again{.converted = convert_again(message, before, mappings), .inbound = {}};
  again.inbound =
      inbound_of(settings_, again.converted, message.bytes,
                 delivered_as(before.patient, before.withdrawn, before.doubt, before.list));
  again.inbound.number = message.number;
  TRY(take_back({.bytes = message.bytes, .kind = message.kind, .list = before.list},
                again.converted, again.inbound));
  add_changes(again.converted, again.inbound);
  return again;
}

FeedStatus Receiver::status() const {
  return {.id = settings_.id,
          .name = settings_.name,
          .received = received_,
          .held = held_,
          .refused = refused_,
          .repeated = repeated_};
}

}  // namespace tasuki::intake
