// The folder of mappings: *.map and tables/*.csv, compiled once.
#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "intake/convert.h"
#include "intake/mapping/compile.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;

Result<std::string> text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Error::Kind::not_found,
                 fmt::format("The file {} cannot be read.", file.filename().string()),
                 file.filename().string()};
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

Result<std::vector<fs::path>> files_in(const fs::path& folder, std::string_view extension) {
  std::error_code failure;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  if (failure)
    return Error{
        Error::Kind::not_found,
        fmt::format("The folder {} cannot be read: {}.", folder.string(), failure.message()),
        folder.string()};
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<std::shared_ptr<const Mappings>> Mappings::load(
    const fs::path& folder, std::shared_ptr<const fhir::Definitions> definitions) {
  auto mappings = std::make_shared<Mappings>();
  mappings->definitions_ = std::move(definitions);
  const auto tables = TRY(files_in(folder / "tables", ".csv"));
  for (const fs::path& file : tables) {
    const std::string text = TRY(text_of(file));
    mappings->tables_[file.stem().string()] =
        std::make_unique<const Table>(TRY(read_table(file.stem().string(), text)));
  }
  for (const std::string_view needed : {"coding-systems", "units-ucum"}) {
    if (mappings->table(needed) == nullptr)
      return Error{Error::Kind::not_found,
                   fmt::format("The table tables/{}.csv is missing.", needed), folder.string()};
  }
  const Library library{.definitions = mappings->definitions_.get(),
                        .tables = &mappings->tables_,
                        .text_of = [&](std::string_view name) {
                          return text_of(folder / (std::string(name) + ".map"));
                        }};
  const auto files = TRY(files_in(folder, ".map"));
  for (const fs::path& file : files) {
    const std::string text = TRY(text_of(file));
    if (!text.starts_with("mapping ") && !text.contains("\nmapping ")) continue;  // a library
    auto program =
        std::make_unique<const Program>(TRY(compile(file.filename().string(), text, library)));
    for (const std::string& kind : program->kinds) {
      if (!mappings->by_kind_.emplace(kind, program.get()).second) {
        return Error{
            Error::Kind::conflict,
            fmt::format("Two mappings read {}: one of them is {}.", kind, file.filename().string()),
            kind};
      }
    }
    mappings->programs_.push_back(std::move(program));
  }
  return std::shared_ptr<const Mappings>(std::move(mappings));
}

const Program* Mappings::find(std::string_view kind, std::string_view message) const {
  if (const auto found = by_kind_.find(kind); !kind.empty() && found != by_kind_.end())
    return found->second;
  const auto found = by_kind_.find(message);
  return found == by_kind_.end() ? nullptr : found->second;
}

const Table* Mappings::table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second.get();
}

}  // namespace tasuki::intake
