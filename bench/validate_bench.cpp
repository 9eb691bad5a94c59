// How many resources a second one core validates against their profiles, warm; what starting costs.
//
//   validate-bench FOLDER PACKAGES SHARE    every *.json of the folder, again and again for two
//   seconds
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fhir/validate/rulebook.h"
#include "fhir/validate/validate.h"
#include "json/parse.h"

namespace {

double cpu_seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

long resident_kib() {
  std::ifstream in("/proc/self/statm");
  long all = 0, resident = 0;
  in >> all >> resident;
  return resident * 4;
}

}  // namespace

int main(int count, char** words) {
  using namespace tasuki;
  if (count < 4) {
    std::fputs("usage: validate-bench FOLDER PACKAGES SHARE\n", stderr);
    return 2;
  }
  const std::filesystem::path share = words[3];
  const double start = cpu_seconds();
  const auto definitions = fhir::Definitions::open(share / "r4.image");
  if (!definitions) return 1;
  const auto mapping = fhir::terminology::Mapping::open(share / "r4-terminology.image");
  if (!mapping) return 1;
  const auto rulebook = fhir::Rulebook::open(**definitions, share / "r4.package", words[2],
                                             fhir::terminology::Terminology::make({*mapping}));
  if (!rulebook) {
    std::fprintf(stderr, "%s\n", rulebook.error().message.c_str());
    return 1;
  }
  std::printf("opened in %.0f ms of CPU, %ld KiB resident\n", (cpu_seconds() - start) * 1e3,
              resident_kib());

  std::vector<std::string> texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(words[1])) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    texts.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  const auto once = [&] {
    size_t errors = 0, bytes = 0;
    for (const std::string& text : texts) {
      const auto document = json::parse(text);
      if (!document) continue;
      errors += fhir::is_valid(fhir::validate(**rulebook, document->root)) ? 0U : 1U;
      bytes += text.size();
    }
    return std::pair(errors, bytes);
  };
  const double cold = cpu_seconds();
  const auto [errors, bytes] = once();
  std::printf("first time: %.1f ms for %zu resources of %zu bytes, %zu invalid\n",
              (cpu_seconds() - cold) * 1e3, texts.size(), bytes, errors);
  const double warm = cpu_seconds();
  size_t rounds = 0;
  while (cpu_seconds() - warm < 2) {
    once();
    ++rounds;
  }
  const double seconds = cpu_seconds() - warm;
  std::printf("warm: %.0f resources/s/core, %.2f ms each, %ld KiB resident\n",
              static_cast<double>(rounds * texts.size()) / seconds,
              seconds * 1e3 / static_cast<double>(rounds * texts.size()), resident_kib());
  return 0;
}
