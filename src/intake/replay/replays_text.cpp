// A replay as it is kept and shown: one JSON object.
#include <algorithm>

#include <fmt/format.h>

#include "intake/replay/replays.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr std::string_view state_words[] = {"comparing", "ready",  "publishing", "published",
                                            "undoing",   "undone", "forgetting", "failed"};

}  // namespace

std::string Replays::text_of(const Replay& replay) {
  json::Arena arena;
  Value made = Value::object();
  const auto text = [&](std::string_view name, std::string_view value) {
    made.append(arena, name, Value::string(arena, value));
  };
  text("id", replay.id);
  text("state", state_words[static_cast<size_t>(replay.state)]);
  text("at", format_instant(replay.at));
  Value by = Value::object();
  by.append(arena, "id", Value::string(arena, replay.by.id));
  by.append(arena, "name", Value::string(arena, replay.by.name));
  by.append(arena, "organisation", Value::string(arena, replay.by.organisation));
  by.append(arena, "isSystem", Value::boolean(replay.by.role == record::Role::system));
  made.append(arena, "by", by);
  made.append(arena, "choice", json_of(replay.choice, arena));
  if (replay.then == Then::publish) text("then", "publish");
  if (!replay.problem.empty()) text("problem", replay.problem);
  made.append(arena, "counts", json_of(replay.counts, arena));
  std::string out;
  json::print(made, out);
  return out;
}

Result<Replays::Replay> Replays::replay_of(std::string_view text) {
  const json::Document document = TRY(json::parse(text));
  const Value& kept = document.root;
  Replay replay;
  replay.id = kept.text_of("id");
  const auto state = std::ranges::find(state_words, kept.text_of("state"));
  replay.state = state == std::end(state_words)
                     ? State::failed
                     : static_cast<State>(state - std::begin(state_words));
  replay.at = parse_instant(kept.text_of("at")).value_or(Instant());
  replay.problem = kept.text_of("problem");
  if (kept.text_of("then") == "publish") replay.then = Then::publish;
  if (const Value* const by = kept.find("by")) {
    const Value* const is_system = by->find("isSystem");
    replay.by = {.id = std::string(by->text_of("id")),
                 .name = std::string(by->text_of("name")),
                 .role = is_system != nullptr && is_system->boolean() ? record::Role::system
                                                                      : record::Role::clerk,
                 .organisation = std::string(by->text_of("organisation")),
                 .person = {}};
  }
  if (const Value* const choice = kept.find("choice")) replay.choice = TRY(choice_of(*choice));
  if (const Value* const counts = kept.find("counts")) replay.counts = counts_of(*counts);
  return replay;
}

}  // namespace tasuki::intake
