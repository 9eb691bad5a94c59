#include "intake/replay/choice.h"

#include <charconv>

#include <fmt/format.h>

namespace tasuki::intake {
namespace {

using json::Value;
using State = record::MessageState;

constexpr std::string_view states[] = {"done", "held", "refused", "shadow"};

uint64_t number_in(const Value& object, std::string_view name) {
  const Value* const value = object.find(name);
  uint64_t number = 0;
  if (value != nullptr)
    std::from_chars(value->text().data(), value->text().data() + value->text().size(), number);
  return number;
}

Error invalid(std::string_view name, std::string_view right) {
  return {Error::Kind::invalid,
          fmt::format("{0} の値が正しくありません。/ {0} must be {1}.", name, right),
          std::string(name)};
}

Result<void> take(const json::Member& member, ReplayChoice& choice) {
  const std::string_view name = member.name, text = member.value.text();
  const std::pair<std::string_view, std::string*> texts[] = {
      {"feed", &choice.feed},           {"kind", &choice.kind},
      {"person", &choice.person},       {"reason", &choice.reason},
      {"table", &choice.unknown.table}, {"code", &choice.unknown.code},
      {"mappings", &choice.mappings}};
  for (const auto& [known, target] : texts) {
    if (name != known) continue;
    if (!member.value.is_string()) return invalid(name, "a text");
    *target = text;
    return {};
  }
  if (name == "from" || name == "to") {
    uint64_t& target = name == "from" ? choice.from : choice.to;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), target);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size())
      return invalid(name, "the number of a message");
    return {};
  }
  if (name == "since" || name == "until") {
    const auto time = parse_instant(text);
    if (!time) return invalid(name, "a time such as 2026-05-01T00:00:00Z");
    (name == "since" ? choice.since : choice.until) = *time;
    return {};
  }
  if (name == "state") {
    for (size_t i = 0; i < std::size(states); ++i)
      if (text == states[i]) {
        choice.state = static_cast<State>(i);
        return {};
      }
    return invalid(name, "done, held, refused or shadow");
  }
  return Error{
      Error::Kind::invalid,
      fmt::format("{} は指定できません。/ Known: feed, kind, person, reason, state, table, "
                  "code, from, to, since, until, mappings.",
                  name),
      std::string(name)};
}

}  // namespace

bool ReplayChoice::takes(const record::StoredMessage& message) const {
  return (kind.empty() || message.kind == kind) && (person.empty() || message.group == person) &&
         (to == 0 || message.number <= to) && (!since || message.received >= *since) &&
         (!until || message.received <= *until) &&
         (unknown.code.empty() || unknown.is_in(message.report));
}

Result<ReplayChoice> choice_of(const Value& asked) {
  ReplayChoice choice;
  for (const json::Member& member : asked.members())
    TRY(take(member, choice));
  if (choice.feed.empty()) return invalid("feed", "the id of one feed");
  if (choice.unknown.table.empty() != choice.unknown.code.empty())
    return invalid("code", "given together with table");
  return choice;
}

Value json_of(const ReplayChoice& choice, json::Arena& arena) {
  Value made = Value::object();
  const auto text = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) made.append(arena, name, Value::string(arena, value));
  };
  text("feed", choice.feed);
  text("kind", choice.kind);
  text("person", choice.person);
  text("reason", choice.reason);
  text("table", choice.unknown.table);
  text("code", choice.unknown.code);
  if (choice.state) text("state", states[static_cast<size_t>(*choice.state)]);
  if (choice.from > 0) text("from", std::to_string(choice.from));
  if (choice.to > 0) text("to", std::to_string(choice.to));
  if (choice.since) text("since", format_instant(*choice.since));
  if (choice.until) text("until", format_instant(*choice.until));
  text("mappings", choice.mappings);
  return made;
}

namespace {

// Names and places of the plain counts, for writing and reading alike.
constexpr std::pair<std::string_view, uint64_t ReplayCounts::*> plain_counts[] = {
    {"read", &ReplayCounts::read},         {"nowDone", &ReplayCounts::now_done},
    {"nowHeld", &ReplayCounts::now_held},  {"failed", &ReplayCounts::failed},
    {"same", &ReplayCounts::same},         {"late", &ReplayCounts::late},
    {"create", &ReplayCounts::create},     {"change", &ReplayCounts::change},
    {"withdraw", &ReplayCounts::withdraw}, {"published", &ReplayCounts::published},
    {"refused", &ReplayCounts::refused},   {"undone", &ReplayCounts::undone},
    {"kept", &ReplayCounts::kept},         {"messages", &ReplayCounts::messages},
};
constexpr std::pair<std::string_view, std::map<std::string, uint64_t> ReplayCounts::*> maps[] = {
    {"byType", &ReplayCounts::by_type},
    {"byElement", &ReplayCounts::by_element},
    {"byLine", &ReplayCounts::by_line},
    {"byReason", &ReplayCounts::by_reason},
};

}  // namespace

Value json_of(const ReplayCounts& counts, json::Arena& arena) {
  Value made = Value::object();
  const auto number = [&](uint64_t value) {
    return Value::number(arena, static_cast<int64_t>(value));
  };
  for (const auto& [name, place] : plain_counts)
    made.append(arena, name, number(counts.*place));
  for (const auto& [name, place] : maps) {
    Value inner = Value::object();
    for (const auto& [key, count] : counts.*place)
      if (count > 0) inner.set(arena, key, number(count));
    made.append(arena, name, inner);
  }
  return made;
}

ReplayCounts counts_of(const Value& kept) {
  ReplayCounts counts;
  for (const auto& [name, place] : plain_counts)
    counts.*place = number_in(kept, name);
  for (const auto& [name, place] : maps)
    if (const Value* const inner = kept.find(name))
      for (const json::Member& member : inner->members())
        (counts.*place)[std::string(member.name)] = number_in(*inner, member.name);
  return counts;
}

}  // namespace tasuki::intake
