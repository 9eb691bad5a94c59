// The errors of an answer, each with the place in the query and in the answer. GraphQL June 2018,
// 7.1.2; FHIR R4 graphql.html: with an OperationOutcome in extensions.resource.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "fhir/graphql/document.h"

namespace tasuki::fhir::graphql {

class Errors {
 public:
  // Where the answer is being written: a key, or a place in a list.
  class Step {
   public:
    Step(Errors& errors, std::variant<std::string, size_t> where) : errors_(errors) {
      errors_.path_.push_back(std::move(where));
    }
    ~Step() { errors_.path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Errors& errors_;
  };

  bool add(const Error& error, Place place);  // false: there are too many
  bool empty() const { return text_.empty(); }
  std::string text() const { return "[" + text_ + "]"; }

 private:
  std::vector<std::variant<std::string, size_t>> path_;
  std::string text_;
  size_t count_ = 0;
};

}  // namespace tasuki::fhir::graphql
