#include "fhir/package/install.h"

#include <fstream>
#include <unordered_map>

#include <fmt/core.h>

#include "fhir/terminology/compile.h"

namespace tasuki::fhir {
namespace {

Result<void> write_whole(const std::filesystem::path& target, const std::string& bytes) {
  std::filesystem::path part = target;
  part += ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code fault;
  if (out) std::filesystem::rename(part, target, fault);
  if (!out || fault) {
    return Error{
        Error::Kind::unavailable, fmt::format("{} cannot be written.", target.string()), {}};
  }
  return {};
}

// The structures of installed packages, read when a new package asks for them.
class Outside {
 public:
  Outside(const Packages& packages, const PackageImage& from) : packages_(packages), from_(from) {}

  const Structure* find(std::string_view canonical) {
    const Packages::Found found = packages_.find("StructureDefinition", canonical, &from_);
    if (!found || found.package == &from_ || found.entry->body.empty()) return nullptr;
    const auto [place, is_new] = read_.try_emplace(found.entry);
    if (is_new) place->second = read_structure(found.entry->body);
    return place->second ? &*place->second : nullptr;
  }

 private:
  const Packages& packages_;
  const PackageImage& from_;
  std::unordered_map<const PackageEntry*, std::optional<Structure>> read_;
};

// The new package as the others will see it: names only, so that what it depends on is found as it
// will be.
Result<Packages::Image> preview(const Package& package, std::string& bytes) {
  std::vector<PackageEntry> entries;
  for (const json::Document& document : package.documents) {
    entries.push_back({.type = document.root.text_of("resourceType"),
                       .url = document.root.text_of("url"),
                       .version = document.root.text_of("version"),
                       .id = {},
                       .name = {}});
  }
  bytes = PackageImage::write(package.facts, std::move(entries));
  return PackageImage::over(std::as_bytes(std::span(bytes)));
}

Result<void> write_terms(const Package& package, const std::filesystem::path& file,
                         Installed& out) {
  terminology::Compiler compiler;
  for (const json::Document& document : package.documents) {
    const std::string_view type = document.root.text_of("resourceType");
    if (type == "CodeSystem") ++out.code_systems;
    if (type == "ValueSet") ++out.value_sets;
    if (const auto added = compiler.add(document.root); !added)
      out.omissions.push_back({std::string(document.root.text_of("url")), added.error().message});
  }
  return compiler.write(file);
}

// Of the last of the packages, as they are beside those of the others.
std::vector<search::PackagedParameter> parameters_of(const Definitions& definitions,
                                                     std::vector<Packages::Image> images) {
  const PackageImage* added = images.back().get();
  auto all = search::packaged_parameters(definitions, Packages(std::move(images)));
  std::erase_if(all, [&](const auto& one) { return one.package != added; });
  for (auto& one : all)
    one.package = nullptr;  // it ends with this call
  return all;
}

}  // namespace

Result<Installed> add_package(const Definitions& definitions, const PackageFolder& place,
                              const std::filesystem::path& source,
                              const std::vector<PackageId>& depends) {
  Package package = TRY(read_package(source));
  package.facts.dependencies.insert(package.facts.dependencies.begin(), depends.begin(),
                                    depends.end());
  const PackageId& id = package.facts.id;
  const auto installed = TRY(Packages::open(place.core, place.folder));
  std::vector<Packages::Image> images;
  for (const Packages::Image& one : installed->all()) {
    if (one->facts().id != id) images.push_back(one);
  }
  std::string bytes;
  const Packages::Image self = TRY(preview(package, bytes));
  images.push_back(self);
  const Packages packages(images);
  Outside outside(packages, *self);
  Compiled compiled = compile_package(
      definitions, package, [&](std::string_view canonical) { return outside.find(canonical); });

  Installed out{.facts = package.facts};
  out.omissions = std::move(compiled.omissions);
  for (const PackageImage* one : packages.dependencies(*self))
    out.built_on.push_back(one->facts().id);
  for (const json::Document& document : package.documents) {
    const std::string_view type = document.root.text_of("resourceType");
    if (type == "StructureDefinition")
      ++out.structures;
    else if (type != "CodeSystem" && type != "ValueSet")
      ++out.others;
  }
  images.back() = TRY(PackageImage::over(std::as_bytes(std::span(compiled.bytes))));
  out.parameters = parameters_of(definitions, std::move(images));
  std::error_code fault;
  std::filesystem::create_directories(place.folder, fault);
  TRY(write_terms(package, place.folder / (id.text() + ".terminology"), out));
  TRY(write_whole(place.folder / (id.text() + ".package"), compiled.bytes));
  return out;
}

Result<void> remove_package(const PackageFolder& place, const PackageId& id) {
  const auto file = place.folder / (id.text() + ".package");
  std::error_code fault;
  if (!std::filesystem::remove(file, fault)) {
    return Error{
        Error::Kind::not_found,
        fmt::format("The package {} is not installed; `tasuki package list` says which are.",
                    id.text()),
        {}};
  }
  std::filesystem::remove(place.folder / (id.text() + ".terminology"), fault);
  return {};
}

}  // namespace tasuki::fhir
