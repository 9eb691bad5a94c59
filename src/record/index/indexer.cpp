#include "record/index/indexer.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "record/index/ordered.h"

namespace tasuki::record {

namespace {

using namespace fhir::search;

constexpr size_t sort_bytes_max = 48;

uint64_t place(fhir::TypeId type, const fhir::SearchParameter& parameter) {
  return uint64_t{static_cast<uint16_t>(type)} << 32 | parameter.number;
}

// Of Resource or DomainResource: one field for all types, so that a search over all of them asks
// once.
bool is_common(const fhir::Definitions& definitions, const fhir::SearchParameter& parameter) {
  return std::ranges::any_of(parameter.bases, [&](fhir::TypeId base) {
    const auto name = definitions.name(base);
    return name == "Resource" || name == "DomainResource";
  });
}

// Writes the values of one parameter.
class Entries {
 public:
  // Dates are kept by each of the parts, too.
  Entries(const Field& field, store::Index& index, const std::vector<std::string>& parts)
      : field_(field), index_(index), parts_(parts) {}

  // A record stands at its least text in ascending, at its greatest in descending order.
  void keep_sort_keys() {
    if (sort_keys_.empty()) return;
    const auto [least, greatest] = std::ranges::minmax(sort_keys_);
    index_.ordered.push_back({field_.group(form::sort), least, least});
    if (greatest != least) index_.ordered.push_back({field_.group(form::sort), greatest, greatest});
  }

  void operator()(const Token& token) {
    if (!token.code.empty()) {
      term(form::code, token.code);
      term(form::token, token.system, token.code);
    }
    if (!token.system.empty()) term(form::system, token.system);
    if (!token.text.empty()) text(token.text);
    for (const auto& [system, code] : token.types)
      term(form::of_type, system, code, token.code);
  }
  void operator()(const Text& value) {
    sort_keys_.emplace_back(cut(text(value.written), sort_bytes_max));
  }
  void operator()(const Moment& moment) {
    dates(moment, {});
    for (const auto& part : parts_)
      dates(moment, part);
  }
  void operator()(const Number& number) { numbers(number, {}); }
  void operator()(const Amount& amount) {
    amounts(amount, {});
    if (!amount.code.empty()) {
      term(form::unit, amount.system, amount.code);
      term(form::unit_any, amount.code);
    }
    if (!amount.unit.empty() && amount.unit != amount.code) term(form::unit_any, amount.unit);
  }
  void operator()(const fhir::search::Link& link) {
    if (!link.id.empty()) {
      term(form::local, link.type, link.id);
      term(form::local_id, link.id);
    }
    if (!link.url.empty()) {
      term(form::url, link.url);
      if (!link.version.empty()) term(form::url, link.url, link.version);
    }
    if (!link.identifier_value.empty()) {
      term(form::identifier, link.identifier_system, link.identifier_value);
      term(form::identifier_any, link.identifier_value);
    }
  }
  void operator()(const Uri& uri) { index_.terms.push_back(field_.uri(uri.text)); }
  void operator()(const Position& position) {
    const std::string latitude = ordered(position.latitude);
    index_.ordered.push_back({field_.group(form::latitude), latitude, latitude});
  }
  void operator()(const Composite& composite) {
    if (composite.parts.size() < 2) return;
    for (const auto& first : composite.parts[0].all) {
      const auto* token = std::get_if<Token>(&first);
      if (token == nullptr || token->code.empty()) continue;
      term(form::tuple_first, token->code);
      for (const auto& second : composite.parts[1].all)
        second_part(*token, second);
    }
  }

