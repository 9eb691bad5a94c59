// The rulebook in force: made again when packages are installed or removed, or masters loaded,
// while the program runs.
//
// Why: a hospital that adds a guide does not stop its feeds for it. Whoever validates takes the
// rulebook once and keeps it to the end; what was taken up after that is for the next.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "fhir/terminology/library.h"
#include "fhir/validate/rulebook.h"

namespace tasuki::fhir {

struct RulesPlace {
  std::filesystem::path core;        // R4's own package file
  std::filesystem::path core_terms;  // and its terminology
  std::filesystem::path packages;    // folder of the installed ones
  std::filesystem::path masters;     // folder of the house's own code systems
};

class CurrentRules {
 public:
  static Result<std::shared_ptr<CurrentRules>> open(const Definitions& definitions,
                                                    RulesPlace place);

  std::shared_ptr<const Rulebook> get() const { return now_.load(std::memory_order_acquire); }

  // Looks at the folders again; did anything change? Cheap when it did not. After an Error the
  // former rulebook stays.
  Result<bool> refresh();

 private:
  CurrentRules(const Definitions& definitions, RulesPlace place,
               std::shared_ptr<terminology::Library> library)
      : definitions_(definitions), place_(std::move(place)), library_(std::move(library)) {}

  const Definitions& definitions_;
  const RulesPlace place_;
  // A profile is judged by the terms of its own package and those it is built on, so packages are
  // not in here: R4's own and the masters.
  const std::shared_ptr<terminology::Library> library_;
  std::mutex refreshing_;
  std::vector<std::string> marks_;  // of the packages' files that now_ was made of
  std::shared_ptr<const terminology::Terminology> terms_;
  std::atomic<std::shared_ptr<const Rulebook>> now_;
};

}  // namespace tasuki::fhir
