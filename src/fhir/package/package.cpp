#include "fhir/package/package.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <iterator>
#include <set>
#include <unordered_map>

#include <fmt/core.h>

#include "fhir/package/archive.h"
#include "fhir/package/parts.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::fhir {
namespace {

constexpr size_t archive_bytes_max = size_t{256} * 1024 * 1024;
constexpr unsigned base_depth_max = 32;  // profile of a profile of a profile ...

Result<std::string> read_file(const std::filesystem::path& file) {
  std::error_code fault;
  const auto size = std::filesystem::file_size(file, fault);
  if (fault || size > archive_bytes_max) {
    return Error{Error::Kind::not_found,
                 fmt::format("{} cannot be read, or has more than {} bytes.", file.string(),
                             archive_bytes_max),
                 {}};
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return bytes;
}

Result<std::vector<ArchiveFile>> read_folder(const std::filesystem::path& folder) {
  std::vector<ArchiveFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const auto& path = entry.path();
    if (!entry.is_regular_file() || path.extension() != ".json") continue;
    files.push_back({"package/" + path.filename().string(), TRY(read_file(path))});
  }
  std::ranges::sort(files, {}, &ArchiveFile::name);
  return files;
}

Result<PackageFacts> facts_of(const json::Value& manifest) {
  PackageFacts facts;
  facts.id = {std::string(manifest.text_of("name")), std::string(manifest.text_of("version"))};
  const auto is_safe = [](const std::string& text) {
    return !text.empty() && text.size() <= 100 && !text.starts_with('.') &&
           std::ranges::all_of(text, [](char letter) {
             return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                    (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' ||
                    letter == '_' || letter == '+';
           });
  };
  if (!is_safe(facts.id.name) || !is_safe(facts.id.version)) {
    return Error{Error::Kind::invalid,
                 "package.json needs \"name\" and \"version\" of letters, digits, '.', '-', '_'.",
                 "package/package.json"};
  }
  facts.canonical = manifest.text_of("canonical");
  facts.title = manifest.text_of("title").empty() ? manifest.text_of("description")
                                                  : manifest.text_of("title");
  if (const json::Value* all = manifest.find("dependencies")) {
    for (const json::Member& one : all->members())
      facts.dependencies.push_back({std::string(one.name), std::string(one.value.text())});
  }
  return facts;
}

// The profiles that a definition builds on or names for its elements.
void named_in(const json::Value& definition, std::set<std::string, std::less<>>& names) {
  names.emplace(without_version(definition.text_of("baseDefinition")));
  for (const char* view : {"snapshot", "differential"}) {
    const json::Value* list = definition.find(view);
    const json::Value* elements = list == nullptr ? nullptr : list->find("element");
    if (elements == nullptr) continue;
    for (const json::Value& element : elements->items()) {
      const json::Value* types = element.find("type");
      if (types == nullptr) continue;
      for (const json::Value& type : types->items()) {
        for (const char* member : {"profile", "targetProfile"}) {
          const json::Value* canonicals = type.find(member);
          if (canonicals == nullptr) continue;
          for (const json::Value& one : canonicals->items())
            names.emplace(without_version(one.text()));
        }
      }
    }
  }
}

void note_outside(Package& package) {
  std::set<std::string, std::less<>> named;
  std::set<std::string_view> own;
  for (const json::Document& document : package.documents) {
    if (document.root.text_of("resourceType") != "StructureDefinition") continue;
    named_in(document.root, named);
    own.insert(document.root.text_of("url"));
  }
  for (const std::string& one : named) {
    if (!one.empty() && !own.contains(one) && !one.starts_with("http://hl7.org/fhir/"))
      package.facts.outside.push_back(one);
  }
}

Result<Package> package_from(std::vector<ArchiveFile> files) {
  Package package;
  for (ArchiveFile& file : files) {
    std::string_view text = file.bytes;
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    auto document = json::parse(text);
    if (!document) {
      return Error{Error::Kind::invalid, document.error().message,
                   file.name + ", " + document.error().location};
    }
    const bool is_manifest = file.name.ends_with("package/package.json");
    if (is_manifest) {
      package.facts = TRY(facts_of(document->root));
    } else if (!document->root.text_of("resourceType").empty()) {
      package.documents.push_back(std::move(*document));
    }
    std::string().swap(file.bytes);  // one file's text at a time beside the trees
  }
  if (package.facts.id.name.empty()) {
    return Error{Error::Kind::invalid,
                 "There is no package/package.json in it: that names the package and its version.",
                 {}};
  }
  note_outside(package);
  return package;
}

// Compiles structures in any order: a base in the same package is compiled when it is first asked
// for.
class PackageStructures {
 public:
  PackageStructures(const Definitions& definitions, const FindStructure& outside)
      : definitions_(definitions), outside_(outside) {}

  void add(const json::Value& definition) {
    sources_.emplace(definition.text_of("url"), &definition);
  }

  const Structure* find(std::string_view canonical) {
    const std::string_view url = without_version(canonical);
    if (const auto known = done_.find(url); known != done_.end()) return known->second;
    const auto source = sources_.find(url);
    if (source == sources_.end()) return outside_(canonical);
    if (depth_ >= base_depth_max || source->second->text_of("derivation") != "constraint")
      return outside_(canonical);
    done_[url] = nullptr;  // a profile that is its own base has none
    ++depth_;
    auto built = build_profile(definitions_, *source->second,
                               [this](std::string_view other) { return find(other); });
    --depth_;
    if (!built) {
      omissions.push_back({std::string(url), built.error().message});
      return nullptr;
    }
    all_.push_back(std::move(*built));
    return done_[url] = &all_.back();
  }

  std::vector<Omission> omissions;

 private:
  const Definitions& definitions_;
  const FindStructure& outside_;
  std::unordered_map<std::string_view, const json::Value*> sources_;
  std::unordered_map<std::string_view, const Structure*> done_;
  std::deque<Structure> all_;
  unsigned depth_ = 0;
};

PackageEntry entry_of(const json::Value& resource) {
  return {.type = resource.text_of("resourceType"),
          .url = resource.text_of("url"),
          .version = resource.text_of("version"),
          .id = resource.text_of("id"),
          .name = resource.text_of("name")};
}

}  // namespace

Result<Package> read_package_bytes(std::string_view archive) {
  return package_from(TRY(read_archive(archive)));
}

Result<Package> read_package(const std::filesystem::path& place) {
  if (std::filesystem::is_directory(place)) return package_from(TRY(read_folder(place)));
  const std::string bytes = TRY(read_file(place));
  return read_package_bytes(bytes);
}

Compiled compile_package(const Definitions& definitions, const Package& package,
                         const FindStructure& outside) {
  PackageStructures structures(definitions, outside);
  for (const json::Document& document : package.documents) {
    if (document.root.text_of("resourceType") == "StructureDefinition")
      structures.add(document.root);
  }
  std::deque<std::string> bodies;
  std::vector<PackageEntry> entries;
  for (const json::Document& document : package.documents) {
    PackageEntry entry = entry_of(document.root);
    const std::string text = json::print(document.root);
    entry.sum = image::hash(text);
    if (entry.type == "StructureDefinition") {
      std::string& body = bodies.emplace_back();
      if (const Structure* structure = structures.find(entry.url);
          structure != nullptr && structure->url == entry.url)
        write_structure(*structure, body);
      entry.body = body;
    } else if (entry.type == "Questionnaire" || entry.type == "SearchParameter") {
      entry.body = bodies.emplace_back(text);
    }
    entries.push_back(entry);
  }
  return {PackageImage::write(package.facts, std::move(entries)), std::move(structures.omissions)};
}

Result<std::string> compile_core_package(const Definitions& definitions,
                                         const std::filesystem::path& folder) {
  Package package;
  std::deque<Structure> types;
  std::unordered_map<std::string_view, const Structure*> by_url;
  const FindStructure find = [&](std::string_view canonical) -> const Structure* {
    const auto found = by_url.find(without_version(canonical));
    return found == by_url.end() ? nullptr : found->second;
  };
  std::vector<json::Document> documents;
  for (const char* name : {"profiles-types.json", "profiles-resources.json", "profiles-others.json",
                           "extension-definitions.json"}) {
    const std::string text = TRY(read_file(folder / name));
    documents.push_back(TRY(json::parse(text)));
  }
  std::deque<std::string> bodies;
  std::vector<PackageEntry> entries;
  std::vector<const json::Value*> profiles;
  for (const json::Document& document : documents) {
    const json::Value* all = document.root.find("entry");
    for (const json::Value& one : all == nullptr ? std::span<const json::Value>() : all->items()) {
      const json::Value* resource = one.find("resource");
      if (resource == nullptr || resource->text_of("resourceType") != "StructureDefinition")
        continue;
      const bool is_profile = resource->text_of("derivation") == "constraint";
      if (is_profile) {
        profiles.push_back(resource);
      } else if (definitions.type(resource->text_of("type"))) {
        types.push_back(TRY(build_base_type(definitions, *resource)));
        by_url.emplace(types.back().url, &types.back());
        PackageEntry entry = entry_of(*resource);
        write_structure(types.back(), bodies.emplace_back());
        entry.body = bodies.back();
        entries.push_back(entry);
      }
    }
  }
  for (const json::Value* profile : profiles) {
    auto built = build_profile(definitions, *profile, find);
    if (!built) continue;  // the official set holds some of other releases, without a type of R4
    PackageEntry entry = entry_of(*profile);
    write_structure(*built, bodies.emplace_back());
    entry.body = bodies.back();
    entries.push_back(entry);
  }
  package.facts.id = {"hl7.fhir.r4.core", "4.0.1"};
  package.facts.canonical = "http://hl7.org/fhir";
  package.facts.title = "FHIR R4";
  return PackageImage::write(package.facts, std::move(entries));
}

}  // namespace tasuki::fhir
