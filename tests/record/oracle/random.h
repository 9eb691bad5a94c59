// Of the brute-force oracle: chance, from a seed that the test prints.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <string>

#include <fmt/format.h>

namespace tasuki::record::oracle {

class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  size_t below(size_t count) { return engine_() % count; }
  bool once_in(size_t count) { return below(count) == 0; }
  template <class List>
  const auto& of(const List& list) {
    return *(std::begin(list) + static_cast<std::ptrdiff_t>(below(std::size(list))));
  }

 private:
  std::mt19937_64 engine_;
};

// Every precision, up to: 2 a day, 4 a minute with its zone, 5 a millisecond.
inline std::string any_date(Random& random, size_t precision_max) {
  const auto year = 2018 + random.below(5), month = 1 + random.below(12),
             day = 1 + random.below(28);
  static const char* const zones[] = {"Z", "+09:00", "-05:00"};
  switch (random.below(precision_max + 1)) {
    case 0:
      return fmt::format("{}", year);
    case 1:
      return fmt::format("{}-{:02}", year, month);
    case 2:
      return fmt::format("{}-{:02}-{:02}", year, month, day);
    case 3:
    case 4:
      return fmt::format("{}-{:02}-{:02}T{:02}:{:02}:00{}", year, month, day, random.below(24),
                         random.below(60), random.of(zones));
    default:
      return fmt::format("{}-{:02}-{:02}T{:02}:30:15.{:03}{}", year, month, day, random.below(24),
                         random.below(1000), random.of(zones));
  }
}
inline std::string any_period(Random& random) {
  const auto start = any_date(random, 4);
  const auto end = fmt::format("{}{}", 2023 + random.below(3), start.substr(4));
  if (random.once_in(4)) return fmt::format(R"({{"start":"{}"}})", start);
  if (random.once_in(4)) return fmt::format(R"({{"end":"{}"}})", end);
  return fmt::format(R"({{"start":"{}","end":"{}"}})", start, end);
}

}  // namespace tasuki::record::oracle
