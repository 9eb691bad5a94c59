#include "settings.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace tasuki::app {
namespace {

// One table of the file. Each name read is ticked off; what is left over at the end is unknown.
class Section {
 public:
  Section(const toml::table& table, std::string name) : table_(table), name_(std::move(name)) {}

  Section& text(std::string_view key, std::string& target) {
    return take<std::string>(key, "a text in quotes",
                             [&](const std::string& value) { target = value; });
  }
  Section& path(std::string_view key, std::filesystem::path& target) {
    return take<std::string>(key, "a path in quotes",
                             [&](const std::string& value) { target = value; });
  }
  Section& flag(std::string_view key, bool& target) {
    return take<bool>(key, "true or false", [&](bool value) { target = value; });
  }
  template <std::unsigned_integral T>
  Section& number(std::string_view key, T& target) {
    return take<int64_t>(key, "a whole number", [&](int64_t value) {
      if (value >= 0 && static_cast<uint64_t>(value) <= std::numeric_limits<T>::max()) {
        target = static_cast<T>(value);
      } else {
        complain(key, fmt::format("a number from 0 to {}", std::numeric_limits<T>::max()));
      }
    });
  }
  Section& texts(std::string_view key, std::vector<std::string>& target) {
    known_.insert(key);
    const toml::array* list = table_[key].as_array();
    if (list == nullptr && table_.contains(key)) complain(key, "a list of texts in quotes");
    if (list == nullptr) return *this;
    for (const toml::node& node : *list) {
      if (const auto value = node.value<std::string>()) target.push_back(*value);
    }
    return *this;
  }

  Result<void> finish() {
    for (const auto& [key, node] : table_) {
      if (problem_) break;
      if (!known_.contains(key.str())) {
        problem_ =
            Error{Error::Kind::invalid,
                  fmt::format(
                      "設定 {}{} はありません。/ There is no setting of this name; known here: {}.",
                      name_, key.str(), fmt::join(known_, ", ")),
                  fmt::format("line {}", node.source().begin.line)};
      }
    }
    if (problem_) return *problem_;
    return {};
  }

 private:
  template <class T, class F>
  Section& take(std::string_view key, std::string_view wanted, F&& use) {
    known_.insert(key);
    const auto node = table_[key];
    if (!node) return *this;
    if (const auto value = node.value_exact<T>()) {
      use(*value);
    } else {
      complain(key, wanted);
    }
    return *this;
  }
  void complain(std::string_view key, std::string_view wanted) {
    problem_ =
        Error{Error::Kind::invalid,
              fmt::format("設定 {}{} の値が正しくありません。/ It must be {}.", name_, key, wanted),
              fmt::format("line {}", table_[key].node()->source().begin.line)};
  }

