#include "intake/standing/gate.h"

#include <charconv>

#include <fmt/format.h>

#include "json/parse.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr size_t page_reports = 500;
constexpr size_t names_max = 500;  // counted apart; what comes after stands as "…"

uint64_t count_in(const Value& object, std::string_view name) {
  const Value* const value = object.find(name);
  uint64_t number = 0;
  if (value != nullptr)
    std::from_chars(value->text().data(), value->text().data() + value->text().size(), number);
  return number;
}

void count(std::map<std::string, uint64_t>& counts, std::string_view name, uint64_t by = 1) {
  const auto known = counts.find(std::string(name));
  if (known != counts.end()) {
    known->second += by;
  } else if (!name.empty()) {
    counts[counts.size() < names_max ? std::string(name) : "…"] += by;
  }
}

}  // namespace

void add(const record::StoredMessage& message, GateMeasures& measures) {
  ++measures.messages;
  count(measures.kinds, message.kind);
  const auto report = json::parse(message.report);
  if (!report) return;
  const Value& said = report->root;
  if (said.text_of("state") == "done") ++measures.done;
  if (said.text_of("code") == "mapping.none") ++measures.unknown_kind;
  count(measures.reasons, said.text_of("code"));
  bool asks = false, is_uncoded = false;
  if (const Value* const findings = said.find("findings"))
    for (const Value& finding : findings->items()) {
      count(measures.findings, finding.text_of("code"));
      asks = asks || finding.find("task") != nullptr;
      is_uncoded = is_uncoded || finding.find("table") != nullptr;
    }
  measures.with_unknown_code += is_uncoded ? 1 : 0;
  measures.with_task += asks ? 1 : 0;
  const Value* const coverage = said.find("coverage");
  if (coverage == nullptr) return;
  measures.fields += count_in(*coverage, "fields");
  measures.carried += count_in(*coverage, "carried");
  for (const std::string_view list : {"aside", "notCarried"}) {
    const Value* const fields = coverage->find(list);
    if (fields == nullptr) continue;
    for (const Value& field : fields->items()) {
      if (list == "aside") {
        measures.carried += count_in(field, "count");
      } else {
        count(measures.not_carried, field.text_of("field"), count_in(field, "count"));
      }
    }
  }
}

