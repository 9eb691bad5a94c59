// Messages going out over real sockets: in order, again until they are acknowledged, once for
// whoever counts control ids.
#include "intake/outbound/outbound.h"

#include <fmt/core.h>

#include <filesystem>
#include <map>

#include "intake/receive_house.h"
#include "net/http.h"
#include "net/mllp.h"

namespace tasuki::intake {
namespace {

using namespace std::chrono_literals;
using test::House;

std::string message_of(std::string_view person, std::string_view control) {
  return fmt::format(
      "MSH|^~\\&|T|1319999999|R|R|20260501103000||ADT^A08|{}|P|2.5\rPID|||{}^^^^PI\r", control,
      person);
}

std::string control_of(std::string_view message) {
  size_t at = 0;
  for (int field = 0; field < 9; ++field)
    at = message.find('|', at) + 1;
  return std::string(message.substr(at, message.find('|', at) - at));
}

std::string answer_of(std::string_view code, std::string_view about) {
  return fmt::format("MSH|^~\\&|R|R|T|T|20260501103000||ACK|a1|P|2.5\rMSA|{}|{}|\r", code, about);
}

// The other side: keeps a ledger of what came, and answers as the test says.
class Peer {
 public:
  using Reply = std::function<std::string(const std::string& control, unsigned time)>;
  explicit Peer(Reply reply, uint16_t port = 0) : reply_(std::move(reply)) {
    net::MllpSettings settings;
    settings.port = port;
    auto listener = net::MllpListener::start(
        settings, [this](std::string_view message) { return take(message); });
    if (!listener) throw std::runtime_error(listener.error().message);
    listener_ = *std::move(listener);
  }

  uint16_t port() const { return listener_->port(); }
  std::string address() const { return fmt::format("127.0.0.1:{}", port()); }

  // In the order they came.
  std::vector<std::string> wait_for(size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, 20s, [&] { return ledger_.size() >= count; });
    return ledger_;
  }

 private:
  std::string take(std::string_view message) {
    const std::string control = control_of(message);
    const std::lock_guard lock(mutex_);
    ledger_.push_back(control);
    came_.notify_all();
    return reply_(control, ++times_[control]);
  }

