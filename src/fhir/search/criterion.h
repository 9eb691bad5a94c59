// One "name=value" of a search request: name, modifier, chain. FHIR R4 search.html#modifiers,
// #chaining, #has.
#pragma once

#include <span>
#include <string_view>

#include "fhir/search/query.h"

namespace tasuki::fhir::search {

class CriterionParser {
 public:
  explicit CriterionParser(const Definitions& definitions) : definitions_(definitions) {}

  // types: what is searched; empty = every type. Name and value are percent-decoded.
  Result<Criterion> parse(std::span<const TypeId> types, std::string_view name,
                          std::string_view value);

  // Of _filter: the last name of a path with its operator and value. Operators: search_filter.html
  Result<Criterion> compared(std::span<const TypeId> types, std::string_view name,
                             std::string_view comparison, std::string_view value);
  // "subject" or "subject:Patient" before a point, and the types it may lead to.
  struct Step {
    const SearchParameter* parameter;
    std::vector<TypeId> targets;
  };
  Result<Step> step(std::span<const TypeId> types, std::string_view name);

  // The last error was about a name: lenient handling leaves the parameter out.
  bool name_is_unknown() const { return name_is_unknown_; }
  void clear() { name_is_unknown_ = false; }

  // The parameter of that code which all the types share; empty types: one of Resource. Error names
  // the nearest.
  Result<const SearchParameter*> parameter(std::span<const TypeId> types,
                                           std::string_view code) const;

 private:
  Result<Criterion> nested(std::span<const TypeId> types, std::string_view name,
                           std::string_view value, size_t depth);
  Result<Criterion> plain(std::span<const TypeId> types, std::string_view name,
                          std::string_view value);
  Result<Criterion> chained(std::span<const TypeId> types, std::string_view head,
                            std::string_view rest, std::string_view value, size_t depth);
  Result<Criterion> reversed(std::span<const TypeId> types, std::string_view name,
                             std::string_view value, size_t depth);
  Result<void> read_modifier(std::string_view text, Criterion& criterion);
  Result<TypeId> resource_type(std::string_view name, std::string_view where) const;

  const Definitions& definitions_;
  mutable bool name_is_unknown_ = false;
  size_t tries_ = 0;  // of chains over several types, against 146 x 146 x 146
};

// "There is no search parameter 'nam' of Patient; the nearest is 'name'."
Error no_such(std::string_view what, std::string_view name, std::span<const std::string_view> among,
              std::string_view where);

// Not: parameters without an expression, such as _query.
bool is_answered(const SearchParameter& parameter);

}  // namespace tasuki::fhir::search
