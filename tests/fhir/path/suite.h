// What both reference suites of FHIRPath share: reading cases, evaluating one, comparing values as
// text.
#pragma once

#include <map>
#include <string>

#include "../search/reference_set.h"
#include "base/decimal.h"
#include "conformance.h"
#include "fhir/path/expression.h"

namespace tasuki::fhir::path {

inline std::filesystem::path reference(std::string_view set) {
  return std::filesystem::path(TASUKI_REFERENCE_FOLDER) / set;
}

// Inputs by file name, parsed once.
class Inputs {
 public:
  explicit Inputs(std::filesystem::path folder) : folder_(std::move(folder)) {}
  const json::Value& operator[](const std::string& name) {
    auto found = documents_.find(name);
    if (found == documents_.end())
      found = documents_.emplace(name, testing::document(testing::file_text(folder_ / name))).first;
    return found->second.root;
  }

 private:
  std::filesystem::path folder_;
  std::map<std::string, json::Document> documents_;
};

struct Answer {
  std::string error;  // empty: none
  std::vector<std::string> values, types;
};

inline std::string type_of(const Definitions& definitions, const Item& item) {
  constexpr const char* names[] = {"",       "boolean", "integer",  "Long", "decimal",
                                   "string", "date",    "dateTime", "time", "Quantity"};
  if (item.system != System::none && item.element == nullptr)
    return names[static_cast<size_t>(item.system)];
  return item.type == no_type ? std::string() : std::string(definitions.name(item.type));
}

inline Answer answer(std::string_view expression, Options options, const Item& focus,
                     const Environment& environment) {
  options.as_takes_many = false;  // by the letter
  const auto& definitions = testing::definitions();
  Answer result;
  const auto compiled = Expression::compile(definitions, expression, options);
  if (!compiled) {
    result.error = compiled.error().message;
    return result;
  }
  json::Arena arena;
  const auto items = compiled->evaluate(focus, environment, arena);
  if (!items) {
    result.error = items.error().message;
    return result;
  }
  for (const auto& item : *items) {
    if (item.value.is_null()) continue;  // a primitive of which only extensions are there
    result.values.push_back(text_of(definitions, item));
    result.types.push_back(type_of(definitions, item));
  }
  return result;
}

inline std::string joined(const std::vector<std::string>& values) {
  std::string out;
  for (const auto& value : values)
    out += (out.empty() ? "[" : ", ") + value;
  return out.empty() ? "[]" : out + "]";
}

}  // namespace tasuki::fhir::path
