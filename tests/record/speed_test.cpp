// What one read and one write cost on this machine, on the caller's thread. Printed, not judged:
// docs/performance.md judges, on a quiet machine and an optimised build.
#include <gtest/gtest.h>

#include <ctime>

#include "record/house.h"
#include "record/session/prepare.h"

namespace tasuki::record {
namespace {

double cpu_us(clockid_t clock = CLOCK_THREAD_CPUTIME_ID) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

std::string observation(int i) {
  return R"({"resourceType":"Observation","id":"o)" + std::to_string(i) +
         R"(","meta":{"profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Observation_LabResult"]},"identifier":[{"system":"urn:oid:1.2.3","value":"2026-)" +
         std::to_string(i) +
         R"("}],"status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory","display":"Laboratory"}]}],"code":{"coding":[{"system":"urn:oid:1.2.392.200119.4.504","code":"3D010000001926101","display":"HbA1c NGSP"}],"text":"HbA1c"},"subject":{"reference":"Patient/p1"},"encounter":{"reference":"Encounter/e1"},"effectiveDateTime":"2026-05-01T09:30:00+09:00","issued":"2026-05-01T10:00:00+09:00","performer":[{"reference":"Organization/o1"}],"valueQuantity":{"value":6.)" +
         std::to_string(i % 10) +
         R"(,"unit":"%","system":"http://unitsofmeasure.org","code":"%"},"interpretation":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"H"}]}],"specimen":{"reference":"Specimen/s1"},"referenceRange":[{"low":{"value":4.6,"unit":"%"},"high":{"value":6.2,"unit":"%"},"text":"4.6-6.2"}],"note":[{"text":"採血時刻 09:15、空腹時"}]})";
}

TEST(Speed, of_preparing_a_write_and_of_a_read) {
  House house;
  constexpr int count = 1000;
  std::vector<Change> changes;
  for (int i = 0; i < count; ++i)
    changes.push_back(house.update(observation(i)));
  std::vector<fhir::Finding> findings;
  const double begin = cpu_us();
  for (const auto& change : changes)
    ASSERT_TRUE(prepare(inside(house.door()), doctor(hospital), change, findings));
  const double prepared = cpu_us();
  const double all_before = cpu_us(CLOCK_PROCESS_CPUTIME_ID);
  ASSERT_TRUE(house.as(doctor(hospital)).write_all(changes));
  const double all_after = cpu_us(CLOCK_PROCESS_CPUTIME_ID);
  const double written = cpu_us();
  auto session = house.as(doctor(hospital));
  for (int i = 0; i < 10 * count; ++i)
    ASSERT_TRUE(session.read(type_of("Observation"), "o" + std::to_string(i % count)));
  const double read = cpu_us();
  RecordProperty("prepare_us", std::to_string((prepared - begin) / count));
  RecordProperty("read_us", std::to_string((read - written) / (10 * count)));
  printf(
      "prepare %.1f us, read %.1f us (CPU, this thread); write in all %.1f us (CPU, all threads)\n",
      (prepared - begin) / count, (read - written) / (10 * count),
      (all_after - all_before) / count);
}

}  // namespace
}  // namespace tasuki::record
