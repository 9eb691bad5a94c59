// Who saw what: written before the answer leaves, encrypted, chained.
#include <gmock/gmock.h>

#include <fstream>

#include "folder.h"
#include "record/audit/log.h"
#include "record/house.h"

namespace tasuki::record {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view hanako =
    R"({"resourceType":"Patient","id":"p1","name":[{"family":"山田"}]})";
const std::string key(32, 'k');
constexpr auto noon =
    Instant(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23) + std::chrono::hours(3));

using test::Folder;

std::vector<std::string> entries(const std::filesystem::path& folder) {
  std::vector<std::string> all;
  EXPECT_TRUE(read_audit(folder, key, [&](std::string_view entry) { all.emplace_back(entry); }));
  return all;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(Audit, an_entry_is_in_the_file_when_append_returns) {
  Folder folder;
  auto log = AuditLog::open(folder.path, key).value();
  ASSERT_TRUE(log->append("first", noon));
  EXPECT_EQ(entries(folder.path), std::vector<std::string>{"first"});
}

TEST(Audit, rests_encrypted) {
  Folder folder;
  AuditLog::open(folder.path, key).value()->append("Patient/p1 was seen", noon).value();
  EXPECT_THAT(bytes_of(folder.path / "2026-11-23.log"), ::testing::Not(HasSubstr("Patient")));
}

TEST(Audit, goes_on_after_a_restart_and_through_midnight) {
  Folder folder;
  for (int day = 0; day < 3; ++day) {
    auto log = AuditLog::open(folder.path, key).value();
    ASSERT_TRUE(log->append("day " + std::to_string(day), noon + std::chrono::days(day)));
    ASSERT_TRUE(log->append("late", noon + std::chrono::days(day)));
  }
  EXPECT_EQ(entries(folder.path).size(), 6U);
  EXPECT_TRUE(std::filesystem::exists(folder.path / "2026-11-25.log"));
  const auto whole = verify_audit(folder.path, key);
  EXPECT_TRUE(whole) << whole.error().message << " " << whole.error().location;
}

struct Damage {
  const char* name;
  void (*apply)(std::string& bytes);
};
const Damage damages[] = {
    {"a_changed_entry", [](std::string& bytes) { bytes[10] = bytes[10] == 'A' ? 'B' : 'A'; }},
    {"a_removed_entry", [](std::string& bytes) { bytes.erase(0, bytes.find('\n') + 1); }},
    {"entries_in_another_order",
     [](std::string& bytes) {
       const auto first = bytes.find('\n') + 1, second = bytes.find('\n', first) + 1;
       bytes = bytes.substr(first, second - first) + bytes.substr(0, first) + bytes.substr(second);
     }},
    {"an_added_entry",
     [](std::string& bytes) { bytes.insert(0, bytes.substr(0, bytes.find('\n') + 1)); }},
};
class Tampering : public ::testing::TestWithParam<Damage> {};
TEST_P(Tampering, is_seen) {
  Folder folder;
  {
    auto log = AuditLog::open(folder.path, key).value();
    for (const auto* text : {"one", "two", "three"})
      ASSERT_TRUE(log->append(text, noon));
  }
  ASSERT_TRUE(verify_audit(folder.path, key));
  auto bytes = bytes_of(folder.path / "2026-11-23.log");
  GetParam().apply(bytes);
  std::ofstream(folder.path / "2026-11-23.log", std::ios::binary) << bytes;
  EXPECT_FALSE(verify_audit(folder.path, key));
}
INSTANTIATE_TEST_SUITE_P(Audit, Tampering, ::testing::ValuesIn(damages),
                         [](const auto& info) { return info.param.name; });

// What a power cut leaves of bytes that no sync had made durable, page by page: a file cut short,
// or zeros in its midst. The program starts, says so, and goes on; what can be read is read.
struct Cut {
  const char* name;
  void (*apply)(std::string& bytes);
};
size_t last_line(const std::string& bytes) {
  return bytes.rfind('\n', bytes.size() - 2) + 1;
}
const Cut cuts[] = {
    {"the_seal_is_torn", [](std::string& bytes) { bytes.resize(last_line(bytes) + 20); }},
    {"an_entry_is_torn", [](std::string& bytes) { bytes.resize(last_line(bytes) - 10); }},
    {"zeros_stand_in_an_entry_below_the_seal",
     [](std::string& bytes) { bytes.replace(last_line(bytes) - 10, 5, 5, '\0'); }},
    {"zeros_stand_in_the_seal",
     [](std::string& bytes) { bytes.replace(last_line(bytes), 30, 30, '\0'); }},
};
class PowerCut : public ::testing::TestWithParam<Cut> {};
TEST_P(PowerCut, is_marked_and_the_chain_goes_on) {
  Folder folder;
  const auto file = folder.path / "2026-11-23.log";
  {
    auto log = AuditLog::open(folder.path, key).value();
    ASSERT_TRUE(log->append("one", noon));
    ASSERT_TRUE(log->sync());
    ASSERT_TRUE(log->append("two", noon));
  }
  auto bytes = bytes_of(file);
  GetParam().apply(bytes);
  std::ofstream(file, std::ios::binary) << bytes;
  for (int start = 0; start < 2; ++start) {
    auto log = AuditLog::open(folder.path, key);
    ASSERT_TRUE(log) << log.error().message;
    ASSERT_TRUE((*log)->append("three", noon));
  }
  const auto torn = verify_audit(folder.path, key);
  ASSERT_TRUE(torn) << torn.error().message << " " << torn.error().location;
  EXPECT_EQ(torn->size(), 1U);
  EXPECT_THAT(entries(folder.path), ::testing::IsSupersetOf({"one", "three", "three"}));

  auto changed = bytes_of(file);
  changed[10] = changed[10] == 'A' ? 'B' : 'A';
  std::ofstream(file, std::ios::binary) << changed;
  EXPECT_FALSE(verify_audit(folder.path, key));
}
INSTANTIATE_TEST_SUITE_P(Audit, PowerCut, ::testing::ValuesIn(cuts),
                         [](const auto& info) { return info.param.name; });

TEST(Audit, no_trace_no_answer) {
  House house;
  house.put(doctor(hospital), hanako);
  ASSERT_TRUE(house.as(doctor(hospital)).read(type_of("Patient"), "p1"));
  house.close();
  std::filesystem::remove_all(house.folder() / "audit");
  std::ofstream(house.folder() / "audit") << "a file where the folder should be";
  EXPECT_FALSE(Door::open(
      {.folder = house.folder(), .key_from_environment = {}, .credentials_folder = {}}, r4()));
}

TEST(Audit, knows_of_reads_searches_and_refusals) {
  House house;
  house.put(doctor(hospital), hanako);
  (void)house.as(doctor(hospital)).read(type_of("Patient"), "p1");
  (void)house.as(doctor(clinic)).read(type_of("Patient"), "p1");
  (void)house.as(doctor(hospital)).search(query("Patient", "name=%E5%B1%B1%E7%94%B0"));
  (void)house.as(clerk(hospital)).read(type_of("Observation"), "o1");
  (void)house.door().accounts().sign_in("nobody", "a long password", "1");
  EXPECT_TRUE(house.door().verify_audit());
  house.close();
  std::string digits;
  std::getline(std::ifstream(house.folder() / "key"), digits);
  std::string real_key;
  for (size_t i = 0; i < digits.size(); i += 2)
    real_key += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  std::vector<std::string> all;
  ASSERT_TRUE(read_audit(house.folder() / "audit", real_key,
                         [&](std::string_view entry) { all.emplace_back(entry); }));
  ASSERT_EQ(all.size(), 5U);
  for (const auto& entry : all)
    EXPECT_TRUE(json::parse(entry)) << entry;
  EXPECT_THAT(all[0], HasSubstr(R"("outcome":"0")"));
  EXPECT_THAT(all[0], HasSubstr("Patient/p1/_history/1"));
  EXPECT_THAT(all[1], HasSubstr(R"("outcome":"4")"));
  EXPECT_THAT(all[1], HasSubstr(clinic));
  EXPECT_THAT(all[2], HasSubstr("search-type"));
  EXPECT_THAT(all[3], HasSubstr("The role clerk may not read Observation."));
  EXPECT_THAT(all[4], HasSubstr("110122"));
}

}  // namespace
}  // namespace tasuki::record
