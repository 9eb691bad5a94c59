// The people of みなと: who they are, how each facility spells them, how they are insured.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dice.h"

namespace tasuki::demo {

using Day = std::chrono::sys_days;

enum class Facility : uint8_t { minato, sakura, midori };

struct FacilityInfo {
  Facility facility;
  std::string_view feed, organisation, name;
};
const FacilityInfo& info(Facility facility);

struct Name {
  std::string family, given, kana_family, kana_given;
};

struct Insurance {
  std::string kind_code, kind;  // JHSD0001: "C0" 国保 ...
  std::string insurer;          // 保険者番号, with its check digit
  std::string symbol, number;   // as printed, full width
  Day from;
  std::optional<Day> to;
};

// A person as one facility knows them.
struct Registration {
  Facility facility = Facility::minato;
  std::string patient_number;
  Name name;            // as spelt there
  std::string address;  // as written there
};

struct Person {
  uint64_t number = 0;  // 1 is 山田 花子
  Name name;
  std::optional<Name> name_until;  // the name before marriage
  Day name_changed{};
  char sex = 'F';
  Day birth{};
  std::string postcode, phone;
  std::vector<Insurance> insurances;  // oldest first
  std::vector<Registration> registrations;
  std::vector<std::string_view> allergies;
  bool agreed = true;  // to sharing between facilities
};

Person invent_person(uint64_t number, Dice& dice, Day today);

char check_digit(std::string_view digits);  // MOD10-21, masters.md 1
std::string full_width(std::string_view ascii_digits);

}  // namespace tasuki::demo
