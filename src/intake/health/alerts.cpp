#include "intake/health/alerts.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "json/parse.h"
#include "json/print.h"
#include "net/http_client.h"
#include "net/smtp.h"
#include "record/notebook.h"
#include "record/operator.h"

namespace tasuki::intake::health {
namespace {

using json::Value;

constexpr std::string_view alert_prefix = "alert|";
constexpr std::string_view mail_scheme = "mailto:";

void add_new(const std::vector<std::string>& addresses, const std::vector<std::string>& known,
             std::vector<std::string>& out) {
  for (const std::string& address : addresses)
    if (std::ranges::find(known, address) == known.end() &&
        std::ranges::find(out, address) == out.end())
      out.push_back(address);
}

Value list_of(const std::vector<std::string>& texts, json::Arena& arena) {
  Value made = Value::array();
  for (const std::string& text : texts)
    made.push(arena, Value::string(arena, text));
  return made;
}

std::vector<std::string> texts_in(const Value& object, std::string_view name) {
  std::vector<std::string> texts;
  if (const Value* const list = object.find(name))
    for (const Value& item : list->items())
      texts.emplace_back(item.text());
  return texts;
}

bool truth_in(const Value& object, std::string_view name) {
  const Value* const value = object.find(name);
  return value != nullptr && value->boolean();
}

}  // namespace

std::vector<Trouble> troubles_of(const std::vector<FeedHealth>& feeds) {
  std::vector<Trouble> troubles;
  for (const FeedHealth& feed : feeds) {
    Trouble trouble{
        .id = feed.status.id,
        .organisation = feed.organisation,
        .stands = feed.card.level == Card::Level::warning || feed.card.level == Card::Level::fault,
        .level = feed.card.level == Card::Level::fault ? "fault" : "warning",
        .lines = {}};
    std::ranges::copy_if(feed.card.lines, std::back_inserter(trouble.lines),
                         [](const std::string& line) { return !line.empty(); });
    troubles.push_back(std::move(trouble));
  }
  return troubles;
}

Alerts::Alerts(record::Door& door, AlertSettings settings)
    : door_(door), settings_(std::move(settings)) {
  const auto notes = record::Notebook(door_).all(alert_prefix);
  if (!notes) return;
  for (const record::Note& note : *notes) {
    Alert alert = alert_of(note.value);
    alerts_[alert.id] = std::move(alert);
  }
}

const Owners& Alerts::owners_of(const std::string& feed) const {
  const auto own = settings_.of_feed.find(feed);
  return own == settings_.of_feed.end() || own->second.first.empty() ? settings_.usual
                                                                     : own->second;
}

void Alerts::look(const std::vector<Trouble>& troubles, Instant now) {
  const std::lock_guard lock(mutex_);
  for (const Trouble& trouble : troubles) {
    const auto known = alerts_.find(trouble.id);
    if (known == alerts_.end() && !trouble.stands) continue;
    Alert& alert = alerts_[trouble.id];
    const std::string before = text_of(alert);
    turn(alert, trouble, now);
    deliver(alert);
    if (text_of(alert) != before && !keep(alert)) log::warning("alert was not kept", {});
    if (alert.is_over && alert.owed.empty()) alerts_.erase(trouble.id);
  }
}

void Alerts::turn(Alert& alert, const Trouble& trouble, Instant now) const {
  const Owners& owners = owners_of(trouble.id);
  const bool begins = trouble.stands && (alert.id.empty() || alert.is_over);
  if (begins) {
    alert = {};
    alert.id = trouble.id;
    alert.organisation = trouble.organisation;
    alert.since = now;
    alert.owed = owners.first;
  }
  if (trouble.stands) {
    alert.level = trouble.level;
    alert.lines = trouble.lines;
    const bool waits_too_long = alert.taken_by.empty() && !alert.has_escalated &&
                                now - alert.since >= owners.escalates_after;
    if (waits_too_long) {
      alert.has_escalated = true;
      add_new(owners.then, alert.told, alert.owed);
    }
    return;
  }
  if (alert.is_over) return;
  alert.is_over = true;
  alert.lines = trouble.lines;
  alert.owed = std::exchange(alert.told, {});  // who has not heard that it began need not hear this
}

void Alerts::deliver(Alert& alert) const {
  std::vector<std::string> left;
  for (const std::string& address : alert.owed) {
    if (tell(address, alert)) {
      alert.told.push_back(address);
    } else {
      log::warning("an alert could not be delivered", {{"feed", log::SafeId{alert.id}}});
      left.push_back(address);
    }
  }
  alert.owed = std::move(left);
}

Result<void> Alerts::tell(const std::string& address, const Alert& alert) const {
  const std::string subject =
      fmt::format("Tasuki: {} {}", alert.id,
                  alert.is_over ? "元に戻りました / over" : "いつもと違います / not as usual");
  if (address.starts_with(mail_scheme)) {
    if (settings_.mail_relay.empty())
      return Error{Error::Kind::unavailable, "The settings name no mail relay.", {}};
    return net::send_mail(settings_.mail_relay,
                          {.from = settings_.mail_from,
                           .to = address.substr(mail_scheme.size()),
                           .subject = subject,
                           .text = fmt::format("{}\n", fmt::join(alert.lines, "\n"))});
  }
  json::Arena arena;
  Value body = Value::object();
  const auto text = [&](std::string_view name, std::string_view value) {
    body.append(arena, name, Value::string(arena, value));
  };
  text("feed", alert.id);
  text("state", alert.is_over ? "over" : alert.has_escalated ? "escalated" : "begun");
  text("level", alert.level);
  text("since", format_instant(alert.since));
  body.append(arena, "lines", list_of(alert.lines, arena));
  std::string json;
  json::print(body, json);
  const auto answer =
      TRY(net::send_http("POST", address, {{"Content-Type", "application/json"}}, json));
  if (answer.status >= 200 && answer.status < 300) return {};
  return Error{Error::Kind::unavailable,
               fmt::format("The webhook answered with status {}.", answer.status),
               {}};
}

Result<std::string> Alerts::list(const record::Principal& by) const {
  const std::lock_guard lock(mutex_);
  std::string out = R"({"alerts":[)";
  bool first = true;
  for (const auto& [id, alert] : alerts_) {
    const bool is_own = by.role == record::Role::system || by.organisation == alert.organisation;
    if (!is_own || alert.is_over) continue;
    out += (first ? "" : ",") + text_of(alert);
    first = false;
  }
  return out + "]}";
}

Result<void> Alerts::take_on(std::string_view id, const record::Principal& by) {
  const std::lock_guard lock(mutex_);
  const auto found = alerts_.find(std::string(id));
  const bool is_own =
      found != alerts_.end() && !found->second.is_over &&
      (by.role == record::Role::system || by.organisation == found->second.organisation);
  if (!is_own)
    return Error{Error::Kind::not_found, "その知らせはありません。/ There is no such alert.",
                 std::string(id)};
  auto session = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(session, fmt::format("alert of {} taken on", id)));
  found->second.taken_by = by.name.empty() ? by.id : by.name;
  return keep(found->second);
}

