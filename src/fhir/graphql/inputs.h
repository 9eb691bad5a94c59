// What arguments mean once variables have their values. GraphQL June 2018, 6.1.2
#pragma once

#include <map>
#include <string>

#include "fhir/graphql/document.h"
#include "json/value.h"

namespace tasuki::fhir::graphql {

class Inputs {
 public:
  // given: the variables of the request, an object or nullptr.
  static Result<Inputs> of(const Operation& operation, const json::Value* given);

  // A list becomes "a,b": any of them, as in a search. Nothing: null.
  std::optional<std::string> text(const Value& value) const;
  Result<size_t> number(const Argument& argument) const;
  // Of @include and @skip together.
  Result<bool> wants(const Selection& selection) const;

 private:
  std::map<std::string, std::optional<std::string>, std::less<>> variables_;
};

}  // namespace tasuki::fhir::graphql
