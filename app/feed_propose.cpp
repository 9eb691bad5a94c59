// `tasuki feed propose FOLDER`: from a sender's sample files to a feed that a person confirms.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/files.h"
#include "feed_propose.h"
#include "intake/propose/propose.h"
#include "parts.h"

namespace tasuki::app {
namespace {

namespace fs = std::filesystem;

constexpr size_t samples_max = 5'000;
constexpr uint64_t sample_bytes_max = uint64_t{64} * 1024 * 1024;

Result<std::vector<intake::propose::Sample>> samples_in(const fs::path& place) {
  std::vector<fs::path> files;
  std::error_code failure;
  if (fs::is_regular_file(place, failure)) files.push_back(place);
  for (const fs::path& file : files_below(place))
    if (fs::file_size(file, failure) <= sample_bytes_max) files.push_back(file);
  std::ranges::sort(files);
  files.resize(std::min(files.size(), samples_max));
  std::vector<intake::propose::Sample> samples;
  for (const fs::path& file : files) {
    std::ifstream stream(file, std::ios::binary);
    samples.push_back({file.string(), std::string(std::istreambuf_iterator<char>(stream), {})});
  }
  if (samples.empty())
    return Error{Error::Kind::not_found, "標本がありません。/ There are no samples.",
                 place.string()};
  return samples;
}

}  // namespace

Result<void> propose_feed(const Arguments& arguments) {
  if (arguments.rest.size() != 2)
    return Error{Error::Kind::invalid,
                 "feed propose フォルダ と書きます。/ It is feed propose FOLDER.", "feed"};
  const Settings settings = TRY(settings_of(arguments));
  std::shared_ptr<const fhir::Definitions> definitions =
      TRY(fhir::Definitions::open(settings.definitions, settings.zone));
  const auto mappings = TRY(intake::Mappings::load(settings.mappings, definitions));
  const auto samples = TRY(samples_in(arguments.rest[1]));
  const auto proposal = TRY(intake::propose::propose(samples, *mappings));
  fmt::print("# 形式 / format: {}\n", proposal.format);
  for (const std::string& fact : proposal.facts)
    fmt::print("# {}\n", fact);
  fmt::print("\n# --- tasuki.toml ---\n{}", proposal.settings);
  if (!proposal.mapping.empty()) fmt::print("\n# --- mappings/*.map ---\n{}", proposal.mapping);
  return {};
}

}  // namespace tasuki::app
