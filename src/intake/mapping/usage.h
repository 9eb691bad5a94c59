// The JAMI dose algebra: what a usage code of 16 characters and its supplements of 8 say.
//
//   1013044400000000            by mouth (10), daily rhythm (1), 3 times, after supper, lunch,
//   breakfast 1050110000000000            by mouth, when needed (5), in pain (11)
//   + I1100000                  every other day: one day taken, one left out
//   + W0100100                  Mondays and Thursdays
//   + V14NNNNN, V22NNNNN        unequal: 4 at the first time of the day, 2 at the second
//
// Positions: 1 basic method, 2 detail, 3 kind, 4 times a day; daily rhythm: 5 bedtime, 6 supper, 7
// lunch, 8 breakfast, 9 on waking, 10 an hour as a letter (A is 0, P is 15). masters.md 4, checked
// there against 54 published codes; what is not known there is not read.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tasuki::intake {

struct Usage {
  enum class Kind : uint8_t { rhythm, interval, state, as_needed, hours, count };

  // A time of the day, in the order of the day.
  struct Slot {
    enum class Time : uint8_t { waking, breakfast, lunch, supper, hour, bedtime };
    Time time = Time::breakfast;
    int relation = 0;  // to the meal: 1 before, 2 right before, 3 right after, 4 after, 5 2 h after
    int hour = 0;
    std::string_view when;  // FHIR event timing: PCM, HS; empty for an hour of the clock
  };

  bool known = false;  // 16 characters of the right shape
  Kind kind = Kind::rhythm;
  int times_a_day = 0;     // 0: not said
  bool consistent = true;  // filled slots = times a day
  std::vector<Slot> slots;
  std::string_view condition;  // of state and as_needed: "11" 疼痛時

  bool is_as_needed() const { return kind == Kind::as_needed && known; }
};
Usage usage_of(std::string_view code);

// What the supplements add. Unknown ones change nothing: their text is kept beside.
struct Supplements {
  int days_taken = 1, days_left_out = 0;  // I: of each turn
  std::string weekdays;                   // W: "0100100", Sunday first; empty: every day
  int times_a_week = 0;                   // CW
  int month = 0;                          // D: 0 every month
  std::vector<int> days_of_month;
  std::vector<std::string> doses;  // V: at the first, second ... time; empty: not said

  // On how many days of a stretch the drug is taken. `first`: "20240415"; weekdays and dates cannot
  // be counted without it. Nothing where it cannot be told.
  std::optional<int> days_within(int days, std::string_view first) const;
};
void add_supplement(std::string_view code, Supplements& all);

// "basic": 1 内服 2 外用 3 注射 4 注入; "method": with the detail, two characters; "as-needed":
// "true" or nothing; "condition", "condition-name": of when it is needed, "11" and "疼痛時".
std::string usage_part(std::string_view code, std::string_view part);

// usage_text.cpp. The published name: "内服・経口・１日３回朝昼夕食後". Empty where the code is not
// known.
std::string usage_text(std::string_view code);
// Does a text say another number of times or other times of the day than the code? What only one of
// the two says is no contradiction.
bool contradicts(std::string_view text, const Usage& usage);

}  // namespace tasuki::intake
