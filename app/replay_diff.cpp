// `tasuki replay --diff`: what a mapping would make of stored messages, shown before it is
// published; published and taken back. On a database that no server holds; a running server is
// asked by `tasuki feed replay`.
#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "intake/replay/replays.h"
#include "json/parse.h"
#include "parts.h"
#include "replay_diff.h"

namespace tasuki::app {
namespace {

constexpr size_t shown_max = 20;

const record::Principal operator_at_the_machine{.id = "system:replay",
                                                .name = "運用",
                                                .role = record::Role::system,
                                                .organisation = {},
                                                .person = {}};

Result<void> show(const intake::Replays& replays, const std::string& id, size_t changes) {
  fmt::print("{}\n", TRY(replays.show(id, operator_at_the_machine)));
  if (changes > 0)
    fmt::print("{}\n", TRY(replays.changes(id, {.after = {}, .count_max = changes},
                                           operator_at_the_machine)));
  return {};
}

Result<void> compare(intake::Replays& replays, std::span<const std::string_view> words) {
  json::Document asked;
  asked.root = json::Value::object();
  for (size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--") || i + 1 == words.size())
      return Error{
          Error::Kind::invalid,
          "指定は「--名前 値」です。/ Options are --name value: feed, kind, person, reason, "
          "state, from, to, since, until, mappings.",
          std::string(words[i])};
    asked.root.set(asked.arena, words[i].substr(2), json::Value::string(asked.arena, words[i + 1]));
    ++i;
  }
  const auto choice = TRY(intake::choice_of(asked.root));
  const std::string id = TRY(replays.start(choice, operator_at_the_machine));
  replays.wait();
  return show(replays, id, shown_max);
}

}  // namespace

Result<void> replay_with_difference(const Arguments& arguments) {
  const Settings settings = TRY(settings_of(arguments));
  const Parts parts = TRY(build_parts(settings));
  intake::Replays replays(*parts.door, *parts.mappings, feeds_of(settings),
                          replay_settings_of(settings));
  replays.wait();  // what was under way when the program stopped
  const std::span<const std::string_view> words = arguments.rest;
  if (words[0] == "--diff") return compare(replays, words.subspan(1));
  if (words[0] == "--list") {
    fmt::print("{}\n", TRY(replays.list(operator_at_the_machine)));
    return {};
  }
  if (words.size() < 2)
    return Error{Error::Kind::invalid, "再処理の id が要ります。/ The id of a replay is needed.",
                 std::string(words[0])};
  const std::string id(words[1]);
  if (words[0] == "--publish") TRY(replays.publish(id, operator_at_the_machine));
  if (words[0] == "--undo") TRY(replays.undo(id, operator_at_the_machine));
  replays.wait();
  return show(replays, id, words[0] == "--show" ? shown_max : 0);
}

bool is_replay_with_difference(const Arguments& arguments) {
  constexpr std::string_view words[] = {"--diff", "--list", "--show", "--publish", "--undo"};
  return !arguments.rest.empty() &&
         std::ranges::find(words, arguments.rest.front()) != std::end(words);
}

}  // namespace tasuki::app
