// tasuki-demo: the invented region みなと, written in the formats its systems speak. See README.md.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>

#include <fmt/format.h>

#include "life.h"
#include "messages.h"
#include "outlets.h"

namespace tasuki::demo {
namespace {

struct Options {
  uint64_t people = 200;
  uint64_t seed = 1;
  std::filesystem::path out;
  Day today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now() +
                                                    std::chrono::hours(9));
};

class Region {
 public:
  explicit Region(const Options& options)
      : options_(options),
        minato_(options.out / "minato-hosp.mllp", "ISO-2022-JP"),
        midori_(options.out / "midori-clinic.mllp", "CP932"),
        sakura_(options.out / "ssmix2"),
        people_(options.out / "people.jsonl") {}

  void write() {
    for (uint64_t number = 1; number <= options_.people; ++number) {
      Dice dice(options_.seed * 1'000'003 + number);
      if (number == 1) {
        const Person person = hanako(options_.today);
        write_person(person, life_of_hanako(person, options_.today));
      } else {
        const Person person = number == 2 ? namesake_of_hanako(options_.today)
                                          : invent_person(number, dice, options_.today);
        write_person(person, live(person, dice, options_.today));
      }
    }
    fmt::print("{} people: {} messages by MLLP, {} files of SS-MIX2\n", options_.people,
               minato_.count() + midori_.count(), sakura_.count());
  }

 private:
  void write_person(const Person& person, const std::vector<Event>& events) {
    uint64_t serial = 0;
    sakura_.next_person();
    for (const Event& event : events) {
      for (const Registration& registration : person.registrations) {
        if (registration.facility == event.facility)
          write_event(person, registration, event, ++serial);
      }
    }
    note(person);
  }

  void write_event(const Person& person, const Registration& registration, const Event& event,
                   uint64_t serial) {
    switch (event.facility) {
      case Facility::minato:
        return minato_.write(
            message_of(event, person, registration, {"~ISO IR87", "ISO 2022-1994", false}, serial));
      case Facility::midori:
        return midori_.write(message_of(event, person, registration, {"", "", false}, serial));
      case Facility::sakura:
        return sakura_.write(
            message_of(event, person, registration, {"~ISO IR87", "ISO 2022-1994", true}, serial),
            event, registration.patient_number, serial);
    }
  }

  void note(const Person& person) {
    std::string numbers;
    for (const Registration& registration : person.registrations) {
      numbers +=
          fmt::format(R"({}{{"organisation":"{}","patient":"{}"}})", numbers.empty() ? "" : ",",
                      info(registration.facility).organisation, registration.patient_number);
    }
    people_ << fmt::format(
        "{{\"person\":{},\"name\":\"{} {}\",\"kana\":\"{} "
        "{}\",\"agreed\":{},\"registrations\":[{}]}}\n",
        person.number, person.name.family, person.name.given, person.name.kana_family,
        person.name.kana_given, person.agreed, numbers);
  }

  const Options& options_;
  MllpOutlet minato_, midori_;
  Ssmix2Outlet sakura_;
  std::ofstream people_;
};

[[noreturn]] void usage() {
  fmt::print(stderr,
             "usage: tasuki-demo --out FOLDER [--people N (2 to 100000)] [--seed S] [--today "
             "YYYY-MM-DD]\n");
  std::exit(2);
}

Options read_options(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; i += 2) {
    if (i + 1 >= count) usage();
    const std::string_view name = arguments[i];
    const char* value = arguments[i + 1];
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if (name == "--people")
      options.people = std::strtoull(value, nullptr, 10);
    else if (name == "--seed")
      options.seed = std::strtoull(value, nullptr, 10);
    else if (name == "--out")
      options.out = value;
    else if (name == "--today" && std::sscanf(value, "%d-%u-%u", &year, &month, &day) == 3)
      options.today =
          Day{std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)};
    else
      usage();
  }
  if (options.out.empty() || options.people < 2 || options.people > 100'000) usage();
  return options;
}

}  // namespace
}  // namespace tasuki::demo

int main(int count, char** arguments) {
  using namespace tasuki::demo;
  const Options options = read_options(count, arguments);
  std::filesystem::remove_all(options.out);
  std::filesystem::create_directories(options.out);
  Region(options).write();
  return 0;
}