 private:
  void second_part(const Token& first, const Value& second) {
    if (const auto* token = std::get_if<Token>(&second)) {
      if (!token->code.empty()) term(form::tuple, first.code, token->code);
    } else if (const auto* moment = std::get_if<Moment>(&second)) {
      dates(*moment, Indexer::code_part(first.code));
    } else if (const auto* amount = std::get_if<Amount>(&second)) {
      amounts(*amount, Indexer::code_part(first.code));
    }
  }
  void dates(const Moment& moment, std::string_view part) {
    const std::string low = ordered(moment.from), high = ordered(moment.to);
    index_.ordered.push_back({field_.group(form::dates, part), low, high});
    if (is_long(moment))
      index_.ordered.push_back({field_.group(form::dates_long, part), low, high, true});
  }
  void numbers(const Number& number, std::string_view part) {
    const std::string low = ordered(number.from), high = ordered(number.to);
    index_.ordered.push_back({field_.group(form::numbers, part), low, high, true});
  }
  void amounts(const Amount& amount, const std::string& part) {
    numbers(amount.number, part);
    if (!amount.base_unit.empty())
      numbers(amount.base, part + Indexer::unit_part(amount.base_unit));
  }
  std::string text(std::string_view written) {
    std::string folded = folded_start(written, text_bytes_max);
    index_.terms.push_back(field_.text(folded));
    if (folded.size() > text_bytes_max) term(form::long_text);
    return folded;
  }
  void term(char letter, std::string_view a = {}, std::string_view b = {},
            std::string_view c = {}) {
    index_.terms.push_back(field_.term(letter, a, b, c));
  }

