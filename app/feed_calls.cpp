#include "feed_calls.h"

#include <algorithm>

#include <fmt/format.h>

#include "json/print.h"

namespace tasuki::app {
namespace {

using Words = std::vector<std::string_view>;
using Options = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr std::string_view usage = R"(tasuki feed …
  list | show ID | false-alarm ID                         ようすを見る / how the feeds are
  propose FOLDER | confirm FOLDER --id … --organisation … --name …
                                                          標本から受信連携をつくる / a feed from samples
  gate ID | limits ID [--messagesMin N] [--doneMin S] [--carriedMin S] [--codedMin S] [--taskMax S] [--unknownKindsMax N]
  report ID | judge ID                                    影の運用を確かめる / what the shadow holds
  live ID | shadow ID | pause ID --because TEXT | resume ID
  inbox | retry [--feed ID] [--reason R]                  止まっているもの / what waits
  codes | approve TABLE FROM TO [--system S] [--display D] [--reason R] | history TABLE
  mappings | reload                                       変換規則 / the mappings in force
  replay ID [--mappings NAME] [--kind K] [--person P] [--state S] [--since T] ...
  replays | replay-show RID | replay-changes RID | publish RID | undo RID | forget RID
  search [--person P] [--order N] [--code C] [--cause R] [--control N] [--feed ID] | message NUMBER
  destinations | tray ID | again ID [NUMBER]
  alerts | take-on ID
  space | backup NUMBER | hold ID | release ID            保存と空き / what is kept, and room
)";

Error misused(std::string_view word) {
  return {Error::Kind::invalid, std::string(usage), std::string(word)};
}

// --name value --name value
Result<Options> options_of(const Words& words, size_t from) {
  Options options;
  for (size_t i = from; i < words.size(); i += 2) {
    if (!words[i].starts_with("--") || i + 1 == words.size()) return misused(words[i]);
    options.emplace_back(words[i].substr(2), words[i + 1]);
  }
  return options;
}

std::string encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    out += is_plain ? std::string(1, c)
                    : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

enum class Takes : uint8_t { texts, numbers };

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.front() != '.' && text.back() != '.';
}

Result<std::string> body_of(const Options& options, Takes takes = Takes::texts) {
  std::string body;
  for (const auto& [name, value] : options) {
    body += body.empty() ? "{" : ",";
    json::print_string(name, body);
    body += ':';
    if (takes == Takes::texts) {
      json::print_string(value, body);
    } else if (is_number(value)) {
      body += value;
    } else {
      return misused(value);
    }
  }
  return body.empty() ? body : body + "}";
}

// Words that are one call on all.
struct VerbOfAll {
  std::string_view word, method, target;
};
constexpr VerbOfAll verbs_of_all[] = {
    {"list", "GET", "feeds"},          {"inbox", "GET", "inbox"},
    {"retry", "POST", "inbox/replay"}, {"codes", "GET", "codes"},
    {"mappings", "GET", "mappings"},   {"reload", "POST", "mappings/reload"},
    {"replays", "GET", "replays"},     {"destinations", "GET", "destinations"},
    {"alerts", "GET", "alerts"},       {"space", "GET", "space"},
};

// Words that are one call on one thing.
struct VerbOfOne {
  std::string_view word, method, before, after;
  Takes takes = Takes::texts;
};
constexpr VerbOfOne verbs_of_one[] = {
    {"show", "GET", "feeds/", ""},
    {"gate", "GET", "feeds/", "/gate"},
    {"limits", "POST", "feeds/", "/gate", Takes::numbers},
    {"report", "GET", "feeds/", "/report"},
    {"judge", "POST", "feeds/", "/judge"},
    {"live", "POST", "feeds/", "/live"},
    {"shadow", "POST", "feeds/", "/shadow"},
    {"pause", "POST", "feeds/", "/pause"},
    {"resume", "POST", "feeds/", "/resume"},
    {"hold", "POST", "feeds/", "/hold"},
    {"release", "POST", "feeds/", "/release"},
    {"false-alarm", "POST", "feeds/", "/false-alarm"},
    {"history", "GET", "codes/history?table=", ""},
    {"replay-show", "GET", "replays/", ""},
    {"replay-changes", "GET", "replays/", "/changes"},
    {"publish", "POST", "replays/", "/publish"},
    {"undo", "POST", "replays/", "/undo"},
    {"forget", "POST", "replays/", "/forget"},
    {"message", "GET", "messages/", ""},
    {"tray", "GET", "destinations/", "/tray"},
    {"again", "POST", "destinations/", "/tray/again"},
    {"take-on", "POST", "alerts/", "/take-on"},
};

// Words with more than a thing's name and options behind them.
Result<FeedCall> special_call_of(const Words& words) {
  if (words[0] == "search") {
    FeedCall call{.target = "messages"};
    for (const auto& [name, value] : TRY(options_of(words, 1)))
      call.target += fmt::format("{}{}={}", call.target.contains('?') ? "&" : "?", encoded(name),
                                 encoded(value));
    return call;
  }
  if (words[0] == "replay" && words.size() > 1) {
    Options options = TRY(options_of(words, 2));
    options.insert(options.begin(), {"feed", words[1]});
    return FeedCall{.method = "POST", .target = "replays", .body = TRY(body_of(options))};
  }
  if (words[0] == "approve" && words.size() > 3) {
    Options options = TRY(options_of(words, 4));
    options.insert(options.begin(), {{"table", words[1]}, {"from", words[2]}, {"to", words[3]}});
    return FeedCall{.method = "POST", .target = "codes/approve", .body = TRY(body_of(options))};
  }
  if (words[0] == "backup" && words.size() == 2)
    return FeedCall{.method = "POST",
                    .target = "backup",
                    .body = TRY(body_of({{"upTo", words[1]}}, Takes::numbers))};
  if (words[0] == "again" && words.size() == 3)
    return FeedCall{.method = "POST",
                    .target = fmt::format("destinations/{}/tray/{}/again", words[1], words[2])};
  return misused(words[0]);
}

}  // namespace

Result<FeedCall> feed_call_of(const Words& words) {
  if (words.empty()) return misused("feed");
  const auto* const all = std::ranges::find(verbs_of_all, words[0], &VerbOfAll::word);
  if (all != std::end(verbs_of_all)) {
    const Options options = TRY(options_of(words, 1));
    return FeedCall{
        .method = all->method, .target = std::string(all->target), .body = TRY(body_of(options))};
  }
  const auto* const one = std::ranges::find(verbs_of_one, words[0], &VerbOfOne::word);
  const bool is_of_one = one != std::end(verbs_of_one) && words.size() > 1 &&
                         (words.size() == 2 || words[2].starts_with("--"));
  if (!is_of_one) return special_call_of(words);
  const Options options = TRY(options_of(words, 2));
  return FeedCall{.method = one->method,
                  .target = fmt::format("{}{}{}", one->before, words[1], one->after),
                  .body = TRY(body_of(options, one->takes))};
}

}  // namespace tasuki::app
