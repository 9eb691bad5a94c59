// What a terminology operation is asked: the Parameters of a POST or the query of a GET, and the
// snapshot it is asked of. FHIR R4 operations.html, terminology-service.html
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/terminology/composed.h"
#include "fhir/terminology/language.h"
#include "fhir/terminology/operation/issue.h"

namespace tasuki::fhir::terminology {

class Ask {
 public:
  struct Given {
    std::string name, text;              // text: of a primitive, as written
    const json::Value* value = nullptr;  // value[x]
    const json::Value* resource = nullptr;
    const json::Value* parts = nullptr;
  };

  static Ask of(const json::Value& parameters);  // of a Parameters resource, which must outlive it
  void add(Given given) { given_.push_back(std::move(given)); }
  // What is not said here is taken from there: a batch's common parameters.
  void add_missing(const Ask& other);

  const Given* find(std::string_view name) const;
  std::string_view text(std::string_view name) const;  // empty: not given
  std::optional<bool> truth(std::string_view name) const;
  Result<std::optional<size_t>> number(std::string_view name) const;
  const std::vector<Given>& all() const { return given_; }

  std::string accept_language;

 private:
  std::vector<Given> given_;
};

// The snapshot with the resources that came along (tx-resource), versions, languages.
struct Scope {
  std::shared_ptr<const Terminology> terms;
  VersionRules rules;
  Languages languages;
  bool languages_were_asked = false;
  std::vector<std::string> supplements;  // useSupplement

  static std::expected<Scope, Reply> of(std::shared_ptr<const Terminology> terms, const Ask& ask);
  bool is_japanese() const;  // do reasons go in Japanese first?
};

}  // namespace tasuki::fhir::terminology
