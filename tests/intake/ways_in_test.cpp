// Batches: one bad message does not lose the rest, over MLLP, from a folder, in a file that is
// converted. HL7 v2.5 2.10.3
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/uuid.h"
#include "fixture.h"
#include "intake/feed.h"
#include "intake/inbox/inbox.h"
#include "net/client.h"
#include "record/door.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string update_of(const std::string& control_id, const std::string& patient) {
  return "MSH|^~\\&|EMR|H|R|R|20240415101500||ADT^A08^ADT_A01|" + control_id +
         "|P|2.5||||||UNICODE UTF-8\rEVN||202404151015\rPID|||" + patient +
         "^^^^PI||試験^花子^^^^^L^I||19800203|F\r";
}
const std::string bad = "MSH|^~\\&|EMR|H|R|R|20240415101500|||X|P|2.5\rPID|||7\r";
const std::string batch = "FHS|^~\\&|EMR|H|R|R|20240415\rBHS|^~\\&|EMR|H|R|R|20240415||||B42\r" +
                          update_of("1", "101") + bad + update_of("2", "102") + "BTS|3\rFTS|1\r";

class House {
 public:
  House() : folder_(fs::temp_directory_path() / ("tasuki-ways-" + random_uuid())) {
    auto opened = record::Door::open(
        {.folder = folder_ / "data", .key_from_environment = {}, .credentials_folder = {}},
        test::definitions());
    if (!opened) throw std::runtime_error(opened.error().message);
    door_ = *std::move(opened);
    fs::create_directories(folder_ / "in");
    settings_.id = "test.ways";
    settings_.organisation = "1319999999";
    settings_.name = "連携病院";
    settings_.roots = {folder_ / "in"};
  }
  ~House() {
    door_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  std::unique_ptr<Feed> start(Connector connector) {
    settings_.connector = connector;
    auto feed = start_feed(settings_, *door_, test::mappings());
    if (!feed) throw std::runtime_error(feed.error().message);
    return *std::move(feed);
  }
  void put(const std::string& name, std::string_view bytes) const {
    std::ofstream(folder_ / "in" / name, std::ios::binary) << bytes;
  }
  fs::path in() const { return folder_ / "in"; }

 private:
  fs::path folder_;
  std::unique_ptr<record::Door> door_;
  FeedSettings settings_;
};

TEST(Batch, over_mllp_is_answered_by_a_batch_of_answers) {
  House house;
  const auto feed = house.start(Connector::mllp);
  net::Client client(feed->status().port);
  ASSERT_TRUE(client.connected());
  client.send("\x0b" + batch + "\x1c\r");
  const std::string answer = client.until("\x1c\r");
  EXPECT_TRUE(
      answer.starts_with("\x0b"
                         "BHS|^~\\&|R|R|EMR|H|"))
      << answer;
  EXPECT_NE(answer.find("|B42\r"), std::string::npos) << answer;
  EXPECT_NE(answer.find("MSA|AA|1\r"), std::string::npos) << answer;
  EXPECT_NE(answer.find("MSA|AR|X"), std::string::npos) << answer;
  EXPECT_NE(answer.find("MSA|AA|2\r"), std::string::npos) << answer;
  EXPECT_NE(answer.find("BTS|3\r"), std::string::npos) << answer;
  EXPECT_EQ(feed->status().received, 3u);
  EXPECT_EQ(feed->status().refused, 1u);
}

TEST(Batch, in_a_folder_is_taken_and_moved_away) {
  House house;
  house.put("batch.hl7", batch);
  house.put("rubbish.hl7", "これは電文ではない");
  house.put("unfinished.tmp", batch);
  const auto feed = house.start(Connector::folder);
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  const auto taken = [&] {
    return fs::exists(house.in() / "done/batch.hl7") &&
           fs::exists(house.in() / "refused/rubbish.hl7");
  };
  while (!taken() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(5ms);  // the feed tells no event of its own
  EXPECT_TRUE(taken());
  EXPECT_EQ(feed->status().received, 4u);
  EXPECT_EQ(feed->status().refused, 2u);
  EXPECT_TRUE(fs::exists(house.in() / "unfinished.tmp"));
}

std::string logged(std::string_view what, const std::string& control_id,
                   const std::string& patient) {
  return "#SSMIX,2.00,1319999999," + patient + ",-,ADT-00,999999999999999," + std::string(what) +
         ",-,20240415101500000\r\n" + update_of(control_id, patient);
}
void wait_for_messages(const Feed& feed, uint64_t count) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (feed.status().received < count && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(5ms);  // the feed tells no event of its own
  EXPECT_EQ(feed.status().received, count);
}

TEST(TransactionStorage, is_taken_as_it_grows_and_never_twice) {
  House house;
  fs::create_directories(house.in() / "2024");
  const std::string name = "2024/TR_20240415000000000_00001.DAT";
  std::string log = logged("INS", "1", "101") + logged("INS", "2", "102");
  house.put(name, log);
  {
    const auto feed = house.start(Connector::ssmix2_log);
    wait_for_messages(*feed, 2);
    log += logged("DEL", "1", "101") + logged("INS", "3", "103");
    house.put(name, log);
    wait_for_messages(*feed, 4);
    EXPECT_EQ(feed->status().held + feed->status().refused, 0u);
    EXPECT_EQ(feed->status().repeated, 0u);
  }
  house.put(name, log + logged("INS", "4", "104"));
  house.put("2024/TR_20240416000000000_00001.DAT", "何か\r\n" + logged("OOPS", "5", "105"));
  const auto feed = house.start(Connector::ssmix2_log);  // another life, which knows how far it got
  wait_for_messages(*feed, 3);
  EXPECT_EQ(feed->status().repeated, 0u);
  EXPECT_EQ(feed->status().held + feed->status().refused, 2u);  // kept, for a person to look at
}

TEST(Batch, of_a_file_is_converted_message_by_message) {
  const auto all = convert_all(batch, test::hospital(), *test::mappings());
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].state, Converted::State::done);
  EXPECT_EQ(all[1].state, Converted::State::refused);
  EXPECT_EQ(all[1].findings.front().location, "MSH-9");
  EXPECT_EQ(all[2].state, Converted::State::done);
  EXPECT_EQ(batch.substr(all[2].byte_begin, 3), "MSH");
}

