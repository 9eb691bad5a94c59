// From a place in a resource to the values a parameter of some type sees there.
// FHIR R4 search.html, 3.1.1.4.4-3.1.1.4.15: which data types each parameter type works on, and
// how.
#pragma once

#include <vector>

#include "fhir/path/expression.h"
#include "fhir/search/value.h"

namespace tasuki::fhir::search {

// What a data type looks like, as far as search tells them apart.
enum class Shape : uint8_t {
  none,
  text,
  code,
  boolean,
  number,
  date,
  uri,
  canonical,
  coding,
  concept_,
  identifier,
  contact_point,
  quantity,
  money,
  range,
  sampled_data,
  period,
  timing,
  human_name,
  address,
  reference,
  resource,
};

class Converter {
 public:
  explicit Converter(const Definitions& definitions);

  // Appends what the item says; nothing where its type is none that such parameters work on.
  void append(ParameterType type, const path::Item& item, std::vector<Value>& out) const;
  // Do parameters of this type work on that data type?
  bool fits(ParameterType type, TypeId data) const;

 private:
  Shape shape(TypeId type) const;
  void append_token(Shape shape, const path::Item& item, std::vector<Value>& out) const;
  void append_text(Shape shape, const path::Item& item, std::vector<Value>& out) const;
  void append_link(Shape shape, const path::Item& item, std::vector<Value>& out) const;
  std::string system_of(const path::Item& code) const;

  const Definitions& definitions_;
  std::vector<Shape> shapes_;  // by TypeId
};

}  // namespace tasuki::fhir::search
