// What happens to a person: events, in the order of time, each at one facility.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "catalogue.h"
#include "people.h"

namespace tasuki::demo {

struct Moment {
  Day day{};
  int minute = 9 * 60;  // of the day
};

// The person as the facility has them on file from now on (ADT^A08; insurance and allergies with
// it).
struct Registered {};

struct Visit {
  enum class Kind : uint8_t { outpatient, admission, discharge } kind = Kind::outpatient;
  Moment admitted;  // of a discharge
};

// The whole list of problems, as a snapshot (PPR^ZD1).
struct Problem {
  const Disease* disease = nullptr;
  Day start{};
  bool suspected = false;
  std::optional<Day> end;
};
struct Problems {
  std::vector<Problem> all;
};

struct Prescription {
  std::vector<std::pair<const Drug*, int>> drugs;  // with the dose a time
  bool is_inpatient = false;
  int days = 0;  // until the next visit, for what is taken daily; 0: each drug's own
};

struct Injection {
  std::string_view base, additive;  // HOT9^name
};

struct LabResult {
  const LabItem* item = nullptr;
  double value = 0;
};
struct LabReport {
  std::vector<LabResult> results;
};

struct Allergies {};

using What =
    std::variant<Registered, Visit, Problems, Prescription, Injection, LabReport, Allergies>;

struct Event {
  Moment at;
  Facility facility = Facility::minato;
  std::string_view department_code = "01", department = "内科";
  uint64_t order = 0;  // placer order number; 0: none
  What what;
};

// By time. `first_order`: numbers for orders, unique to the person.
std::vector<Event> live(const Person& person, Dice& dice, Day today);

// 山田 花子 and her near-namesake 山田 華子 (product.md, "The day it must carry").
Person hanako(Day today);
std::vector<Event> life_of_hanako(const Person& person, Day today);
Person namesake_of_hanako(Day today);

}  // namespace tasuki::demo
