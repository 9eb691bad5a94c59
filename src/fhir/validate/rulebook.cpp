#include "fhir/validate/rulebook.h"

#include <algorithm>

namespace tasuki::fhir {

Rulebook::Rulebook(const Definitions& definitions, std::shared_ptr<const Packages> packages,
                   std::shared_ptr<const terminology::Terminology> core, Terms terms)
    : definitions_(definitions),
      packages_(packages),
      profiles_(definitions, std::move(packages)),
      core_(std::move(core)),
      images_(std::move(terms)) {}

const terminology::Terminology& Rulebook::terms(const PackageImage* from) const {
  const std::scoped_lock lock(mutex_);
  auto& made = terms_[from];
  if (made != nullptr) return *made;
  std::vector<terminology::Terminology::Image> images;  // later ones win
  const auto add = [&](const PackageImage& package) {
    const auto found = images_.find(package.facts().id.text());
    if (found != images_.end()) images.push_back(found->second);
  };
  // Another package's content is no contradiction: code systems that only one package carries (the
  // external terminology of JP Core) serve all. What the package itself and its dependencies say
  // wins.
  for (const Packages::Image& one : packages_->all())
    add(*one);
  if (from != nullptr) {
    const auto needed = packages_->dependencies(*from);
    for (auto one = needed.rbegin(); one != needed.rend(); ++one)
      add(**one);
    add(*from);
  }
  made = terminology::Terminology::make(std::move(images), core_);
  return *made;
}

Result<std::shared_ptr<const Rulebook>> Rulebook::open(
    const Definitions& definitions, const std::filesystem::path& core,
    const std::filesystem::path& folder,
    std::shared_ptr<const terminology::Terminology> core_terms) {
  auto packages = TRY(Packages::open(core, folder));
  Terms terms;
  for (const Packages::Image& one : packages->all()) {
    const std::string id = one->facts().id.text();
    const auto file = folder / (id + ".terminology");
    if (std::filesystem::exists(file)) terms[id] = TRY(terminology::Mapping::open(file));
  }
  return std::make_shared<const Rulebook>(definitions, std::move(packages), std::move(core_terms),
                                          std::move(terms));
}

}  // namespace tasuki::fhir
