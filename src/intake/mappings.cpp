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
                 fmt::format("ファイル {0} を読めません。/ The file {0} cannot be read.",
                             file.filename().string()),
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
    return Error{Error::Kind::not_found,
                 fmt::format("フォルダ {0} を読めません。/ The folder {0} cannot be read: {1}.",
                             folder.string(), failure.message()),
                 folder.string()};
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<std::shared_ptr<const Mappings>> Mappings::load(
    const fs::path& folder, std::shared_ptr<const fhir::Definitions> definitions) {
  auto mappings = std::make_shared<Mappings>();
  mappings->folder_ = folder;
  mappings->definitions_ = std::move(definitions);
  std::vector<Error> problems;
  mappings->read(problems);
  if (!problems.empty()) return problems.front();
  return std::shared_ptr<const Mappings>(std::move(mappings));
}

std::vector<Error> Mappings::problems(const fs::path& folder,
                                      std::shared_ptr<const fhir::Definitions> definitions) {
  Mappings mappings;
  mappings.folder_ = folder;
  mappings.definitions_ = std::move(definitions);
  std::vector<Error> problems;
  mappings.read(problems);
  return problems;
}

void Mappings::read_tables(std::vector<Error>& problems) {
  const auto files = files_in(folder_ / "tables", ".csv");
  if (!files) return problems.push_back(files.error());
  for (const fs::path& file : *files) {
    const auto text = text_of(file);
    auto table = text ? read_table(file.stem().string(), *text) : Result<Table>(text.error());
    if (table)
      tables_[file.stem().string()] = std::make_unique<const Table>(*std::move(table));
    else
      problems.push_back(table.error());
  }
  for (const std::string_view needed : {"coding-systems", "units-ucum"}) {
    if (table(needed) == nullptr)
      problems.push_back({Error::Kind::not_found,
                          fmt::format("表 tables/{0}.csv がありません。/ The table tables/{0}.csv "
                                      "is missing.",
                                      needed),
                          folder_.string()});
  }
}

void Mappings::read(std::vector<Error>& problems) {
  read_tables(problems);
  const Library library{
      .definitions = definitions_.get(), .tables = &tables_, .text_of = [&](std::string_view name) {
        return text_of(folder_ / (std::string(name) + ".map"));
      }};
  const auto files = files_in(folder_, ".map");
  if (!files) return problems.push_back(files.error());
  for (const fs::path& file : *files) {
    const auto text = text_of(file);
    if (!text) {
      problems.push_back(text.error());
      continue;
    }
    if (!text->starts_with("mapping ") && !text->contains("\nmapping ")) continue;  // a library
    auto compiled = compile(file.filename().string(), *text, library, &problems);
    if (!compiled) continue;
    auto program = std::make_unique<const Program>(*std::move(compiled));
    for (const std::string& kind : program->kinds) {
      if (by_kind_.emplace(kind, program.get()).second) continue;
      problems.push_back(
          {Error::Kind::conflict,
           fmt::format("{0} を読む変換規則が二つあります({1} と {2})。/ Two mappings read {0}: {1} "
                       "and {2}.",
                       kind, by_kind_[kind]->file, program->file),
           program->file});
    }
    programs_.push_back(std::move(program));
  }
}

const Program* Mappings::find(std::string_view kind, std::string_view message) const {
  if (const auto found = by_kind_.find(kind); !kind.empty() && found != by_kind_.end())
    return found->second;
  if (const auto found = by_kind_.find(message); found != by_kind_.end()) return found->second;
  // `from hl7v2 ADT^*`: every event of the type that has no mapping of its own.
  const auto any = by_kind_.find(std::string(message.substr(0, message.find('^'))) + "^*");
  return any == by_kind_.end() ? nullptr : any->second;
}

const Table* Mappings::table(std::string_view name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : found->second.get();
}

}  // namespace tasuki::intake
