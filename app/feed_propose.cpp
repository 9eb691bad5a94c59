// `tasuki feed propose FOLDER`, `confirm`: from a sender's sample files to a feed that a person
// confirms.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/files.h"
#include "feed_propose.h"
#include "intake/propose/confirm.h"
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

Result<intake::propose::Proposal> proposal_of(const Settings& settings, const fs::path& place) {
  std::shared_ptr<const fhir::Definitions> definitions =
      TRY(fhir::Definitions::open(settings.definitions, settings.zone));
  const auto mappings = TRY(intake::Mappings::load(settings.mappings, definitions));
  const auto samples = TRY(samples_in(place));
  return intake::propose::propose(samples, *mappings);
}

Result<std::string> text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Error::Kind::not_found,
                 "設定ファイルを --settings で示してください。/ Name the settings file with "
                 "--settings.",
                 file.string()};
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// The new file has to read as a whole before it takes the old one's place.
Result<void> put_in_place(const fs::path& file, const std::string& text) {
  const fs::path beside = file.string() + ".new";
  {
    std::ofstream stream(beside, std::ios::binary);
    stream << text;
    if (!stream.flush())
      return Error{Error::Kind::unavailable,
                   "設定ファイルに書けません。/ The settings file cannot be written.",
                   beside.string()};
  }
  std::error_code failure;
  if (auto read = read_settings(beside); !read) {
    fs::remove(beside, failure);
    return std::move(read).error();
  }
  fs::rename(beside, file, failure);
  if (!failure) return {};
  return Error{Error::Kind::unavailable,
               "設定ファイルを置き換えられません。/ The settings file cannot be replaced: " +
                   failure.message(),
               file.string()};
}

// One id, one feed; one port, one listener.
Result<void> check_is_new(const Settings& settings, const intake::propose::Answers& answers) {
  for (const FeedSettings& feed : settings.feeds)
    for (const auto& [name, value] : answers) {
      const bool is_taken =
          (name == "id" && feed.id == value) ||
          (name == "port" && feed.connector == "mllp" && std::to_string(feed.port) == value);
      if (is_taken)
        return Error{Error::Kind::conflict,
                     fmt::format("{0} {1} は feed {2} が使っています。/ {0} {1} is in use by the "
                                 "feed {2}.",
                                 name, value, feed.id),
                     std::string(name)};
    }
  return {};
}

}  // namespace

Result<void> propose_feed(const Arguments& arguments) {
  if (arguments.rest.size() != 2)
    return Error{Error::Kind::invalid,
                 "feed propose フォルダ と書きます。/ It is feed propose FOLDER.", "feed"};
  const Settings settings = TRY(settings_of(arguments));
  const auto proposal = TRY(proposal_of(settings, arguments.rest[1]));
  fmt::print("# 形式 / format: {}\n", proposal.format);
  for (const std::string& fact : proposal.facts)
    fmt::print("# {}\n", fact);
  fmt::print("\n# --- tasuki.toml ---\n{}", proposal.settings);
  if (!proposal.mapping.empty()) fmt::print("\n# --- mappings/*.map ---\n{}", proposal.mapping);
  return {};
}

Result<void> confirm_feed(const Arguments& arguments) {
  const auto& words = arguments.rest;
  intake::propose::Answers answers;
  for (size_t i = 2; i + 1 < words.size() && words[i].starts_with("--"); i += 2)
    answers.emplace_back(words[i].substr(2), words[i + 1]);
  if (words.size() < 2 || answers.size() * 2 + 2 != words.size())
    return Error{Error::Kind::invalid,
                 "feed confirm フォルダ --id … --organisation … --name … [--port …] と書きます。/ "
                 "It is feed confirm FOLDER --id ID --organisation N --name NAME [--port N].",
                 "feed"};
  const Settings settings = TRY(settings_of(arguments));
  TRY(check_is_new(settings, answers));
  const auto proposal = TRY(proposal_of(settings, words[1]));
  const std::string feed = TRY(intake::propose::confirmed(proposal.settings, answers));
  const std::string before = TRY(text_of(arguments.settings));
  TRY(put_in_place(arguments.settings, before + (before.ends_with('\n') ? "\n" : "\n\n") + feed));
  fmt::print("{}\n# 次に始めるときから受け取ります。/ It listens from the next start on.\n", feed);
  if (!proposal.mapping.empty())
    fmt::print(
        "# 変換規則の案は feed propose で読み、mappings に置いてください。/ Read the proposed "
        "mapping with feed propose and put it into the mappings.\n");
  return {};
}

}  // namespace tasuki::app
