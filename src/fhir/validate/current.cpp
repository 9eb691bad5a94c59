#include "fhir/validate/current.h"

#include <algorithm>

#include "base/files.h"

namespace tasuki::fhir {
namespace {

std::vector<std::string> marks_in(const std::filesystem::path& folder) {
  std::vector<std::string> marks;
  for (const auto& file : files_below(folder)) {
    const auto extension = file.extension();
    if (extension == ".package" || extension == ".terminology") marks.push_back(mark_of(file));
  }
  std::ranges::sort(marks);
  return marks;
}

}  // namespace

Result<std::shared_ptr<CurrentRules>> CurrentRules::open(const Definitions& definitions,
                                                         RulesPlace place) {
  auto library = TRY(terminology::Library::open({place.core_terms}, {place.masters}));
  std::shared_ptr<CurrentRules> rules(
      new CurrentRules(definitions, std::move(place), std::move(library)));
  TRY(rules->refresh());
  return rules;
}

// The marks are taken before the files are read: what changes in between is seen the next time.
Result<bool> CurrentRules::refresh() {
  const std::lock_guard one_at_a_time(refreshing_);
  auto marks = marks_in(place_.packages);
  TRY(library_->refresh());
  auto terms = library_->snapshot();
  if (get() != nullptr && marks == marks_ && terms == terms_) return false;
  now_.store(TRY(Rulebook::open(definitions_, place_.core, place_.packages, terms)),
             std::memory_order_release);
  marks_ = std::move(marks);
  terms_ = std::move(terms);
  return true;
}

}  // namespace tasuki::fhir