  Reply reply_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<std::string> ledger_;
  std::map<std::string, unsigned> times_;
  std::unique_ptr<net::MllpListener> listener_;  // last
};

DestinationSettings destination_of(const House& house, std::string address) {
  DestinationSettings settings;
  settings.id = "center";
  settings.organisation = house.settings().organisation;
  settings.address = std::move(address);
  settings.answer_wait = 1000ms;
  settings.retry_first = 20ms;
  settings.retry_max = 100ms;
  return settings;
}

void send(Outbound& outbound, const House& house, std::string_view person,
          std::string_view control) {
  const auto sent = outbound.send("center", message_of(person, control), house.clerk());
  ASSERT_TRUE(sent) << sent.error().message;
}

// Until the list of destinations says so.
std::string wait_until(const Outbound& outbound, const House& house, std::string_view says) {
  std::string said;
  for (const auto end = std::chrono::steady_clock::now() + 20s;
       std::chrono::steady_clock::now() < end;) {
    said = outbound.list(house.clerk()).value_or("");
    if (said.contains(says)) return said;
    std::this_thread::yield();
  }
  return said;
}

std::string accept(const std::string& control, unsigned /*time*/) {
  return answer_of("AA", control);
}

TEST(Outbound, each_persons_messages_arrive_in_order_and_once) {
  House house;
  Peer peer(accept);
  Outbound outbound(house.door(), {destination_of(house, peer.address())});
  for (int i = 0; i < 40; ++i)
    send(outbound, house, fmt::format("p{}", i % 4), fmt::format("{:02}", i));
  const auto ledger = peer.wait_for(40);
  ASSERT_EQ(ledger.size(), 40U);
  for (int person = 0; person < 4; ++person) {
    std::vector<std::string> own;
    std::ranges::copy_if(ledger, std::back_inserter(own),
                         [&](const auto& control) { return std::stoi(control) % 4 == person; });
    EXPECT_EQ(own.size(), 10U);
    EXPECT_TRUE(std::ranges::is_sorted(own));
  }
  EXPECT_TRUE(wait_until(outbound, house, R"("waiting":0)").contains(R"("waiting":0)"));
  const auto done = outbound.done("center", {}, house.clerk());
  ASSERT_TRUE(done);
  EXPECT_TRUE(done->contains(R"("answer":"AA")")) << *done;
}

TEST(Outbound, an_answer_about_another_message_is_none) {
  House house;
  Peer peer([](const std::string& control, unsigned time) {
    return answer_of("AA", time == 1 ? "somebody-else" : control);
  });
  Outbound outbound(house.door(), {destination_of(house, peer.address())});
  send(outbound, house, "p1", "7");
  EXPECT_EQ(peer.wait_for(2), (std::vector<std::string>{"7", "7"}));
  const std::string said = wait_until(outbound, house, R"("delivered":1)");
  EXPECT_TRUE(said.contains(R"("delivered":1)")) << said;
}

TEST(Outbound, a_silent_peer_is_asked_again) {
  House house;
  Peer peer([](const std::string& control, unsigned time) {
    return time == 1 ? std::string() : answer_of("AA", control);
  });
  auto settings = destination_of(house, peer.address());
  settings.answer_wait = 100ms;
  Outbound outbound(house.door(), {settings});
  send(outbound, house, "p1", "7");
  EXPECT_EQ(peer.wait_for(2).size(), 2U);
  EXPECT_TRUE(wait_until(outbound, house, R"("delivered":1)").contains(R"("circuit":"closed")"));
}

TEST(Outbound, what_is_refused_goes_to_the_tray_and_the_lane_goes_on) {
  House house;
  std::atomic<bool> mended = false;
  Peer peer([&](const std::string& control, unsigned) {
    return answer_of(control == "bad" && !mended ? "AR" : "AA", control);
  });
  Outbound outbound(house.door(), {destination_of(house, peer.address())});
  send(outbound, house, "p1", "bad");
  send(outbound, house, "p1", "good");
  const std::string said = wait_until(outbound, house, R"("waiting":0,"tray":1,"delivered":1)");
  EXPECT_TRUE(said.contains(R"("tray":1,"delivered":1)")) << said;
  mended = true;
  EXPECT_EQ(outbound.again("center", std::nullopt, house.clerk()).value_or(0), 1U);
  EXPECT_TRUE(wait_until(outbound, house, R"("tray":0,"delivered":2)").contains(R"("tray":0)"));
}

TEST(Outbound, a_fault_is_tried_a_few_times_only) {
  House house;
  Peer peer([](const std::string& control, unsigned) { return answer_of("AE", control); });
  auto settings = destination_of(house, peer.address());
  settings.tries_max = 3;
  Outbound outbound(house.door(), {settings});
  send(outbound, house, "p1", "7");
  EXPECT_TRUE(wait_until(outbound, house, R"("tray":1)").contains(R"("tray":1)"));
  EXPECT_EQ(peer.wait_for(3).size(), 3U);
}

TEST(Outbound, waits_for_a_peer_that_is_down_and_says_so) {
  House house;
  auto first = std::make_unique<Peer>(accept);
  const uint16_t port = first->port();
  first.reset();
  Outbound outbound(house.door(), {destination_of(house, fmt::format("127.0.0.1:{}", port))});
  send(outbound, house, "p1", "7");
  const std::string down = wait_until(outbound, house, R"("circuit":"open")");
  EXPECT_TRUE(down.contains(R"("circuit":"open")")) << down;
  EXPECT_TRUE(down.contains(R"("waiting":1)")) << down;
  Peer peer(accept, port);
  EXPECT_EQ(peer.wait_for(1).size(), 1U);
  EXPECT_TRUE(wait_until(outbound, house, R"("delivered":1)").contains(R"("circuit":"closed")"));
}

TEST(Outbound, what_a_feed_received_goes_on_once_across_a_restart) {
  House house;
  Peer peer(accept);
  auto settings = destination_of(house, peer.address());
  settings.forwards = {house.settings().id};
  ASSERT_TRUE(house.receive(test::admission).stored);
  {
    const Outbound outbound(house.door(), {settings});
    EXPECT_EQ(peer.wait_for(1), (std::vector<std::string>{"77"}));
    wait_until(outbound, house, R"("waiting":0)");
  }
  ASSERT_TRUE(house.receive(test::changed(test::admission, "|77|", "|78|")).stored);
  const Outbound outbound(house.door(), {settings});
  EXPECT_EQ(peer.wait_for(2), (std::vector<std::string>{"77", "78"}));
}

TEST(Outbound, a_file_appears_whole_and_holds_the_same_bytes) {
  House house;
  const auto folder = std::filesystem::temp_directory_path() / ("tasuki-out-" + random_uuid());
  std::filesystem::create_directories(folder);
  auto settings = destination_of(house, folder.string());
  settings.kind = DestinationSettings::Kind::folder;
  Outbound outbound(house.door(), {settings});
  send(outbound, house, "p1", "7");
  EXPECT_TRUE(wait_until(outbound, house, R"("delivered":1)").contains(R"("delivered":1)"));
  EXPECT_EQ(test::bytes_of(folder / "0000000000000001.hl7"), message_of("p1", "7"));
  std::filesystem::remove_all(folder);
}

TEST(Outbound, http_is_asked_again_after_503_with_the_same_key) {
  House house;
  std::mutex mutex;
  std::vector<std::string> keys;
  net::HttpSettings http;
  http.port = 0;
  const auto server = net::HttpServer::start(
      http, {.is_quick = {}, .handle = [&](const net::HttpRequest& request) {
               const std::lock_guard lock(mutex);
               keys.emplace_back(request.header("Idempotency-Key"));
               return net::HttpResponse{.status = keys.size() == 1 ? 503U : 200U};
             }});
  ASSERT_TRUE(server);
  auto settings = destination_of(house, fmt::format("http://127.0.0.1:{}/in", (*server)->port()));
  settings.kind = DestinationSettings::Kind::http;
  Outbound outbound(house.door(), {settings});
  send(outbound, house, "p1", "7");
  EXPECT_TRUE(wait_until(outbound, house, R"("delivered":1)").contains(R"("delivered":1)"));
  const std::lock_guard lock(mutex);
  EXPECT_EQ(keys, (std::vector<std::string>{"center-1", "center-1"}));
}

TEST(Outbound, is_for_the_clerks_of_its_own_facility) {
  House house;
  Outbound outbound(house.door(), {destination_of(house, "127.0.0.1:1")});
  auto other = house.clerk();
  other.organisation = "1310000002";
  EXPECT_FALSE(outbound.send("center", message_of("p1", "7"), other));
  EXPECT_EQ(outbound.list(other).value_or(""), R"({"destinations":[]})");
}

struct AnswerRow {
  const char *name, *answer;
  Verdict::What what;
};
class Answer : public testing::TestWithParam<AnswerRow> {};
TEST_P(Answer, is_judged) {
  EXPECT_EQ(judge_answer(GetParam().answer, "7").what, GetParam().what);
}
const AnswerRow answer_rows[] = {
    {"accepted", "MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|AA|7\r", Verdict::What::accepted},
    {"committed", "MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|CA|7\r", Verdict::What::accepted},
    {"at_fault", "MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|AE|7\r", Verdict::What::faulty},
    {"refused", "MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|CR|7\r", Verdict::What::refused},
    {"of_another", "MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|AA|8\r", Verdict::What::unreachable},
    {"of_no_code", "MSH|^~\\&|||||||ACK|1|P|2.5\rMSA|XX|7\r", Verdict::What::unreachable},
    {"without_msa", "MSH|^~\\&|||||||ACK|1|P|2.5\r", Verdict::What::unreachable},
    {"not_hl7", "hello", Verdict::What::unreachable},
};
INSTANTIATE_TEST_SUITE_P(Table, Answer, testing::ValuesIn(answer_rows),
                         [](const auto& row) { return row.param.name; });

TEST(Circuit, opens_for_longer_each_time_and_lets_one_probe) {
  Circuit circuit(100ms, 350ms);
  auto now = Circuit::Clock::now();
  EXPECT_TRUE(circuit.may_send(now));
  for (const auto wait : {100ms, 200ms, 350ms, 350ms}) {
    circuit.failed(now);
    EXPECT_FALSE(circuit.may_send(now + wait - 1ms));
    EXPECT_TRUE(circuit.may_send(now + wait));
    EXPECT_FALSE(circuit.may_send(now + wait)) << "only one probes";
    now += wait;
  }
  circuit.worked();
  EXPECT_TRUE(circuit.may_send(now) && circuit.may_send(now));
}

}  // namespace
}  // namespace tasuki::intake