  const Field& field_;
  store::Index& index_;
  const std::vector<std::string>& parts_;
  std::vector<std::string> sort_keys_;  // of the texts
};

void sort_unique(std::vector<std::string>& texts) {
  std::ranges::sort(texts);
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
}

std::vector<std::string> patient_parts(const std::vector<Extracted>& extracted) {
  std::vector<std::string> parts;
  for (const auto& one : extracted) {
    if (one.parameter->code != "patient" && one.parameter->code != "subject") continue;
    for (const auto& value : one.values) {
      const auto* link = std::get_if<fhir::search::Link>(&value);
      if (link != nullptr && link->type == "Patient")
        parts.push_back(Indexer::patient_part(link->id));
    }
  }
  sort_unique(parts);
  return parts;
}

std::vector<std::string> code_parts(const std::vector<Extracted>& extracted) {
  std::vector<std::string> parts;
  for (const auto& one : extracted) {
    if (one.parameter->code != "code") continue;
    for (const auto& value : one.values) {
      const auto* token = std::get_if<Token>(&value);
      if (token != nullptr && !token->code.empty())
        parts.push_back(Indexer::code_part(token->code));
    }
  }
  sort_unique(parts);
  return parts;
}

// Tokens have no order, except this one: _sort=_id is how whole collections are walked.
void keep_id_sorted(const Field& field, const Extracted& extracted, store::Index& index) {
  const auto* id = std::get_if<Token>(&extracted.values.front());
  if (id != nullptr) index.ordered.push_back({field.group(form::sort), id->code, id->code});
}

}  // namespace

Indexer::Indexer(HashKey key, const fhir::Definitions& definitions)
    : key_(key), definitions_(definitions), contained_(key, {}, "_contained") {
  for (const auto type : definitions.resource_types()) {
    for (const auto* parameter : definitions.search_parameters_of(type)) {
      const auto scope =
          is_common(definitions, *parameter) ? std::string_view{} : definitions.name(type);
      fields_.emplace(place(type, *parameter), Field(key, scope, parameter->code));
    }
    find_pairs(type);
  }
  updated_group_ = Field(key, {}, "_lastUpdated").group(form::dates);
}

// Composites of the resource itself: not of its components, whose values are several.
void Indexer::find_pairs(fhir::TypeId type) {
  const auto parameters = definitions_.search_parameters_of(type);
  const auto with_url = [&](std::string_view url) {
    const auto found = std::ranges::find_if(
        parameters, [&](const fhir::SearchParameter* one) { return one->url == url; });
    return found == parameters.end() ? nullptr : *found;
  };
  for (const auto* composite : parameters) {
    if (composite->components.size() != 2 || composite->expression != definitions_.name(type))
      continue;
    const auto* code = with_url(composite->components[0].definition);
    const auto* value = with_url(composite->components[1].definition);
    if (code != nullptr && code->code == "code" && value != nullptr &&
        value->type == fhir::ParameterType::quantity)
      pairs_[type].push_back({code, value, composite});
  }
}

const Indexer::Pair* Indexer::pair_of(fhir::TypeId type, const fhir::SearchParameter& value) const {
  const auto found = pairs_.find(type);
  if (found == pairs_.end() || format_ < format_now) return nullptr;
  for (const auto& pair : found->second)
    if (pair.value->number == value.number) return &pair;
  return nullptr;
}

const Field& Indexer::field(fhir::TypeId type, const fhir::SearchParameter& parameter) const {
  const auto found = fields_.find(place(type, parameter));
  return found != fields_.end() ? found->second : added_field(type, parameter);
}

// Under a name of its own for each definition: what one with the same code has left in the index
// before it was redefined is not found by the new one.
const Field& Indexer::added_field(fhir::TypeId type, const fhir::SearchParameter& parameter) const {
  return added_.with([&](auto& fields) -> const Field& {
    const auto at = fields.find(place(type, parameter));
    if (at != fields.end()) return at->second;
    std::string scope(is_common(definitions_, parameter) ? std::string_view{}
                                                         : definitions_.name(type));
    scope.append("|").append(parameter.url).append("|").append(parameter.expression);
    scope += static_cast<char>('0' + static_cast<int>(parameter.type));
    for (const auto& part : parameter.components)
      scope.append("|").append(part.definition).append("|").append(part.expression);
    return fields.emplace(place(type, parameter), Field(key_, scope, parameter.code)).first->second;
  });
}

store::OrderedEntry Indexer::updated_entry(Instant time) const {
  const int64_t at = time.time_since_epoch().count();
  return {updated_group_, ordered(at), ordered(at)};
}

store::Index Indexer::index(fhir::TypeId type, const json::Value& resource,
                            const std::vector<Extracted>& extracted) const {
  store::Index index;
  index.terms.reserve(extracted.size() * 4);
  const auto type_name = definitions_.name(type);
  const auto by_patient = patient_parts(extracted);
  auto by_patient_and_code = by_patient;
  if (type_name == "Observation")
    std::ranges::move(code_parts(extracted), std::back_inserter(by_patient_and_code));
  for (const auto& one : extracted) {
    const auto& parameter = *one.parameter;
    if (parameter.code == "_lastUpdated" || !combo_rest(parameter.code).empty() ||
        one.values.empty())
      continue;
    const bool by_code = is_kept_by_code(type_name, parameter.code);
    const Field& at = field(type, parameter);
    Entries entries(at, index, by_code ? by_patient_and_code : by_patient);
    index.terms.push_back(at.term(form::present));
    for (const auto& value : one.values)
      std::visit(entries, value);
    if (parameter.type == fhir::ParameterType::string && type_name != "Observation")
      entries.keep_sort_keys();
    if (parameter.code == "_id") keep_id_sorted(at, one, index);
  }
  if (const auto pairs = pairs_.find(type); pairs != pairs_.end()) {
    const auto says = [&](const fhir::SearchParameter* parameter) {
      return std::ranges::any_of(extracted, [&](const Extracted& one) {
        return one.parameter->number == parameter->number;
      });
    };
    for (const auto& pair : pairs->second) {
      if (says(pair.value) && !says(pair.composite) && says(pair.code))
        index.terms.push_back(field(type, *pair.composite).term(form::apart));
    }
  }
  if (const auto* contained = resource.find("contained")) {
    for (const auto& inner : contained->items())
      index.terms.push_back(contained_term(inner.text_of("resourceType")));
  }
  return index;
}

}  // namespace tasuki::record