  const toml::table& table_;
  std::string name_;
  std::set<std::string_view> known_;
  std::optional<Error> problem_;
};

Result<FeedSettings> read_feed(const toml::table& table) {
  FeedSettings feed;
  TRY(Section(table, "feed.")
          .text("id", feed.id)
          .text("organisation", feed.organisation)
          .text("name", feed.name)
          .text("connector", feed.connector)
          .text("kind", feed.kind)
          .text("address", feed.address)
          .number("port", feed.port)
          .text("charset", feed.charset)
          .texts("roots", feed.roots)
          .text("certificate_file", feed.certificate_file)
          .text("key_file", feed.key_file)
          .text("client_ca_file", feed.client_ca_file)
          .text("validation", feed.validation)
          .texts("required_profiles", feed.required_profiles)
          .text("state", feed.state)
          .texts("alert_to", feed.alert_to)
          .texts("escalate_to", feed.escalate_to)
          .number("escalate_minutes", feed.escalate_minutes)
          .finish());
  const std::string where = fmt::format("line {}", table.source().begin.line);
  if (feed.id.empty() || feed.name.empty()) {
    return Error{Error::Kind::invalid,
                 "feed には id と name が要ります。/ A feed needs an id and a name.", where};
  }
  const bool ten_digits =
      feed.organisation.size() == 10 &&
      std::ranges::all_of(feed.organisation, [](char c) { return c >= '0' && c <= '9'; });
  if (!ten_digits) {
    return Error{Error::Kind::invalid,
                 fmt::format("feed {} の organisation は医療機関コード10桁です。/ organisation is "
                             "the 10-digit number of the "
                             "institution responsible.",
                             feed.id),
                 where};
  }
  if (feed.state != "live" && feed.state != "shadow") {
    return Error{
        Error::Kind::invalid,
        fmt::format("feed {} の state は live か shadow です。/ state must be live or shadow.",
                    feed.id),
        where};
  }
  constexpr std::string_view connectors[] = {"mllp", "ssmix2", "ssmix2-log", "folder"};
  if (std::ranges::find(connectors, feed.connector) == std::end(connectors)) {
    return Error{
        Error::Kind::invalid,
        fmt::format("feed {0} の connector は {1} のどれかです。/ connector must be one of "
                    "{1}.",
                    feed.id, fmt::join(connectors, ", ")),
        where};
  }
  return feed;
}

Result<DestinationSettings> read_destination(const toml::table& table) {
  DestinationSettings destination;
  TRY(Section(table, "destination.")
          .text("id", destination.id)
          .text("organisation", destination.organisation)
          .text("connector", destination.connector)
          .text("address", destination.address)
          .flag("tls", destination.tls)
          .texts("forwards", destination.forwards)
          .number("lanes", destination.lanes)
          .number("tries_max", destination.tries_max)
          .number("answer_seconds", destination.answer_seconds)
          .number("retry_seconds_max", destination.retry_seconds_max)
          .flag("stops_at_fault", destination.stops_at_fault)
          .finish());
  const std::string& kind = destination.connector;
  if (destination.id.empty() || destination.address.empty() ||
      (kind != "mllp" && kind != "http" && kind != "folder"))
    return Error{Error::Kind::invalid,
                 "destination には id と address と connector(mllp、http、folder)が要ります。/ A "
                 "destination needs an id, an address and a connector: mllp, http or folder.",
                 fmt::format("line {}", table.source().begin.line)};
  return destination;
}

// "+09:00", "-05:30", "Z". FHIR's offsets reach from -14:00 to +14:00.
Result<std::chrono::minutes> read_zone(std::string_view text) {
  if (text == "Z") return std::chrono::minutes(0);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool has_shape = text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
                         is_digit(text[1]) && is_digit(text[2]) && is_digit(text[4]) &&
                         is_digit(text[5]);
  const auto number = [&](size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  if (!has_shape || number(1) > 14 || number(4) > 59) {
    return Error{
        Error::Kind::invalid,
        fmt::format("設定 search.zone の値 {} が正しくありません。/ It must be an offset such "
                    "as +09:00, or Z.",
                    text),
        "search.zone"};
  }
  const std::chrono::minutes offset(number(1) * 60 + number(4));
  return text[0] == '-' ? -offset : offset;
}

Result<Settings> read_table(const toml::table& file) {
  Settings settings;
  const toml::table none;
  const auto section = [&](std::string_view name) -> const toml::table& {
    const toml::table* table = file[name].as_table();
    return table != nullptr ? *table : none;
  };
  auto& server = settings.server;
  TRY(Section(section("server"), "server.")
          .text("address", server.address)
          .number("port", server.port)
          .number("threads", server.threads)
          .number("workers_max", server.workers_max)
          .number("body_mb_max", server.body_mb_max)
          .number("connections_max", server.connections_max)
          .number("idle_seconds_max", server.idle_seconds_max)
          .text("certificate_file", server.certificate_file)
          .text("key_file", server.key_file)
          .finish());
  TRY(Section(section("rest"), "rest.")
          .number("batch_entries_max", settings.rest.batch_entries_max)
          .number("transaction_entries_max", settings.rest.transaction_entries_max)
          .number("delete_many_max", settings.rest.delete_many_max)
          .flag("one_system_name", settings.rest.one_system_name)
          .finish());
  TRY(Section(section("data"), "data.")
          .path("folder", settings.data_folder)
          .number("cache_mb", settings.cache_mb)
          .finish());
  TRY(Section(section("program"), "program.")
          .path("definitions", settings.definitions)
          .path("mappings", settings.mappings)
          .path("web", settings.web)
          .path("candidates", settings.candidates)
          .finish());
  auto& validation = settings.validation;
  TRY(Section(section("validation"), "validation.")
          .text("level", validation.level)
          .flag("lenient", validation.lenient)
          .flag("refuse", validation.refuse)
          .texts("required", validation.required)
          .text("unknown_profile", validation.unknown_profile)
          .finish());
  std::string zone;
  TRY(Section(section("search"), "search.").text("zone", zone).finish());
  if (!zone.empty()) settings.zone = TRY(read_zone(zone));
  TRY(Section(section("demo"), "demo.").flag("enabled", settings.demo).finish());
  TRY(Section(section("import"), "import.")
          .texts("folders", settings.import_folders)
          .texts("urls", settings.import_urls)
          .finish());
  TRY(Section(section("subscription"), "subscription.")
          .texts("endpoints", settings.subscription_endpoints)
          .text("mail_relay", settings.mail_relay)
          .text("mail_from", settings.mail_from)
          .finish());
  if (const toml::array* feeds = file["feed"].as_array()) {
    for (const toml::node& node : *feeds) {
      if (node.is_table()) settings.feeds.push_back(TRY(read_feed(*node.as_table())));
    }
  }
  if (const toml::array* destinations = file["destination"].as_array()) {
    for (const toml::node& node : *destinations) {
      if (node.is_table()) settings.destinations.push_back(TRY(read_destination(*node.as_table())));
    }
  }
  TRY(Section(section("retention"), "retention.")
          .number("message_days", settings.retention.message_days)
          .flag("waits_for_backup", settings.retention.waits_for_backup)
          .finish());
  TRY(Section(section("alerts"), "alerts.")
          .texts("to", settings.alerts.to)
          .texts("escalate_to", settings.alerts.escalate_to)
          .number("escalate_minutes", settings.alerts.escalate_minutes)
          .finish());
  for (const auto& [key, node] : file) {
    const std::set<std::string_view> known{
        "server",       "rest", "data", "program", "search",      "validation", "import",
        "subscription", "demo", "feed", "alerts",  "destination", "retention"};
    if (!known.contains(key.str())) {
      return Error{Error::Kind::invalid,
                   fmt::format("設定 [{}] はありません。/ There is no such section; known: {}.",
                               key.str(), fmt::join(known, ", ")),
                   fmt::format("line {}", node.source().begin.line)};
    }
  }
  return settings;
}

}  // namespace

Result<Settings> read_settings(const std::filesystem::path& file) {
  if (file.empty()) return Settings{};
  try {
    return read_table(toml::parse_file(file.string()));
  } catch (const toml::parse_error& problem) {
    return Error{Error::Kind::invalid,
                 fmt::format("設定 {} を読めません。/ {}", file.string(), problem.description()),
                 fmt::format("line {}", problem.source().begin.line)};
  }
}

}  // namespace tasuki::app
