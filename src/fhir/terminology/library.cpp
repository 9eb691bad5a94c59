#include "fhir/terminology/library.h"

#include <algorithm>

#include "base/files.h"
#include "fhir/terminology/compile.h"

namespace tasuki::fhir::terminology {
namespace {

// Which files there are, with the marks that say whether they are still the same.
using Files = std::vector<std::pair<std::string, std::filesystem::path>>;

void add_files_in(const std::filesystem::path& folder, Files& files) {
  for (const auto& file : files_below(folder)) {
    const auto extension = file.extension();
    if (extension != ".image" && extension != ".terminology") continue;
    auto mark = mark_of(file);
    if (!mark.empty()) files.emplace_back(std::move(mark), file);
  }
}

Files files_in(const std::vector<std::filesystem::path>& folders) {
  Files files;
  for (const auto& folder : folders) {
    Files here;
    add_files_in(folder, here);
    std::ranges::sort(here);
    std::ranges::move(here, std::back_inserter(files));
  }
  return files;
}

}  // namespace

Library::Library() : snapshot_(Terminology::make({})) {}

Result<std::shared_ptr<Library>> Library::open(const std::vector<std::filesystem::path>& images,
                                               std::vector<std::filesystem::path> folders) {
  auto library = std::make_shared<Library>();
  library->folders_ = std::move(folders);
  std::vector<Terminology::Image> fixed;
  for (const std::filesystem::path& image : images)
    fixed.push_back(TRY(Mapping::open(image)));
  library->parts_.with([&](Parts& parts) { parts.fixed = std::move(fixed); });
  TRY(library->refresh());
  return library;
}

bool Library::is_kept(std::string_view type) {
  return type == "CodeSystem" || type == "ValueSet" || type == "ConceptMap" ||
         type == "NamingSystem";
}

Result<void> Library::put(const std::string& key, const json::Value* resource) {
  return put_all({{key, resource}});
}

Result<void> Library::put_all(const std::vector<Change>& changes) {
  std::vector<std::pair<std::string, Terminology::Image>> made;
  for (const Change& change : changes) {
    made.emplace_back(change.key, nullptr);
    if (change.resource == nullptr) continue;
    Compiler compiler;
    // One that cannot be used (a CodeSystem without url) is kept in the record all the same.
    if (!compiler.add(*change.resource)) continue;
    made.back().second = TRY(Mapping::over(compiler.bytes()));
  }
  parts_.with([&](Parts& parts) {
    for (auto& [key, image] : made) {
      if (image == nullptr)
        parts.written.erase(key);
      else
        parts.written[key] = std::move(image);
    }
    publish(parts);
  });
  return {};
}

Result<void> Library::refresh() {
  const auto files = files_in(folders_);
  return parts_.with([&](Parts& parts) -> Result<void> {
    const bool same = parts.base != nullptr && files.size() == parts.files.size() &&
                      std::ranges::all_of(files, [&](const auto& file) {
                        return parts.files.contains(file.first);
                      });
    if (same) return {};
    std::map<std::string, Terminology::Image> opened;
    for (const auto& [key, path] : files) {
      const auto known = parts.files.find(key);
      opened[key] = known != parts.files.end() ? known->second : TRY(Mapping::open(path));
    }
    parts.files = std::move(opened);
    std::vector<Terminology::Image> images = parts.fixed;
    for (const auto& [key, path] : files)
      images.push_back(parts.files.at(key));
    parts.base = Terminology::make(std::move(images));
    publish(parts);
    return {};
  });
}

void Library::publish(Parts& parts) {
  if (parts.base == nullptr) parts.base = Terminology::make(parts.fixed);
  if (parts.written.empty()) {
    snapshot_.store(parts.base, std::memory_order_release);
    return;
  }
  std::vector<Terminology::Image> images;
  for (const auto& [key, image] : parts.written)
    images.push_back(image);
  snapshot_.store(Terminology::make(std::move(images), parts.base), std::memory_order_release);
}

}  // namespace tasuki::fhir::terminology
