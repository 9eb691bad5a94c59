// A feed's life as the operator leads it, over real sockets: a sender on MLLP, the calls on HTTP.
#include "intake/feed.h"
#include "intake/outbound/outbound.h"
#include "intake/replay/replays.h"
#include "intake/search/search.h"
#include "intake/standing/standings.h"
#include "net/mllp_client.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

// What serve.cpp makes beside the server.
struct Office {
  explicit Office(record::Door& door)
      : mappings(intake::Mappings::load(std::filesystem::path(TASUKI_TESTS_FOLDER) / "../mappings",
                                        r4())),
        feeds(1),
        standings(door) {
    CHECK(mappings.has_value());
    feeds[0].id = "own.adt";
    feeds[0].organisation = House::own;
    feeds[0].name = "みなと総合病院";
    feeds[0].port = 0;
    CHECK(standings.attach(feeds).has_value());
    replays = std::make_unique<intake::Replays>(door, *mappings, feeds, intake::ReplaySettings{});
    messages = std::make_unique<intake::MessageSearcher>(door, feeds);
    outbound = std::make_unique<intake::Outbound>(door, std::vector<intake::DestinationSettings>{});
    auto started = intake::start_feed(feeds[0], door, *mappings);
    CHECK(started.has_value());
    feed = *std::move(started);
  }
  Operation operation() {
    return {.replays = replays.get(),
            .standings = &standings,
            .outbound = outbound.get(),
            .messages = messages.get()};
  }

  Result<std::shared_ptr<const intake::Mappings>> mappings;
  std::vector<intake::FeedSettings> feeds;
  intake::Standings standings;
  std::unique_ptr<intake::Replays> replays;
  std::unique_ptr<intake::MessageSearcher> messages;
  std::unique_ptr<intake::Outbound> outbound;
  std::unique_ptr<intake::Feed> feed;
};

class Region {
 public:
  Region()
      : house_({}, true, [this](record::Door& door) {
          office_ = std::make_unique<Office>(door);
          return office_->operation();
        }) {}

  Heard get(const std::string& call) { return ask("GET", call, {}); }
  Heard post(const std::string& call, std::string_view body = {}) {
    return ask("POST", call, body);
  }
  // The answer's MSA-1.
  std::string send(std::string_view message) {
    const auto client = net::MllpClient::dial(
        {.host = "127.0.0.1", .port = std::to_string(office_->feed->status().port)});
    CHECK(client.has_value());
    const auto answer = (*client)->exchange(message);
    const size_t msa = answer ? answer->find("MSA|") : std::string::npos;
    return msa == std::string::npos ? "" : answer->substr(msa + 4, 2);
  }
  Heard patients() { return house_.ask("GET", "/fhir/Patient", as("own/doctor")); }
  Office& office() { return *office_; }

 private:
  std::string as(const std::string& account) {
    return "Authorization: Bearer " + house_.token(account) + "\r\n";
  }
  Heard ask(std::string_view method, const std::string& call, std::string_view body) {
    return house_.ask(method, "/ops/api/" + call, as("own/clerk") + "X-Tasuki: 1\r\n", body);
  }

  struct Last {  // goes first at the end: its threads use the door
    std::unique_ptr<Office>& office;
    ~Last() { office.reset(); }
  };
  std::unique_ptr<Office> office_;
  House house_;
  Last last_{office_};
};

const std::string update =
    "MSH|^~\\&|EMR|1310000001|R|R|20240415101500||ADT^A08^ADT_A01|77|P|2.5||||||UNICODE UTF-8\r"
    "EVN||202404151015\rPID|||0123456789^^^^PI||試験^花子^^^^^L^I||19800203|F\rPV1||O\r";

std::string id_in(const std::string& body, std::string_view name) {
  const std::string begin = "\"" + std::string(name) + "\":\"";
  const size_t at = body.find(begin);
  if (at == std::string::npos) return {};
  return body.substr(at + begin.size(), body.find('"', at + begin.size()) - at - begin.size());
}

