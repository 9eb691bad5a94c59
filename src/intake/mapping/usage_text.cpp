// The published name of a usage code, made again from the code, so that a text which says something
// else is found. Checked against the 54 published pairs of code and name.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "intake/mapping/usage.h"
#include "intake/mapping/values.h"

namespace tasuki::intake {
namespace {

using Time = Usage::Slot::Time;

struct Method {
  std::string_view code, name;
};
constexpr Method basics[] = {{"1", "内服"}, {"2", "外用"}, {"3", "注射"}, {"4", "注入"}};
// JP_MedicationMethodDetailUsageJAMI_CS.
constexpr Method details[] = {
    {"10", "経口"},         {"11", "舌下"},       {"12", "バッカル"},   {"13", "口腔内塗布"},
    {"2A", "貼付"},         {"2B", "塗布"},       {"2C", "湿布"},       {"2D", "撒布"},
    {"2E", "噴霧"},         {"2F", "消毒"},       {"2G", "点耳"},       {"2H", "点眼"},
    {"2J", "点鼻"},         {"2K", "うがい"},     {"2L", "吸入"},       {"2M", "トローチ"},
    {"2N", "膀胱洗浄"},     {"2P", "鼻腔内洗浄"}, {"2O", "浣腸"},       {"2R", "肛門挿入"},
    {"2S", "肛門注入"},     {"2T", "膣内挿入"},   {"2U", "膀胱注入"},   {"30", "静脈注射"},
    {"31", "中心静脈注射"}, {"32", "皮下注射"},   {"33", "筋肉内注射"}, {"34", "皮内注射"},
    {"35", "動脈注射"},
};

std::string_view named(std::span<const Method> methods, std::string_view code) {
  const auto found = std::ranges::find(methods, code, &Method::code);
  return found == methods.end() ? std::string_view() : found->name;
}

std::string wide(int number) {
  constexpr std::array<std::string_view, 10> digits{"０", "１", "２", "３", "４",
                                                    "５", "６", "７", "８", "９"};
  std::string text;
  for (const char c : std::to_string(number))
    text += digits[static_cast<size_t>(c - '0')];
  return text;
}

std::string_view meal_name(Time time) {
  return time == Time::breakfast ? "朝" : time == Time::lunch ? "昼" : "夕";
}

// "朝昼夕食後": meals of one relation stand together. The published names of "2 hours after" differ
// by the number of meals.
std::string meals_text(const Usage& usage) {
  std::string text;
  for (const int relation : {1, 2, 3, 4, 5}) {
    std::string meals;
    int count = 0;
    for (const Usage::Slot& slot : usage.slots) {
      if (slot.relation != relation) continue;
      meals += meal_name(slot.time);
      ++count;
    }
    if (count == 0) continue;
    constexpr std::array<std::string_view, 6> usual{"", "食前", "食直前", "食直後", "食後", ""};
    const std::string_view after_two_hours = count == 1   ? "食２時間後"
                                             : count == 2 ? "食事２時間後"
                                                          : "食後２時間";
    text += (text.empty() ? "" : "、") + meals +
            std::string(relation == 5 ? after_two_hours : usual[static_cast<size_t>(relation)]);
  }
  return text;
}

std::string rhythm_text(const Usage& usage) {
  std::vector<std::string> pieces;
  for (const Usage::Slot& slot : usage.slots)
    if (slot.time == Time::waking) pieces.emplace_back("起床時");
  if (const std::string meals = meals_text(usage); !meals.empty()) pieces.push_back(meals);
  bool has_hour = false;
  for (const Usage::Slot& slot : usage.slots) {
    if (slot.time == Time::hour) pieces.push_back(wide(slot.hour) + "時"), has_hour = true;
    if (slot.time == Time::bedtime) pieces.emplace_back("就寝前");
  }
  std::string text;
  for (size_t i = 0; i < pieces.size(); ++i)
    text += (i == 0 ? "" : has_hour || pieces.size() > 2 ? "、" : "と") + pieces[i];
  return text;
}

std::string when_text(std::string_view code, const Usage& usage) {
  switch (usage.kind) {
    case Usage::Kind::rhythm:
    case Usage::Kind::hours:
      return rhythm_text(usage);
    case Usage::Kind::interval:
      return usage.times_a_day > 0 && 24 % usage.times_a_day == 0
                 ? wide(24 / usage.times_a_day) + "時間毎"
                 : std::string();
    case Usage::Kind::state: {  // the conditions are those of "when needed"
      std::string as_needed(code);
      as_needed[2] = '5';
      return usage_part(as_needed, "condition-name");
    }
    case Usage::Kind::as_needed:
      return usage_part(code, "condition-name");
    case Usage::Kind::count:
      return {};
  }
  return {};
}

// Which times of the day a text speaks of.
bool speaks_of(std::string_view text, Time time) {
  const auto has = [&](std::string_view word) { return text.find(word) != std::string_view::npos; };
  switch (time) {
    case Time::waking:
      return has("起床");
    case Time::breakfast:
      return has("朝") || has("毎食");
    case Time::lunch:
      return has("昼") || has("毎食");
    case Time::supper:
      return has("夕") || has("毎食");
    case Time::bedtime:
      return has("就寝") || has("寝る前") || has("眠前");
    case Time::hour:
      return true;
  }
  return true;
}

// "1日3回", "分3": the number, or nothing.
std::optional<int> times_in(std::string_view text) {
  for (const std::string_view word : {"1日", "一日", "分"}) {
    const size_t at = text.find(word);
    if (at == std::string_view::npos || at + word.size() >= text.size()) continue;
    const char digit = text[at + word.size()];
    const bool counts = word == "分" || text.substr(at + word.size() + 1).starts_with("回");
    if (digit >= '1' && digit <= '9' && counts) return digit - '0';
  }
  return std::nullopt;
}

}  // namespace

std::string usage_text(std::string_view code) {
  const Usage usage = usage_of(code);
  if (!usage.known) return {};
  const std::string_view basic = named(basics, code.substr(0, 1)),
                         detail = named(details, code.substr(0, 2));
  std::string text(basic);
  if (!detail.empty()) text += "・" + std::string(detail);
  text += "・";
  if (usage.times_a_day > 0) text += "１日" + wide(usage.times_a_day) + "回";
  return text + when_text(code, usage);
}

bool contradicts(std::string_view written, const Usage& usage) {
  std::string text = half_width(written);
  std::erase(text, ' ');
  const auto times = times_in(text);
  if (times && usage.times_a_day > 0 && *times != usage.times_a_day) return true;
  if (usage.kind != Usage::Kind::rhythm || usage.slots.empty()) return false;
  constexpr Time named_times[] = {Time::waking, Time::breakfast, Time::lunch, Time::supper,
                                  Time::bedtime};
  const bool says_when =
      std::ranges::any_of(named_times, [&](Time time) { return speaks_of(text, time); });
  if (!says_when) return false;
  return std::ranges::any_of(named_times, [&](Time time) {
    return speaks_of(text, time) !=
           (std::ranges::find(usage.slots, time, &Usage::Slot::time) != usage.slots.end());
  });
}

}  // namespace tasuki::intake