TEST(Merge, leaves_the_old_number_replaced_by_the_new) {
  const std::string bytes =
      "MSH|^~\\&|EMR|H|R|R|20240415101500||ADT^A40^ADT_A39|1|P|2.5||||||UNICODE UTF-8\r"
      "PID|||200^^^^PI||試験^花子^^^^^L^I||19800203|F\rMRG|100^^^^PI\r"
      "PID|||201^^^^PI||試験^一郎^^^^^L^I||19800204|M\rMRG|101^^^^PI~102^^^^PI\r";
  const Converted made = convert(bytes, test::hospital(), *test::mappings());
  ASSERT_EQ(made.state, Converted::State::done) << made.reason;
  size_t replaced = 0;
  for (const Made& one : made.resources)
    replaced += one.resource.find("link") != nullptr ? 1 : 0;
  EXPECT_EQ(replaced, 3u);
  // The old number is the Patient that its own messages made.
  const Converted before = convert(update_of("9", "100"), test::hospital(), *test::mappings());
  const auto found = std::ranges::find_if(made.resources, [&](const Made& one) {
    return one.id == before.resources[1].id && one.resource.find("link") != nullptr;
  });
  EXPECT_NE(found, made.resources.end());
}

TEST(Old, a_message_of_version_two_point_one_is_read_by_its_event_segment) {
  const Converted made = convert(
      "MSH|^~\\&|A|B|C|D|19900101||ADT|1|P|2.1\rEVN|A08|199001010900\rPID|||7||A^B||19500101|M\r",
      test::hospital(), *test::mappings());
  EXPECT_EQ(made.state, Converted::State::done) << made.reason;
  EXPECT_EQ(made.kind, "ADT^A08");
}

}  // namespace
}  // namespace tasuki::intake
