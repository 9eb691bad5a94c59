// Moments that are computed: the end of an appointment from its start and its length.
#include <algorithm>
#include <charconv>
#include <chrono>

#include <fmt/format.h>

#include "base/wareki.h"
#include "intake/mapping/values.h"

namespace tasuki::intake {
namespace {

constexpr double seconds_max = 400.0 * 86'400;

// Of an amount in HL7's and ISO's unit names (s, min, hr, d). Nothing for any other unit.
std::optional<int> seconds_of(std::string_view amount, std::string_view unit) {
  double number = 0;
  const auto decimal = decimal_of(amount);
  if (!decimal) return std::nullopt;
  std::from_chars(decimal->data(), decimal->data() + decimal->size(), number);
  const char first = unit.empty() ? 'm' : static_cast<char>(unit.front() | 0x20);
  const double each = first == 's' ? 1 : first == 'm' ? 60 : first == 'h' ? 3600 : 86'400;
  if (first != 's' && first != 'm' && first != 'h' && first != 'd') return std::nullopt;
  if (number < 0 || number * each > seconds_max) return std::nullopt;
  return static_cast<int>(number * each);
}

}  // namespace

std::optional<std::string> moment_later(std::string_view hl7_time, std::string_view amount,
                                        std::string_view unit) {
  using namespace std::chrono;
  const size_t digits = std::min(hl7_time.find_first_not_of("0123456789"), hl7_time.size());
  const auto more = seconds_of(amount, unit);
  if (digits < 12 || !more) return std::nullopt;
  const auto at = [&](size_t begin, size_t size) {
    int value = 0;
    std::from_chars(hl7_time.data() + begin, hl7_time.data() + begin + size, value);
    return value;
  };
  const year_month_day date{year(at(0, 4)), month(static_cast<unsigned>(at(4, 2))),
                            day(static_cast<unsigned>(at(6, 2)))};
  if (!date.ok() || at(8, 2) > 24 || at(10, 2) > 59) return std::nullopt;
  const int second = digits >= 14 ? at(12, 2) : 0;
  const auto moment =
      sys_days(date) + hours(at(8, 2)) + minutes(at(10, 2)) + seconds(second + *more);
  const year_month_day later(floor<days>(moment));
  const hh_mm_ss clock(moment - floor<days>(moment));
  const size_t zone = std::min(hl7_time.find_first_of("+-"), hl7_time.size());
  return fmt::format("{:04}{:02}{:02}{:02}{:02}{:02}{}", static_cast<int>(later.year()),
                     static_cast<unsigned>(later.month()), static_cast<unsigned>(later.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     hl7_time.substr(zone));
}

std::optional<std::string> western_of(std::string_view claim_date) {
  if (claim_date.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  if (claim_date.size() == 8 || claim_date.size() == 6) return std::string(claim_date);
  const bool is_month = claim_date.size() == 5;
  if (!is_month && claim_date.size() != 7) return std::nullopt;
  const auto date = parse_wareki(std::string(claim_date) + (is_month ? "01" : ""));
  if (!date) return std::nullopt;
  const std::string month = fmt::format("{:04}{:02}", static_cast<int>(date->year()),
                                        static_cast<unsigned>(date->month()));
  return is_month ? month : month + fmt::format("{:02}", static_cast<unsigned>(date->day()));
}

std::string hl7_of_written(std::string_view text) {
  const std::string plain = half_width(trimmed(text));
  const size_t day_end = std::min(plain.find_first_of(" T"), plain.size());
  const std::string_view day = std::string_view(plain).substr(0, day_end);
  std::string_view clock = std::string_view(plain).substr(std::min(day_end + 1, plain.size()));
  std::string made;
  int numbers[3] = {0, 1, 1};
  if (const auto wareki = parse_wareki(day)) {
    numbers[0] = static_cast<int>(wareki->year());
    numbers[1] = static_cast<int>(static_cast<unsigned>(wareki->month()));
    numbers[2] = static_cast<int>(static_cast<unsigned>(wareki->day()));
  } else if (day.size() >= 8 && day.find_first_of("/-") == 4) {
    std::string_view rest = day;
    for (int& number : numbers) {
      const size_t end = std::min(rest.find_first_of("/-"), rest.size());
      if (std::from_chars(rest.data(), rest.data() + end, number).ptr != rest.data() + end)
        return plain;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  } else {
    return plain;
  }
  made = fmt::format("{:04}{:02}{:02}", numbers[0], numbers[1], numbers[2]);
  const size_t zone_at = std::min(clock.find_first_of("+-Z"), clock.size());
  std::string zone(clock.substr(zone_at));
  std::erase(zone, ':');
  clock = clock.substr(0, zone_at);
  while (!clock.empty()) {  // 9:05 is 0905
    const size_t end = std::min(clock.find(':'), clock.size());
    made += (end == 1 ? "0" : "") + std::string(clock.substr(0, end));
    clock.remove_prefix(std::min(end + 1, clock.size()));
  }
  return made + (zone == "Z" ? "+0000" : zone);
}

}  // namespace tasuki::intake
