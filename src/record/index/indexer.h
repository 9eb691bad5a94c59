// From what a resource says (fhir::search::Extracted) to what the store keeps: terms and ordered
// entries.
//
// Which form of a value is written under which letter stands here once; plan.cpp asks with the same
// letters.
#pragma once

#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "fhir/model/definitions.h"
#include "fhir/search/value.h"
#include "record/index/term.h"
#include "store/store.h"

namespace tasuki::record {

namespace form {
constexpr char present = 'p';         // the parameter has a value
constexpr char code = 'c';            // token: code, any system
constexpr char token = 't';           // token: system and code
constexpr char system = 's';          // token: system alone
constexpr char local = 'r';           // reference: type, id
constexpr char local_id = 'i';        // reference: id of any type
constexpr char url = 'u';             // reference: url, and url with version
constexpr char identifier = 'n';      // reference: identifier system, value
constexpr char identifier_any = 'm';  // reference: identifier value, any system
constexpr char of_type = 'y';         // token: system and code of an identifier's type, value
constexpr char contained = 'x';       // of no parameter: a type that the resource contains
constexpr char long_text = 'l';       // string: a value was cut
constexpr char unit = 'k';            // quantity: system and code
constexpr char unit_any = 'j';        // quantity: code or unit, any system
constexpr char tuple_first = 'a';     // composite: code of the first part
constexpr char tuple = 'b';           // composite: code of the first, code of the second part
constexpr char apart = 'e';           // composite: its parts have values, but none together
// Groups.
constexpr char dates = 'd', dates_long = 'D', numbers = 'q', sort = 'o', latitude = 'N';
}  // namespace form

class Indexer {
 public:
  Indexer(HashKey key, const fhir::Definitions& definitions);

  store::Index index(fhir::TypeId type, const json::Value& resource,
                     const std::vector<fhir::search::Extracted>& extracted) const;

  const Field& field(fhir::TypeId type, const fhir::SearchParameter& parameter) const;
  const fhir::Definitions& definitions() const { return definitions_; }

  // _lastUpdated is written in the unit of work, when the time is known.
  store::OrderedEntry updated_entry(Instant time) const;
  uint64_t updated_group() const { return updated_group_; }
  uint64_t updated_long_group() const {
    return updated_group_ ^ 1;
  }  // always empty: a moment is short

  // Resources that contain one of the type: _contained.
  std::string contained_term(std::string_view type) const {
    return contained_.term(form::contained, type);
  }

  HashKey key() const { return key_; }

  // What is asked by code and value together stands under the composite of both, by code. Null: no
  // such composite, or the database is older than form::apart.
  struct Pair {
    const fhir::SearchParameter* code = nullptr;
    const fhir::SearchParameter* value = nullptr;  // a quantity
    const fhir::SearchParameter* composite = nullptr;
  };
  const Pair* pair_of(fhir::TypeId type, const fhir::SearchParameter& value) const;

  // Of a database: what its records have been indexed by from the first on. 2: form::apart.
  static constexpr unsigned format_now = 2;
  void set_format(unsigned format) { format_ = format; }

  // Dates are also kept by patient, where `patient` or `subject` names one; and an Observation's
  // date by code.
  static std::string patient_part(std::string_view patient) { return "P" + std::string(patient); }
  static std::string code_part(std::string_view code) { return "C" + std::string(code); }
  // Quantities with a UCUM unit are kept in base units too, apart for each of these.
  static std::string unit_part(std::string_view base_unit) { return "U" + std::string(base_unit); }
  static bool is_kept_by_code(std::string_view type, std::string_view parameter) {
    return type == "Observation" && parameter == "date";
  }

 private:
  const Field& added_field(fhir::TypeId type, const fhir::SearchParameter& parameter) const;
  void find_pairs(fhir::TypeId type);

  HashKey key_;
  const fhir::Definitions& definitions_;
  std::unordered_map<uint64_t, Field> fields_;
  mutable Guarded<std::map<uint64_t, Field>> added_;  // of parameters that were added meanwhile
  std::map<fhir::TypeId, std::vector<Pair>> pairs_;
  unsigned format_ = 1;
  uint64_t updated_group_ = 0;
  Field contained_;
};

}  // namespace tasuki::record