TEST(Operation, a_feed_goes_from_the_shadow_live_and_back) {
  Region region;
  EXPECT_EQ(region.post("feeds/own.adt/shadow").status, 200U);
  EXPECT_EQ(region.send(update), "AA");
  EXPECT_FALSE(region.patients().body.contains("試験"));
  const Heard gate = region.get("feeds/own.adt/gate");
  EXPECT_TRUE(gate.body.contains(R"("mayGoLive":false)")) << gate.body;
  EXPECT_EQ(region.post("feeds/own.adt/live").status, 409U);
  const Heard live = region.post("feeds/own.adt/live", R"({"because":"試験は済みました"})");
  EXPECT_EQ(live.status, 200U) << live.body;
  const std::string backlog = id_in(live.body, "backlogReplay");
  region.office().replays->wait();
  const Heard changes = region.get("replays/" + backlog + "/changes");
  EXPECT_TRUE(changes.body.contains(R"("action":"create")")) << changes.body;
  EXPECT_EQ(region.post("replays/" + backlog + "/publish").status, 202U);
  region.office().replays->wait();
  EXPECT_TRUE(region.patients().body.contains("試験")) << region.patients().body;
  EXPECT_EQ(region.post("replays/" + backlog + "/publish").status, 409U) << "once";
  EXPECT_EQ(region.post("replays/" + backlog + "/undo").status, 202U);
  region.office().replays->wait();
  EXPECT_FALSE(region.patients().body.contains("試験"));
}

TEST(Operation, a_paused_feed_answers_that_the_sender_must_try_again) {
  Region region;
  const Heard unexplained = region.post("feeds/own.adt/pause", "{}");
  EXPECT_EQ(unexplained.status, 400U);
  EXPECT_TRUE(unexplained.body.contains(R"("message":"止める理由(because)が要ります。",)"
                                        R"("message_en":"Say why it is paused: because.")"))
      << unexplained.body;
  EXPECT_EQ(region.post("feeds/own.adt/pause", R"({"because":"保守"})").status, 200U);
  EXPECT_EQ(region.send(update), "AE");
  EXPECT_EQ(region.post("feeds/own.adt/resume").status, 200U);
  EXPECT_EQ(region.send(update), "AA");
}

TEST(Operation, messages_are_found_by_patient_and_shown) {
  Region region;
  ASSERT_EQ(region.send(update), "AA");
  ASSERT_TRUE(region.office().messages->catch_up());
  const Heard found = region.get("messages?person=0123456789");
  EXPECT_TRUE(found.body.contains(R"("controlId":"77")")) << found.body;
  const Heard message = region.get("messages/1");
  EXPECT_TRUE(message.body.contains("試験^花子")) << message.body;
  EXPECT_EQ(region.get("messages").status, 400U);
  EXPECT_EQ(region.get("messages?patient=1").status, 400U) << "unknown is refused";
}

struct CallRow {
  const char *name, *method, *call, *body;
  unsigned status;
};
class OperationCall : public testing::TestWithParam<CallRow> {};
TEST_P(OperationCall, answers) {
  static Region region;
  const CallRow& row = GetParam();
  const Heard heard = std::string_view(row.method) == "GET" ? region.get(row.call)
                                                            : region.post(row.call, row.body);
  EXPECT_EQ(heard.status, row.status) << heard.body;
}
const CallRow call_rows[] = {
    {"no_such_feed", "GET", "feeds/other.adt", "", 404},
    {"a_feed", "GET", "feeds/own.adt", "", 200},
    {"a_replay_needs_a_feed", "POST", "replays", "{}", 400},
    {"a_replay_of_no_such_feed", "POST", "replays", R"({"feed":"x"})", 404},
    {"a_replay_takes_what_is_known", "POST", "replays", R"({"feed":"own.adt","who":"x"})", 400},
    {"mappings_lie_where_the_settings_say", "POST", "replays",
     R"({"feed":"own.adt","mappings":"../../etc"})", 404},
    {"no_such_replay", "GET", "replays/1", "", 404},
    {"limits_take_what_is_known", "POST", "feeds/own.adt/gate", R"({"doneMin":2})", 400},
    {"limits", "POST", "feeds/own.adt/gate", R"({"doneMin":0.5})", 200},
    {"destinations", "GET", "destinations", "", 200},
    {"no_such_destination", "POST", "destinations/x/messages", "MSH|", 404},
    {"no_such_call", "GET", "messages/last", "", 404},
};
INSTANTIATE_TEST_SUITE_P(Table, OperationCall, testing::ValuesIn(call_rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace tasuki::server
