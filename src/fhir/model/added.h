// Search parameters that were added while the program runs, beside those of the image.
//
// Why: a SearchParameter resource becomes active without a restart, while other threads search.
// Each change makes a new table; the old ones stay, since their parameters were given out as
// pointers. A table is some kilobytes, and parameters are changed by people.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "fhir/model/definitions.h"

namespace tasuki::fhir {

struct AddedParameter {
  std::string url, code, expression;
  ParameterType type = ParameterType::special;
  std::vector<TypeId> bases, targets;
  struct Part {
    std::string definition, expression;
  };
  std::vector<Part> parts;
  bool is_ready = false;  // false: what was stored before is being indexed
  std::shared_ptr<const std::atomic<unsigned>> percent;  // of that

  std::string identity() const;  // all that decides what is indexed, as one text
};

class AddedParameters {
 public:
  // `list_of`: the image's own parameters of a type.
  using ListOf = std::function<std::span<const SearchParameter* const>(TypeId)>;

  // In place of all that was added before. `number`: the first that is free.
  void replace(const Definitions& definitions, std::vector<AddedParameter> all, uint32_t number,
               const ListOf& list_of);

  // Nothing: the type has none but the image's.
  std::optional<std::span<const SearchParameter* const>> of(TypeId resource) const;
  uint32_t generation(TypeId resource) const;

 private:
  struct Table {
    std::vector<AddedParameter> texts;
    std::deque<std::vector<Component>> components;
    std::deque<SearchParameter> parameters;
    std::vector<std::vector<const SearchParameter*>> lists;  // by TypeId; empty: as the image
    std::vector<uint32_t> generations;                       // by TypeId
  };
  uint32_t number_of(const std::string& identity, uint32_t first);

  std::mutex mutex_;
  std::deque<std::unique_ptr<const Table>> tables_;
  std::vector<std::string> identities_;  // by number, from the first free one
  std::atomic<const Table*> now_ = nullptr;
};

}  // namespace tasuki::fhir
