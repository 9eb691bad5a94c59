// The mappings in force: feeds, inbox and replay hold this one value, and a reload changes it for
// all of them between two messages.
//
// Why a handle: a message is converted from beginning to end with the mappings it began with, and
// what it made names them. Copies share what they hold.
#pragma once

#include <memory>

#include "base/guarded.h"
#include "intake/convert.h"

namespace tasuki::intake {

class CurrentMappings {
 public:
  // Not explicit: whoever has one set of mappings for good hands them over as they are.
  CurrentMappings(std::shared_ptr<const Mappings> mappings)
      : shared_(std::make_shared<Guarded<std::shared_ptr<const Mappings>>>(std::move(mappings))) {}

  std::shared_ptr<const Mappings> get() const {
    return shared_->with([](const auto& mappings) { return mappings; });
  }
  void put(std::shared_ptr<const Mappings> mappings) {
    shared_->with([&](auto& held) { held.swap(mappings); });
  }

 private:
  std::shared_ptr<Guarded<std::shared_ptr<const Mappings>>> shared_;
};

}  // namespace tasuki::intake
