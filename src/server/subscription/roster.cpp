#include "server/subscription/roster.h"

#include "base/utf8.h"
#include "json/parse.h"
#include "record/accounts.h"
#include "server/subscription/deliver.h"

namespace tasuki::server::subscription {
namespace {

record::Principal own_principal(const std::string& organisation) {
  return {.id = std::string(Roster::own_id),
          .name = "通知",
          .role = record::Role::system,
          .organisation = organisation,
          .person = {}};
}

}  // namespace

Roster::Roster(record::Door& door, const SubscriptionSettings& settings, std::string base)
    : door_(door),
      settings_(settings),
      base_(std::move(base)),
      notebook_(door),
      type_(*door.definitions().resource_type("Subscription")) {}

Result<std::optional<Enlisted>> Roster::judge(const record::FeedChange& change) {
  const std::optional<Enlisted> nothing;
  if (change.resource.deleted || !TRY(is_current(change))) return nothing;
  const json::Document document = TRY(json::parse(change.resource.body));
  const auto status = document.root.text_of("status");
  if (status != "requested" && status != "active") return nothing;
  auto parsed = parse_subscription(door_.definitions(), document.root,
                                   [this](std::string_view url) { return topic(url); });
  if (parsed)
    if (auto allowed = check_endpoint(settings_, *parsed); !allowed)
      parsed = Result<Subscription>(std::move(allowed).error());
  if (!parsed) {
    TRY(write_status(change, "error", parsed.error().message));
    return nothing;
  }
  if (change.author == own_id) return resume(change, *std::move(parsed));
  TRY(activate(change, *std::move(parsed)));
  return nothing;  // the feed brings it by again, as active
}

// After a restart old changes come by again; only the newest version counts.
Result<bool> Roster::is_current(const record::FeedChange& change) {
  auto session = door_.session(own_principal(change.organisation), record::Purpose::operations);
  const auto standing = session.read(type_, change.resource.id);
  if (standing) return standing->version == change.resource.version;
  if (standing.error().kind == Error::Kind::gone) return false;
  return standing.error();
}

// The backport shakes hands first; R4 does not.
Result<void> Roster::activate(const record::FeedChange& change, Subscription subscription) {
  Progress progress = TRY(progress_of(notebook_, subscription.id)).value_or(Progress{.author = {}});
  if (progress.author.empty()) progress.start = change.sequence;
  progress.author = change.author;
  TRY(notebook_.set_all({note_of(subscription.id, progress)}));
  if (!subscription.topic.empty() && subscription.channel == Channel::rest_hook) {
    const auto greeted =
        deliver(settings_, subscription, base_,
                {.told = Told::handshake, .events_since_start = progress.events, .events = {}});
    if (!greeted)
      return write_status(change, "error", "The handshake failed: " + greeted.error().message);
  }
  return write_status(change, "active", {});
}

Result<std::vector<Trigger>> Roster::topic(std::string_view url) {
  const auto basic = *door_.definitions().resource_type("Basic");
  for (const auto& change : TRY(record::all_standing(door_, basic))) {
    const auto document = TRY(json::parse(change.resource.body));
    auto found = parse_topic(door_.definitions(), document.root);
    if (found && found->url == url) return std::move(found->triggers);
  }
  return Error{Error::Kind::invalid, fmt::format("There is no topic \"{}\".", utf8::head(url, 200)),
               "Subscription.criteria"};
}

Result<void> Roster::write_status(const record::FeedChange& change, std::string_view status,
                                  std::string_view error) {
  auto session = door_.session(own_principal(change.organisation), record::Purpose::operations);
  const auto standing = session.read(type_, change.resource.id);
  if (!standing) return {};  // deleted meanwhile: the feed will tell
  json::Document document = TRY(json::parse(standing->body));
  const bool same = document.root.text_of("status") == status &&
                    document.root.text_of("error") == error && change.author == own_id;
  if (same) return {};
  document.root.set(document.arena, "status", json::Value::string(document.arena, status));
  if (error.empty()) {
    document.root.remove("error");
  } else {
    document.root.set(document.arena, "error", json::Value::string(document.arena, error));
  }
  const auto written = session.write({.action = record::Change::Action::update,
                                      .type = type_,
                                      .id = change.resource.id,
                                      .resource = &document.root,
                                      .if_match = standing->version,
                                      .if_none_exist = {}});
  if (!written && written.error().kind != Error::Kind::conflict) return written.error();
  return {};
}

Result<std::optional<Enlisted>> Roster::resume(const record::FeedChange& change,
                                               Subscription subscription) {
  const std::optional<Enlisted> nothing;
  const auto progress = TRY(progress_of(notebook_, subscription.id));
  if (!progress) return nothing;
  const auto principal = TRY(door_.accounts().find(progress->author));
  if (principal) return std::optional(Enlisted{std::move(subscription), *principal, *progress});
  TRY(write_status(change, "error", "The account that subscribed does not exist."));
  return nothing;
}

}  // namespace tasuki::server::subscription
