// The bulk write path alone, through the door but without HTTP: resources a CPU-second.
//
//   import-bench [folder of .ndjson files] [threads]
//
// Without a folder: the bench's own corpus, 40,000 resources. Patients first, as a sender would.
// The database lies in a temporary folder and is removed.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>

#include "corpus.h"
#include "measured.h"
#include "record/door.h"

namespace tasuki::bench {
namespace {

namespace fs = std::filesystem;

std::string own_lines() {
  std::string lines;
  for (uint64_t n = 0; n < 2'000; ++n)
    lines += patient(n, fmt::format("bench-{}", n)) + "\n";
  for (uint64_t n = 0; n < 38'000; ++n) {
    auto one = observation(n, fmt::format("Patient/bench-{}", n / 19));
    lines += fmt::format(R"({{"resourceType":"Observation","id":"o{}")", n) +
             one.substr(std::string_view(R"({"resourceType":"Observation")").size()) + "\n";
  }
  return lines;
}

// The same corpus as tasuki-bench's, or files; cut into pieces of a megabyte.
class Lines final : public record::ImportSource {
 public:
  explicit Lines(std::string text) : text_(std::move(text)), rest_(text_) {}

  Result<std::optional<record::ImportPiece>> next() override {
    if (rest_.empty()) return std::nullopt;
    constexpr size_t piece_bytes = size_t{1} << 20U;
    const size_t end = rest_.size() <= piece_bytes ? rest_.size() : rest_.find('\n', piece_bytes);
    record::ImportPiece piece{.text = std::string(rest_.substr(0, end)), .source = "bench"};
    rest_.remove_prefix(std::min(end, rest_.size()));
    return piece;
  }
  void failed(const record::ImportFailure& failure) override {
    if (failures_++ < 5)
      fmt::print(stderr, "{}: {} {}\n", failure.line, failure.error.message,
                 failure.error.location);
  }
  bool committed(const record::ImportCounts&) override { return true; }

 private:
  std::string text_;
  std::string_view rest_;
  int failures_ = 0;
};

std::string lines_of(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".ndjson") files.push_back(entry.path());
  }
  std::ranges::sort(files, {}, [](const fs::path& file) {
    return std::pair(file.stem() != "Patient", file.string());
  });
  std::string lines;
  for (const auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    lines.append(std::istreambuf_iterator<char>(stream), {});
  }
  return lines;
}

int run(int count, char** arguments) {
  const fs::path data = fs::temp_directory_path() / fmt::format("tasuki-import-{}", getpid());
  const fs::path image = fs::path(arguments[0]).parent_path().parent_path() / "tasuki-r4.image";
  std::shared_ptr<const fhir::Definitions> definitions = must(fhir::Definitions::open(image));
  auto door = must(record::Door::open({.folder = data}, definitions));
  Lines lines(count > 1 ? lines_of(arguments[1]) : own_lines());
  const size_t threads = count > 2 ? static_cast<size_t>(std::atoi(arguments[2]))
                                   : std::thread::hardware_concurrency();
  auto session = door->session({"bench", "bench", record::Role::system, "1310000001", {}},
                               record::Purpose::operations);

  const double cpu = cpu_seconds();
  const auto syncs = door->sync_count();
  const auto start = std::chrono::steady_clock::now();
  const auto counts = must(session.import_lines(lines, {.threads = threads, .organisation = {}}));
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const double used = cpu_seconds() - cpu;
  const auto all = static_cast<double>(counts.created + counts.updated + counts.unchanged);
  fmt::print(
      "import, {} threads: {:.0f} resources ({} failed), {:.0f}/s, {:.0f}/CPU-second, {:.1f} us "
      "CPU each, "
      "{} syncs\n",
      threads, all, counts.failed, all / wall, all / used, used / all * 1e6,
      door->sync_count() - syncs);
  door.reset();
  fmt::print("database: {:.2f} bytes a byte of NDJSON\n",
             static_cast<double>(bytes_in(data)) / static_cast<double>(counts.bytes));
  fs::remove_all(data);
  return 0;
}

}  // namespace
}  // namespace tasuki::bench

int main(int count, char** arguments) {
  return tasuki::bench::run(count, arguments);
}
