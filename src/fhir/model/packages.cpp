#include "fhir/model/packages.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "fhir/model/definitions.h"

namespace tasuki::fhir {
namespace {

constexpr std::string_view core_name = "hl7.fhir.r4.core";

struct Canonical {
  std::string_view url, version;
};

Canonical canonical_of(std::string_view text) {
  const size_t bar = text.find('|');
  if (bar == std::string_view::npos) return {text, {}};
  return {text.substr(0, bar), text.substr(bar + 1)};
}

// "1.1.2" stands for the package versions "1.1.2-url" and "1.1.2-clins" too; "1.1.x" and "1.1" for
// the patches, "1" for all of that generation.
bool is_version(std::string_view wanted, std::string_view version) {
  if (wanted == version) return true;
  if (wanted.ends_with(".x")) wanted.remove_suffix(2);
  return version.starts_with(wanted) && version.size() > wanted.size() &&
         (version[wanted.size()] == '-' || version[wanted.size()] == '.');
}

bool has_version(const Packages::Found& found, std::string_view wanted) {
  return wanted.empty() || is_version(wanted, found.entry->version) ||
         is_version(wanted, found.package->facts().id.version);
}

}  // namespace

Packages::Packages(std::vector<Image> images) : images_(std::move(images)) {
  std::ranges::sort(images_, [](const Image& left, const Image& right) {
    const PackageId &one = left->facts().id, &other = right->facts().id;
    if (one.name != other.name) return one.name < other.name;
    return is_older(one.version, other.version);
  });
  connect();
}

const PackageImage* Packages::package(const PackageId& id) const {
  const auto found =
      std::ranges::find_if(images_, [&](const Image& image) { return image->facts().id == id; });
  return found == images_.end() ? nullptr : found->get();
}

// The newest installed package of the name whose version is the wanted one.
const PackageImage* Packages::chosen(const PackageId& wanted) const {
  const PackageImage* best = nullptr;
  for (const Image& image : images_) {
    const PackageId& id = image->facts().id;
    if (id.name == wanted.name && is_version(wanted.version, id.version)) best = image.get();
  }
  return best;
}

// First what package.json says and is installed; then, for the profiles that are still nowhere, of
// each other package the version that has most of them. CLINS 1.10.0 names R4 alone, and needs
// JP_Specimen, which JP Core 1.1.2 has and 1.2.0 has not.
void Packages::connect() {
  for (const Image& image : images_) {
    auto& list = dependencies_[image.get()];
    for (const PackageId& wanted : image->facts().dependencies) {
      const PackageImage* found = wanted.name == core_name ? nullptr : chosen(wanted);
      if (found != nullptr && found != image.get()) list.push_back(found);
    }
    const auto is_had = [&](const std::string& url) {
      return std::ranges::any_of(list, [&](const PackageImage* one) {
        return one->find("StructureDefinition", url) != nullptr;
      });
    };
    std::map<std::string_view, std::pair<size_t, const PackageImage*>> best;  // by name
    for (const Image& other : images_) {
      if (other == image || other->facts().id.name == image->facts().id.name) continue;
      size_t count = 0;
      for (const std::string& url : image->facts().outside) {
        if (!is_had(url) && other->find("StructureDefinition", url) != nullptr) ++count;
      }
      auto& [most, chosen_one] = best[other->facts().id.name];
      if (count > 0 && count >= most) std::tie(most, chosen_one) = std::tuple(count, other.get());
    }
    std::vector<std::pair<size_t, const PackageImage*>> inferred;
    for (const auto& [name, one] : best) {
      if (one.second != nullptr) inferred.push_back(one);
    }
    std::ranges::stable_sort(inferred, std::greater<>(),
                             &std::pair<size_t, const PackageImage*>::first);
    for (const auto& [count, one] : inferred) {
      // A package that depends on this one is no help to it, and adds nothing once its profiles are
      // had.
      const bool adds = std::ranges::any_of(image->facts().outside, [&](const std::string& url) {
        return !is_had(url) && one->find("StructureDefinition", url) != nullptr;
      });
      if (adds) list.push_back(one);
    }
  }
}

std::span<const PackageImage* const> Packages::dependencies(const PackageImage& package) const {
  const auto found = dependencies_.find(&package);
  return found == dependencies_.end() ? std::span<const PackageImage* const>() : found->second;
}

Packages::Found Packages::find(std::string_view type, std::string_view canonical,
                               const PackageImage* from) const {
  const auto [url, version] = canonical_of(canonical);
  const auto in = [&](const PackageImage* package) -> Found {
    const PackageEntry* entry = package->find(type, url);
    const Found found{package, entry};
    return entry != nullptr && has_version(found, version) ? found : Found{};
  };
  if (from != nullptr) {
    if (const Found own = in(from)) return own;
    std::vector<const PackageImage*> reached{from};
    for (size_t at = 0; at < reached.size(); ++at) {  // each package once, the nearest first
      for (const PackageImage* next : dependencies(*reached[at])) {
        if (std::ranges::find(reached, next) != reached.end()) continue;
        if (const Found found = in(next)) return found;
        reached.push_back(next);
      }
    }
  }
  for (const Found& one : versions(type, url)) {
    if (has_version(one, version)) return one;
  }
  return {};
}

std::vector<Packages::Found> Packages::versions(std::string_view type, std::string_view url) const {
  std::vector<Found> all;
  for (const Image& image : images_) {
    if (const PackageEntry* entry = image->find(type, url)) all.push_back({image.get(), entry});
  }
  // The package whose own address the canonical begins with, before those that carry a copy.
  // One version's package.json may leave the address out: it is that of its name.
  const auto rank = [&](const Found& one) {
    size_t best = 0;
    for (const Image& image : images_) {
      const std::string& base = image->facts().canonical;
      if (image->facts().id.name == one.package->facts().id.name && url.starts_with(base))
        best = std::max(best, base.size());
    }
    return best;
  };
  std::ranges::stable_sort(all, [&](const Found& left, const Found& right) {
    if (rank(left) != rank(right)) return rank(left) > rank(right);
    return is_older(right.package->facts().id.version, left.package->facts().id.version);
  });
  return all;
}

std::string_view Packages::nearest_url(std::string_view type, std::string_view url) const {
  // Long addresses differ at their ends: only the last step is compared.
  const auto last = [](std::string_view text) { return text.substr(text.rfind('/') + 1); };
  std::vector<std::string_view> names;
  std::map<std::string_view, std::string_view> by_name;
  for (const Image& image : images_) {
    for (const PackageEntry& entry : image->entries()) {
      if (entry.type == type && by_name.emplace(last(entry.url), entry.url).second)
        names.push_back(last(entry.url));
    }
  }
  const std::string_view near = nearest(last(url), names);
  return near.empty() ? near : by_name[near];
}

Result<std::shared_ptr<const Packages>> Packages::open(const std::filesystem::path& core,
                                                       const std::filesystem::path& folder) {
  std::vector<Image> images{TRY(PackageImage::open(core))};
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".package")
        images.push_back(TRY(PackageImage::open(entry.path())));
    }
  }
  return std::make_shared<const Packages>(std::move(images));
}

}  // namespace tasuki::fhir
