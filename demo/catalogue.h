// What people of みなと suffer from, take, and are tested for. Codes have the shape of the real
// ones.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace tasuki::demo {

// How often and when a medicine is taken: JAMI 16-digit usage code (masters.md 4) and its words.
struct Usage {
  std::string_view code, text;
  int times_a_day;
  std::string_view supplement = {};  // 8-character code&words: "CW100000&週１回"
  int every_days = 1;
};

struct Drug {
  std::string_view name, hot9, unit_code, unit;  // unit of MERIT-9: TAB 錠, CAP カプセル, G ｇ ...
  int dose;                                      // units a time
  Usage usage;
  int days;                            // of one prescription; 0: as needed, ten times
  std::string_view route_code, route;  // HL70162
};

struct LabItem {
  std::string_view jlac10, name, unit;
  double low, high;  // range of the laboratory; women's, where the sexes differ
  int decimals;
  std::string_view material_code, material;  // JC10
  double low_men = 0, high_men = 0;          // 0, 0: as above
};

struct Range {
  double low, high;
};
Range range_of(const LabItem& item, char sex);

struct Disease {
  std::string_view name, icd10, number;  // number: 8 digits in the manner of MEDIS
  double share;                          // of people of the age
  int age_from, age_to;
  char sex;  // 'F', 'M', '*'
  bool is_chronic;
  int month_from, month_to;        // of onset, for what has a season
  std::span<const int> drugs;      // into drugs()
  std::span<const int> lab_items;  // into lab_items(), those that the disease moves
  double push;                     // how far it moves them, in widths of the range
  std::string_view department_code, department;
};

std::span<const Drug> drugs();
std::span<const LabItem> lab_items();
std::span<const Disease> diseases();

// The plain panel taken with every check of blood.
std::span<const int> basic_panel();

}  // namespace tasuki::demo