Result<void> Alerts::keep(const Alert& alert) {
  const std::string key = std::string(alert_prefix) + alert.id;
  record::Notebook notebook(door_);
  if (alert.is_over && alert.owed.empty()) return notebook.remove_all({key});
  return notebook.set(key, text_of(alert));
}

std::string Alerts::text_of(const Alert& alert) {
  json::Arena arena;
  Value made = Value::object();
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) made.append(arena, name, Value::string(arena, value));
  };
  text("id", alert.id);
  text("organisation", alert.organisation);
  text("level", alert.level);
  text("since", format_instant(alert.since));
  text("takenBy", alert.taken_by);
  made.append(arena, "escalated", Value::boolean(alert.has_escalated));
  made.append(arena, "over", Value::boolean(alert.is_over));
  made.append(arena, "lines", list_of(alert.lines, arena));
  made.append(arena, "told", list_of(alert.told, arena));
  made.append(arena, "owed", list_of(alert.owed, arena));
  std::string out;
  json::print(made, out);
  return out;
}

Alerts::Alert Alerts::alert_of(std::string_view text) {
  Alert alert;
  const auto kept = json::parse(text);
  if (!kept) return alert;
  const Value& root = kept->root;
  alert.id = root.text_of("id");
  alert.organisation = root.text_of("organisation");
  alert.level = root.text_of("level");
  alert.since = parse_instant(root.text_of("since")).value_or(Instant());
  alert.taken_by = root.text_of("takenBy");
  alert.has_escalated = truth_in(root, "escalated");
  alert.is_over = truth_in(root, "over");
  alert.lines = texts_in(root, "lines");
  alert.told = texts_in(root, "told");
  alert.owed = texts_in(root, "owed");
  return alert;
}

}  // namespace tasuki::intake::health
