// The words of a GraphQL query. GraphQL June 2018, 2.1 (source text)
#pragma once

#include <string>
#include <string_view>

#include "fhir/graphql/document.h"

namespace tasuki::fhir::graphql {

struct Token {
  enum class Kind : uint8_t { end, mark, name, number, string };
  Kind kind = Kind::end;
  std::string text;  // of a mark "{" or "..."; of a string what it means
  Place place;
};

class Tokens {
 public:
  explicit Tokens(std::string_view text) : text_(text) {}
  Result<Token> next();

 private:
  char at(size_t ahead = 0) const;
  void step(size_t count = 1);
  void skip_ignored();
  Error wrong(Place place, std::string_view what) const;
  Result<std::string> string();
  Result<std::string> block();
  Result<void> escape(std::string& out);
  Result<uint32_t> code_unit();

  std::string_view text_;
  size_t next_ = 0, count_ = 0;
  Place place_;
};

}  // namespace tasuki::fhir::graphql
