#include "record/consent/policy.h"

#include <algorithm>

#include "json/parse.h"
#include "json/print.h"
#include "record/consent/roles.h"

namespace tasuki::record {

namespace {

bool concerns(const std::vector<std::string>& names, std::string_view name) {
  return names.empty() || std::ranges::find(names, name) != names.end();
}

bool applies(const Rule& rule, const Asker& asker, std::string_view owner) {
  if (asker.time < rule.from || asker.time >= rule.to) return false;
  if (!rule.purposes.empty() &&
      std::ranges::find(rule.purposes, asker.purpose) == rule.purposes.end())
    return false;
  return concerns(rule.recipients, asker.organisation) && concerns(rule.owners, owner);
}

// security.md 2.5, evaluation 2: organisations weigh 2 each, the purpose 1.
int rank(const Rule& rule) {
  if (rule.strictest) return 100;
  return (rule.recipients.empty() ? 0 : 2) + (rule.owners.empty() ? 0 : 2) +
         (rule.purposes.empty() ? 0 : 1);
}

json::Value texts(json::Arena& arena, const std::vector<std::string>& all) {
  auto array = json::Value::array();
  for (const auto& one : all)
    array.push(arena, json::Value::string(arena, one));
  return array;
}

std::vector<std::string> texts_of(const json::Value& object, std::string_view name) {
  std::vector<std::string> all;
  const auto* array = object.find(name);
  if (array == nullptr) return all;
  for (const auto& item : array->items())
    all.emplace_back(item.text());
  return all;
}

std::optional<Purpose> purpose_of(std::string_view code) {
  for (const auto purpose :
       {Purpose::treatment, Purpose::operations, Purpose::patient_request, Purpose::emergency}) {
    if (name_of(purpose) == code) return purpose;
  }
  return std::nullopt;
}

int64_t number_of(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  return value == nullptr ? 0 : std::strtoll(std::string(value->text()).c_str(), nullptr, 10);
}

}  // namespace

std::string print_rules(const std::vector<Rule>& rules) {
  json::Document document;
  auto& arena = document.arena;
  auto all = json::Value::array();
  for (const auto& rule : rules) {
    auto one = json::Value::object();
    one.append(arena, "permit", json::Value::boolean(rule.permit));
    one.append(arena, "strictest", json::Value::boolean(rule.strictest));
    one.append(arena, "recipients", texts(arena, rule.recipients));
    one.append(arena, "owners", texts(arena, rule.owners));
    std::vector<std::string> purposes;
    for (const auto purpose : rule.purposes)
      purposes.emplace_back(name_of(purpose));
    one.append(arena, "purposes", texts(arena, purposes));
    one.append(arena, "from",
               json::Value::number(arena, int64_t{rule.from.time_since_epoch().count()}));
    one.append(arena, "to",
               json::Value::number(arena, int64_t{rule.to.time_since_epoch().count()}));
    all.push(arena, one);
  }
  return json::print(all);
}

Result<std::vector<Rule>> parse_rules(std::string_view text) {
  const auto document = TRY(json::parse(text));
  std::vector<Rule> rules;
  for (const auto& one : document.root.items()) {
    Rule rule;
    const auto* permit = one.find("permit");
    rule.permit = permit != nullptr && permit->boolean();
    const auto* strictest = one.find("strictest");
    rule.strictest = strictest != nullptr && strictest->boolean();
    rule.recipients = texts_of(one, "recipients");
    rule.owners = texts_of(one, "owners");
    for (const auto& code : texts_of(one, "purposes")) {
      const auto purpose = purpose_of(code);
      if (!purpose)
        return Error{
            Error::Kind::internal, "A consent rule names a purpose unknown here: " + code, {}};
      rule.purposes.push_back(*purpose);
    }
    rule.from = Instant(Instant::duration(number_of(one, "from")));
    rule.to = Instant(Instant::duration(number_of(one, "to")));
    rules.push_back(std::move(rule));
  }
  return rules;
}

std::optional<bool> decide(const std::vector<Rule>& rules, const Asker& asker,
                           std::string_view owner) {
  std::optional<bool> decision;
  int highest = -1;
  for (const auto& rule : rules) {
    if (!applies(rule, asker, owner)) continue;
    const int own = rank(rule);
    if (own > highest) {
      highest = own;
      decision = rule.permit;
    } else if (own == highest && !rule.permit) {
      decision = false;
    }
  }
  return decision;
}

const std::vector<Rule>* PolicySnapshot::rules_of(uint64_t subject) const {
  const auto& part = parts_[subject % parts_.size()];
  if (part == nullptr) return nullptr;
  const auto found = part->find(subject);
  return found == part->end() ? nullptr : found->second.get();
}

std::shared_ptr<const PolicySnapshot> PolicyTable::snapshot() const {
  return current_.with([](const auto& current) { return current; });
}

void PolicyTable::set(const std::vector<uint64_t>& subjects, std::vector<Rule> rules) {
  const Rules shared =
      rules.empty() ? nullptr : std::make_shared<const std::vector<Rule>>(std::move(rules));
  current_.with([&](auto& current) {
    auto next = std::make_shared<PolicySnapshot>(*current);
    for (const auto subject : subjects) {
      auto& part = next->parts_[subject % next->parts_.size()];
      if (part == nullptr && shared == nullptr) continue;
      auto changed = part == nullptr ? std::make_shared<PolicySnapshot::Part>()
                                     : std::make_shared<PolicySnapshot::Part>(*part);
      if (shared == nullptr)
        changed->erase(subject);
      else
        (*changed)[subject] = shared;
      part = std::move(changed);
    }
    current = std::move(next);
  });
}

void PolicyTable::clear() {
  current_.with([](auto& current) { current = std::make_shared<const PolicySnapshot>(); });
}

}  // namespace tasuki::record
