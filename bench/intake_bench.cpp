// HL7 v2 messages through the receiver, without sockets: read, mapped, validated, committed, a
// CPU-second.
//
//   intake-bench MAPPINGS MESSAGES.mllp|long-reports|long-notes [threads]
//
// The messages are framed as MLLP frames them (tasuki-demo writes such files), or those of 8 KB
// that tasuki-bench sends. A patient's stay on one thread, in order. The database lies in a
// temporary folder and is removed.
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>

#include "corpus.h"
#include "intake/receiver.h"
#include "intake/replay/replays.h"
#include "measured.h"
#include "record/door.h"

namespace tasuki::bench {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t long_messages = 4000;

std::vector<std::string> framed_in(const fs::path& file) {
  if (file == "long-reports" || file == "long-notes") {
    std::vector<std::string> made;
    for (uint64_t n = 0; n < long_messages; ++n)
      made.push_back(file == "long-notes" ? long_note(n) : long_report(n));
    return made;
  }
  std::ifstream stream(file, std::ios::binary);
  const std::string all((std::istreambuf_iterator<char>(stream)), {});
  std::vector<std::string> framed;
  for (size_t start = 0; start < all.size();) {
    const size_t end = all.find("\x1c\r", start);
    if (end == std::string::npos) break;
    framed.push_back(all.substr(start, end + 2 - start));
    start = end + 2;
  }
  return framed;
}

// All of it once more, as a mended mapping would be tried: converted, validated, compared with what
// stands. Nothing differs here, so that what is measured is the reading and comparing.
void compare_again(record::Door& door, std::shared_ptr<const intake::Mappings> mappings,
                   const intake::FeedSettings& feed, size_t messages) {
  const record::Principal system{.id = "bench",
                                 .name = "bench",
                                 .role = record::Role::system,
                                 .organisation = feed.organisation,
                                 .person = {}};
  intake::Replays replays(door, std::move(mappings), {feed}, {.candidates = {}});
  intake::ReplayChoice choice;
  choice.feed = feed.id;
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  const std::string id = must(replays.start(choice, system));
  replays.wait();
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const auto all = static_cast<double>(messages);
  fmt::print("compared: {:.0f} messages/s, {:.0f}/CPU-second; {}\n", all / wall,
             all / (cpu_seconds() - cpu), must(replays.show(id, system)));
}

int run(int count, char** arguments) {
  if (count < 3) {
    fmt::print(stderr,
               "usage: intake-bench MAPPINGS MESSAGES.mllp|long-reports|long-notes [threads]\n");
    return 2;
  }
  const fs::path data = fs::temp_directory_path() / fmt::format("tasuki-intake-{}", getpid());
  const fs::path image = fs::path(arguments[0]).parent_path().parent_path() / "tasuki-r4.image";
  std::shared_ptr<const fhir::Definitions> definitions = must(fhir::Definitions::open(image));
  const auto mappings = must(intake::Mappings::load(arguments[1], definitions));
  record::DoorSettings settings;
  settings.folder = data;
  auto door = must(record::Door::open(settings, definitions));
  intake::FeedSettings feed;
  feed.id = "bench";
  feed.organisation = "1310000001";
  feed.name = "みなと総合病院";
  intake::Receiver receiver(feed, *door, mappings);

  const auto threads = static_cast<size_t>(count > 3 ? std::atoi(arguments[3]) : 32);
  const auto framed = framed_in(arguments[2]);
  const auto lanes = lanes_by_patient(framed, threads);
  const auto syncs = door->sync_count();
  const double cpu = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> senders;
    for (const auto& lane : lanes) {
      senders.emplace_back([&receiver, &lane] {
        for (const std::string& message : lane)
          receiver.receive({.bytes = std::string_view(message).substr(1, message.size() - 3)},
                           [](const intake::Converted& made) { return made.control_id; });
      });
    }
  }
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double used = cpu_seconds() - cpu;
  const auto all = static_cast<double>(framed.size());
  const auto status = receiver.status();
  fmt::print(
      "{} threads: {:.0f} messages, {:.0f}/s, {:.0f}/CPU-second, {:.0f} us CPU each, {:.1f} a "
      "sync; "
      "{} held, {} refused\n",
      threads, all, all / wall, all / used, used / all * 1e6,
      all / static_cast<double>(door->sync_count() - syncs), status.held, status.refused);
  compare_again(*door, mappings, feed, framed.size());
  uint64_t raw = 0;
  for (const std::string& message : framed)
    raw += message.size();
  door.reset();  // the log goes into the database
  fmt::print("database and audit: {:.2f} bytes a byte of message\n",
             static_cast<double>(bytes_in(data)) / static_cast<double>(raw));
  fs::remove_all(data);
  return 0;
}

}  // namespace
}  // namespace tasuki::bench

int main(int count, char** arguments) {
  return tasuki::bench::run(count, arguments);
}