namespace {

double share(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

Value number(json::Arena& arena, double value) {
  return Value::number(arena, fmt::format("{:.4f}", value));
}
Value number(json::Arena& arena, uint64_t value) {
  return Value::number(arena, static_cast<int64_t>(value));
}

}  // namespace

Result<GateMeasures> measure(record::Session& session, const std::string& feed) {
  GateMeasures measures;
  record::MessageSearch search;
  search.feed = feed;
  search.state = record::MessageState::shadow;
  search.count_max = page_reports;
  for (;;) {
    const auto messages = TRY(session.messages(search));
    for (const auto& message : messages)
      add(message, measures);
    if (messages.size() < page_reports) return measures;
    search.after = messages.back().number;
  }
}

std::vector<std::string> objections(const GateMeasures& measures, const GateLimits& limits) {
  std::vector<std::string> reasons;
  if (measures.messages < limits.messages_min)
    reasons.push_back(fmt::format(
        "まだ {0} 件しか届いていません({1} 件から判断します)。/ Only {0} messages have come; it is "
        "judged from {1} on.",
        measures.messages, limits.messages_min));
  if (const double done = share(measures.done, measures.messages); done < limits.done_min)
    reasons.push_back(fmt::format(
        "変換できたのは {0:.1f}% です(基準 {1:.1f}%)。/ {0:.1f}% of the messages could be "
        "converted; agreed were {1:.1f}%.",
        done * 100, limits.done_min * 100));
  if (const double carried = share(measures.carried, measures.fields);
      measures.fields > 0 && carried < limits.carried_min)
    reasons.push_back(fmt::format(
        "項目の {0:.1f}% が運ばれています(基準 {1:.1f}%)。/ {0:.1f}% of the fields are carried; "
        "agreed were {1:.1f}%.",
        carried * 100, limits.carried_min * 100));
  if (const double coded = share(measures.messages - measures.with_unknown_code, measures.messages);
      measures.messages > 0 && coded < limits.coded_min)
    reasons.push_back(fmt::format(
        "表にないコードのない電文は {0:.1f}% です(基準 "
        "{1:.1f}%)。コードの対応を決めると増えます。/ "
        "{0:.1f}% of the messages have all their codes in the tables; agreed were {1:.1f}%. "
        "Approve codes to raise it.",
        coded * 100, limits.coded_min * 100));
  if (const double tasks = share(measures.with_task, measures.messages); tasks > limits.task_max)
    reasons.push_back(fmt::format(
        "人の確認が要る電文が {0:.1f}% あります(基準 {1:.1f}%)。/ {0:.1f}% of the messages ask for "
        "a person; agreed were {1:.1f}%.",
        tasks * 100, limits.task_max * 100));
  if (measures.unknown_kind > limits.unknown_kinds_max)
    reasons.push_back(fmt::format(
        "変換のない種別の電文が {0} 件あります(基準 {1} 件)。/ {0} messages are of kinds without a "
        "mapping; agreed were {1}.",
        measures.unknown_kind, limits.unknown_kinds_max));
  return reasons;
}

Value json_of(const GateLimits& limits, json::Arena& arena) {
  Value made = Value::object();
  made.append(arena, "messagesMin", number(arena, limits.messages_min));
  made.append(arena, "doneMin", number(arena, limits.done_min));
  made.append(arena, "carriedMin", number(arena, limits.carried_min));
  made.append(arena, "codedMin", number(arena, limits.coded_min));
  made.append(arena, "taskMax", number(arena, limits.task_max));
  made.append(arena, "unknownKindsMax", number(arena, limits.unknown_kinds_max));
  return made;
}

Result<GateLimits> limits_of(const Value& given) {
  GateLimits limits;
  for (const json::Member& member : given.members()) {
    const auto text = member.value.text();
    const auto read = [&](auto& target) {
      return member.value.is_number() &&
             std::from_chars(text.data(), text.data() + text.size(), target).ptr ==
                 text.data() + text.size();
    };
    bool is_right = false;
    if (member.name == "messagesMin") {
      is_right = read(limits.messages_min);
    } else if (member.name == "doneMin") {
      is_right = read(limits.done_min) && limits.done_min <= 1;
    } else if (member.name == "carriedMin") {
      is_right = read(limits.carried_min) && limits.carried_min <= 1;
    } else if (member.name == "codedMin") {
      is_right = read(limits.coded_min) && limits.coded_min <= 1;
    } else if (member.name == "taskMax") {
      is_right = read(limits.task_max) && limits.task_max <= 1;
    } else if (member.name == "unknownKindsMax") {
      is_right = read(limits.unknown_kinds_max);
    }
    if (!is_right)
      return Error{
          Error::Kind::invalid,
          "指定は messagesMin doneMin carriedMin codedMin taskMax unknownKindsMax(数)です。"
          "割合は 0 から 1。/ Known: messagesMin, doneMin, carriedMin, codedMin, taskMax, "
          "unknownKindsMax, all numbers; shares from 0 to 1.",
          std::string(member.name)};
  }
  return limits;
}

Value json_of(const GateMeasures& measures, json::Arena& arena) {
  Value made = Value::object();
  made.append(arena, "messages", number(arena, measures.messages));
  made.append(arena, "done", number(arena, share(measures.done, measures.messages)));
  made.append(arena, "carried", number(arena, share(measures.carried, measures.fields)));
  made.append(
      arena, "coded",
      number(arena, share(measures.messages - measures.with_unknown_code, measures.messages)));
  made.append(arena, "task", number(arena, share(measures.with_task, measures.messages)));
  made.append(arena, "unknownKinds", number(arena, measures.unknown_kind));
  const std::pair<std::string_view, const std::map<std::string, uint64_t>*> maps[] = {
      {"kinds", &measures.kinds},
      {"reasons", &measures.reasons},
      {"findings", &measures.findings},
      {"notCarried", &measures.not_carried}};
  for (const auto& [name, counts] : maps) {
    Value inner = Value::object();
    for (const auto& [key, value] : *counts)
      inner.set(arena, key, number(arena, value));
    made.append(arena, name, inner);
  }
  return made;
}

}  // namespace tasuki::intake
