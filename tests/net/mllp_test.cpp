#include "net/mllp.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "net/client.h"
#include "net/mllp_frame.h"

namespace tasuki::net {
namespace {

struct FrameCase {
  const char* name;
  std::string bytes;
  std::vector<std::string> messages = {};
  size_t skipped = 0, broken_off = 0;
};
const FrameCase frame_cases[] = {
    {"one_message", "\x0bMSH|a\x1c\r", {"MSH|a"}},
    {"two_messages_in_one_piece",
     "\x0b"
     "a\x1c\r\x0b"
     "b\x1c\r",
     {"a", "b"}},
    {"line_ends_between_frames_do_not_count",
     "\r\n\x0b"
     "a\x1c\r\n\x0b"
     "b\x1c\r",
     {"a", "b"}},
    {"bytes_outside_are_skipped_and_counted",
     "xyz\x0b"
     "a\x1c\r",
     {"a"},
     3},
    {"a_new_start_drops_the_unfinished_one",
     "\x0b"
     "half\x0b"
     "b\x1c\r",
     {"b"},
     0,
     1},
    {"the_last_carriage_return_may_be_missing",
     "\x0b"
     "a\x1c\x0b"
     "b\x1c",
     {"a", "b"}},
    {"an_empty_message_is_one", "\x0b\x1c\r", {""}},
    {"an_unfinished_message_waits",
     "\x0b"
     "half",
     {}},
    {"escape_sequences_of_iso_2022_jp_are_no_marks",
     "\x0b\x1b$B;3ED\x1b(B\x1c\r",
     {"\x1b$B;3ED\x1b(B"}},
};
class Frames : public testing::TestWithParam<FrameCase> {};

std::vector<std::string> taken(MllpFrames& frames, std::string_view bytes, size_t piece) {
  std::vector<std::string> messages;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    frames.feed(bytes.substr(at, piece));
    while (auto message = frames.next())
      messages.push_back(*message);
  }
  return messages;
}

TEST_P(Frames, are_found_however_the_bytes_are_cut) {
  for (const size_t piece : {1UL, 2UL, 3UL, 1000UL}) {
    MllpFrames frames(1000);
    EXPECT_EQ(taken(frames, GetParam().bytes, piece), GetParam().messages);
    EXPECT_EQ(frames.skipped(), GetParam().skipped);
    EXPECT_EQ(frames.broken_off(), GetParam().broken_off);
  }
}
INSTANTIATE_TEST_SUITE_P(Mllp, Frames, testing::ValuesIn(frame_cases),
                         [](const auto& info) { return info.param.name; });

TEST(MllpFrames, a_message_too_long_is_noticed_before_it_ends) {
  MllpFrames frames(10);
  frames.feed(
      "\x0b"
      "12345678901");
  EXPECT_FALSE(frames.next());
  EXPECT_TRUE(frames.too_long());
}

class Mllp : public testing::Test {
 protected:
  void start(MllpListener::Handle handle, MllpSettings settings = {}) {
    settings.port = 0;
    auto started = MllpListener::start(settings, std::move(handle));
    ASSERT_TRUE(started.has_value()) << started.error().message;
    listener = *std::move(started);
  }
  std::unique_ptr<MllpListener> listener;
};

std::string acknowledge(std::string_view message) {
  return "ACK " + std::string(message);
}

TEST_F(Mllp, each_message_is_answered_in_order) {
  start(acknowledge);
  Client client(listener->port());
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += mllp_framed(std::to_string(i));
  client.send(all);
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(client.until("\x1c\r"), mllp_framed("ACK " + std::to_string(i)));
}

TEST_F(Mllp, an_empty_answer_sends_nothing) {
  start([](std::string_view message) {
    return message == "quiet" ? std::string() : acknowledge(message);
  });
  Client client(listener->port());
  client.send(mllp_framed("quiet") + mllp_framed("loud"));
  EXPECT_EQ(client.until("\x1c\r"), mllp_framed("ACK loud"));
}

TEST_F(Mllp, connections_run_beside_one_another) {
  std::latch together(5);
  start([&](std::string_view message) {
    together.arrive_and_wait();
    return acknowledge(message);
  });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(std::make_unique<Client>(listener->port()));
    clients.back()->send(mllp_framed("m"));
  }
  for (auto& client : clients)
    EXPECT_EQ(client->until("\x1c\r"), mllp_framed("ACK m"));
}

TEST_F(Mllp, a_message_too_long_closes_the_connection_and_only_that) {
  start(acknowledge, {.message_bytes_max = 100});
  Client bad(listener->port()), good(listener->port());
  bad.send("\x0b" + std::string(200, 'x'));
  EXPECT_TRUE(bad.closed());
  good.send(mllp_framed("m"));
  EXPECT_EQ(good.until("\x1c\r"), mllp_framed("ACK m"));
}

TEST_F(Mllp, who_does_not_speak_mllp_is_closed) {
  start(acknowledge);
  Client client(listener->port());
  client.send(std::string(100'000, 'x'));
  EXPECT_TRUE(client.closed());
}

TEST_F(Mllp, a_handler_that_throws_closes_without_an_answer) {
  start([](std::string_view) -> std::string { throw std::runtime_error("bug"); });
  Client client(listener->port());
  client.send(mllp_framed("m"));
  EXPECT_EQ(client.rest(), "");
}

TEST_F(Mllp, an_idle_connection_is_closed) {
  start(acknowledge, {.idle_seconds_max = 1});
  Client client(listener->port());
  EXPECT_TRUE(client.closed());
}

TEST_F(Mllp, a_connection_too_many_is_closed) {
  start(acknowledge, {.connections_max = 1});
  Client first(listener->port());
  first.send(mllp_framed("1"));
  EXPECT_EQ(first.until("\x1c\r"), mllp_framed("ACK 1"));
  Client second(listener->port());
  EXPECT_TRUE(second.closed());
}

TEST_F(Mllp, stopping_answers_the_message_under_way) {
  std::latch handling(1), stopping(1);
  start([&](std::string_view message) {
    handling.count_down();
    stopping.wait();
    return acknowledge(message);
  });
  Client idle(listener->port()), busy(listener->port());
  busy.send(mllp_framed("last"));
  handling.wait();
  std::thread stopper([&] { listener.reset(); });
  EXPECT_TRUE(idle.closed());
  stopping.count_down();
  EXPECT_EQ(busy.rest(), mllp_framed("ACK last"));
  stopper.join();
}

}  // namespace
}  // namespace tasuki::net
