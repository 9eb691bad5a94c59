// One installed package, compiled: a mapped file with its facts, an index of its resources and the
// structures as trees (profile.h). Law 8: opening it parses no JSON. Its code systems and value
// sets lie beside it, in an image of fhir/terminology.
//
// Layout: a header (magic, version, size, checksum of what follows), then the facts and the entries
// as bytes.h writes them. Valid means that size and checksum agree and the row of entries ends
// where the file does; a structure is read when it is first used, and checked then.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fhir/model/profile.h"

namespace tasuki::fhir {

// "jp-core.r4#1.2.0"
struct PackageId {
  std::string name, version;
  bool operator==(const PackageId&) const = default;
  auto operator<=>(const PackageId&) const = default;
  std::string text() const { return name + "#" + version; }
};
Result<PackageId> parse_package_id(std::string_view text);

// Is the first version older? Numbers as numbers, then a version with a suffix before the one
// without
// ("1.2.0-dev" < "1.2.0" < "1.10.0"). Semantic Versioning 2.0.0, 11.
bool is_older(std::string_view left, std::string_view right);

struct PackageFacts {
  PackageId id{};
  std::string canonical{}, title{};
  std::vector<PackageId> dependencies{};  // as package.json says
  std::vector<std::string> outside{};     // profiles it names that are neither its own nor R4's
};

struct PackageEntry {
  std::string_view type, url, version, id, name;
  uint64_t sum = 0;  // of the resource as it was published: equal sums, equal content
  std::string_view
      body{};  // a StructureDefinition: write_structure; a Questionnaire: its JSON; else empty
};

class PackageImage {
 public:
  static Result<std::shared_ptr<const PackageImage>> open(const std::filesystem::path& file);
  static Result<std::shared_ptr<const PackageImage>> over(std::span<const std::byte> bytes);

  const PackageFacts& facts() const { return facts_; }
  std::span<const PackageEntry> entries() const { return entries_; }  // by type and canonical
  const PackageEntry* find(std::string_view type, std::string_view url) const;

  // The bytes of an image.
  static std::string write(const PackageFacts& facts, std::vector<PackageEntry> entries);

 private:
  PackageFacts facts_;
  std::vector<PackageEntry> entries_;
  std::shared_ptr<const void> mapping_;
};

}  // namespace tasuki::fhir
