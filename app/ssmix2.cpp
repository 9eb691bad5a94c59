// `tasuki ssmix2`: the index of a standardized storage, how two differ, and what the record has
// received as a storage. The first two need no database; the third one that no server holds.
#include <fmt/format.h>

#include "formats/ssmix2/export.h"
#include "formats/ssmix2/log.h"
#include "json/parse.h"
#include "parts.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t page = 200;

Result<void> print_index(const fs::path& root, std::string_view facility) {
  const ssmix2::Tree tree = TRY(ssmix2::walk(root));
  fmt::print("{}", ssmix2::index_header());
  for (const ssmix2::Entry& entry : tree.entries)
    fmt::print("{}", ssmix2::index_line(entry, root.filename().string(), facility));
  for (const auto& finding : tree.findings)
    fmt::print(stderr, "{}: {}\n", finding.location, finding.message);
  return {};
}

Result<void> print_difference(const fs::path& before, const fs::path& after) {
  constexpr std::string_view words[] = {"追加 added", "更新 replaced", "削除 deleted", "消失 gone"};
  size_t counts[4] = {};
  for (const auto& change :
       ssmix2::difference(TRY(ssmix2::walk(before)), TRY(ssmix2::walk(after)))) {
    ++counts[static_cast<size_t>(change.kind)];
    fmt::print("{}\t{}\t{}\n", words[static_cast<size_t>(change.kind)], text_of(change.key),
               change.path);
  }
  for (size_t i = 0; i < 4; ++i)
    fmt::print("{} {}\n", words[i], counts[i]);
  return {};
}

// Was the file that this came from one that deletes? The delivery says so, in the message's report.
bool is_withdrawn(const record::StoredMessage& message) {
  const auto report = json::parse(message.report);
  const json::Value* const delivery = report ? report->root.find("delivery") : nullptr;
  const json::Value* const withdrawn = delivery == nullptr ? nullptr : delivery->find("withdrawn");
  return withdrawn != nullptr && withdrawn->boolean();
}

struct Exported {
  size_t written = 0, left_out = 0;
};

// Where the messages go: a tree, and a log of them if one is asked for.
struct Target {
  fs::path folder;
  std::optional<ssmix2::LogWriter> log;
};

Result<void> export_message(const record::StoredMessage& message, Target& target, Exported& out) {
  const auto parsed = hl7v2::parse(message.bytes);
  const bool is_kind = message.kind.find('^') == std::string::npos;
  auto name = parsed ? ssmix2::name_of(*parsed, is_kind ? message.kind : std::string())
                     : Result<ssmix2::FileName>(parsed.error());
  if (!name) {
    ++out.left_out;
    fmt::print(stderr, "{} {}: {} {}\n", message.number, message.kind, name.error().location,
               name.error().message);
    return {};
  }
  if (is_withdrawn(message)) name->flag = ssmix2::Flag::deleted;
  TRY(ssmix2::write(target.folder, *name, message.bytes));
  if (target.log) TRY(target.log->add(*name, message.bytes));
  ++out.written;
  return {};
}

// In the order they were received, so that the states of the files come out as they were.
Result<void> export_tree(const Arguments& arguments, const fs::path& folder, std::string_view feed,
                         std::string_view log) {
  const Settings settings = TRY(settings_of(arguments));
  const Parts parts = TRY(build_parts(settings));
  Exported out;
  for (const intake::FeedSettings& one : feeds_of(settings)) {
    if (!feed.empty() && one.id != feed) continue;
    Target target{.folder = folder, .log = {}};
    // A log is one institution's: several feeds have one each.
    if (!log.empty())
      target.log.emplace(feed.empty() ? fs::path(log) / one.id : fs::path(log), one.organisation);
    auto session = parts.door->session({.id = "system:export",
                                        .name = "SS-MIX2 書き出し",
                                        .role = record::Role::system,
                                        .organisation = one.organisation,
                                        .person = {}},
                                       record::Purpose::operations);
    record::MessageSearch search;
    search.feed = one.id;
    search.with_bytes = true;
    search.count_max = page;
    for (bool more = true; more;) {
      const auto messages = TRY(session.messages(search));
      for (const record::StoredMessage& message : messages)
        if (message.state == record::MessageState::done) TRY(export_message(message, target, out));
      more = messages.size() == page;
      if (more) search.after = messages.back().number;
    }
  }
  fmt::print("書き出し {0}、SS-MIX2 にない {1} / {0} written, {1} without a place in SS-MIX2\n",
             out.written, out.left_out);
  return {};
}

Result<void> run_ssmix2(const Arguments& arguments) {
  const auto& words = arguments.rest;
  const std::string_view what = words.empty() ? std::string_view() : words[0];
  if (what == "index" && (words.size() == 2 || (words.size() == 4 && words[2] == "--organisation")))
    return print_index(words[1], words.size() == 4 ? words[3] : std::string_view());
  if (what == "diff" && words.size() == 3) return print_difference(words[1], words[2]);
  if (what == "export" && words.size() >= 2) {
    std::string_view feed, log;
    size_t at = 2;
    for (; at + 1 < words.size(); at += 2) {
      if (words[at] == "--feed")
        feed = words[at + 1];
      else if (words[at] == "--log")
        log = words[at + 1];
      else
        break;
    }
    if (at == words.size()) return export_tree(arguments, words[1], feed, log);
  }
  return Error{
      Error::Kind::invalid,
      "ssmix2 index ルート、ssmix2 diff 前 後、ssmix2 export フォルダ のどれかです。/ It is ssmix2 "
      "index ROOT [--organisation N], ssmix2 diff BEFORE AFTER or ssmix2 export FOLDER [--feed "
      "ID] [--log FOLDER].",
      "ssmix2"};
}

}  // namespace

int ssmix2(const Arguments& arguments) {
  const auto done = run_ssmix2(arguments);
  return done ? 0 : complain(done.error());
}

}  // namespace tasuki::app
