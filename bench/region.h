// An invented region that grows: people with 32 resources each, the same for the same number.
//
// Why: a search must cost the same when the region is 64 times larger. Ids, dates and codes follow
// from a person's number, so that a question about any of them can be written without asking first.
// Dates are not in the order of writing, which is the hard case for an index that walks by record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tasuki::bench::region {

constexpr uint64_t resources_per_person = 32;
constexpr uint64_t organisations = 40, practitioners = 200;

// Evenly scattered, and the same on every machine (splitmix64).
uint64_t scatter(uint64_t seed, uint64_t number);

// Whom the people's resources refer to; sent first.
std::string common_bundle();
// The resources of the people [first, first + count), as a transaction of updates.
std::string people_bundle(uint64_t first, uint64_t count);

std::string person_id(uint64_t person);  // "p123"
std::string patient_number(uint64_t person);
std::string_view family(uint64_t number);
std::string_view given(uint64_t number);
std::string_view city(uint64_t number);
struct Test {
  std::string_view code, name, unit;
  double low, high;
  bool is_vital;
};
const Test& test(uint64_t number);  // skewed: half of all are of the first eight
std::string_view disease(uint64_t number);
std::string day(uint64_t number);  // of 2015 to 2024

}  // namespace tasuki::bench::region
