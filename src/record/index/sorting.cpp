#include "record/index/sorting.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"
#include "fhir/search/plan.h"
#include "json/parse.h"
#include "record/index/ordered.h"

namespace tasuki::record {

namespace {

using namespace fhir::search;

constexpr size_t value_bytes_max = 48;  // as the indexer cuts

struct Order {
  std::string operator()(const Token& token) const { return token.code + '\x01' + token.system; }
  std::string operator()(const Text& text) const {
    return folded_start(text.written, value_bytes_max);
  }
  std::string operator()(const Moment& moment) const { return ordered(moment.from); }
  std::string operator()(const Number& number) const { return ordered(number.from); }
  std::string operator()(const Amount& amount) const { return ordered(amount.number.from); }
  std::string operator()(const fhir::search::Link& link) const {
    return link.id.empty() ? link.url : link.type + '/' + link.id;
  }
  std::string operator()(const Uri& uri) const { return uri.text; }
  std::string operator()(const Composite&) const { return {}; }
  std::string operator()(const Position&) const { return {}; }
};

// The least or the greatest of the document's values; empty: none.
std::string value_in(const fhir::Definitions& definitions, fhir::TypeId type,
                     const fhir::search::Sort& sort, std::string_view body) {
  const auto document = json::parse(body);
  const auto* parameter = definitions.search_parameter(type, sort.parameter->code);
  if (!document || parameter == nullptr) return {};
  std::vector<Value> values;
  plan_of(definitions, type).extract(*parameter, document->root, values);
  std::string found;
  for (const auto& value : values) {
    std::string one(cut(std::visit(Order{}, value), value_bytes_max));
    if (one.empty() || one.front() == '\x01') continue;  // a token that has a text alone
    if (found.empty() || (sort.descending ? one > found : one < found)) found = std::move(one);
  }
  return found;
}

bool is_kept_in_order(const Indexer& indexer, fhir::TypeId type,
                      const fhir::SearchParameter& parameter) {
  if (!combo_rest(parameter.code).empty()) return false;
  switch (parameter.type) {
    case fhir::ParameterType::date:
    case fhir::ParameterType::number:
    case fhir::ParameterType::quantity:
      return true;
    case fhir::ParameterType::string:
      return indexer.definitions().name(type) != "Observation";
    default:
      return false;
  }
}

}  // namespace

Result<store::SortKey> sort_key(const Indexer& indexer, const std::vector<fhir::TypeId>& types,
                                const fhir::search::Sort& sort, std::string_view dates_part,
                                const TypeOf& type_of) {
  const auto& parameter = *sort.parameter;
  store::SortKey key;
  key.descending = sort.descending;
  if (parameter.code == "_lastUpdated") return key;
  const auto& field = indexer.field(types.front(), parameter);
  if (parameter.code == "_id") {
    key.group = field.group(form::sort);
    return key;
  }
  if (parameter.type == fhir::ParameterType::composite ||
      parameter.type == fhir::ParameterType::special || parameter.expression.empty()) {
    return Error{Error::Kind::unsupported,
                 fmt::format("{} has no order to sort by.", parameter.code), "_sort"};
  }
  if (types.size() == 1 && is_kept_in_order(indexer, types.front(), parameter)) {
    const bool is_date = parameter.type == fhir::ParameterType::date;
    const bool is_text = parameter.type == fhir::ParameterType::string;
    key.group = is_date   ? field.group(form::dates, dates_part)
                : is_text ? field.group(form::sort)
                          : field.group(form::numbers);
    return key;
  }
  key.of_version = [&definitions = indexer.definitions(), sort,
                    type_of](const store::Version& version) {
    return value_in(definitions, type_of(version.key.kind), sort, version.body);
  };
  return key;
}

}  // namespace tasuki::record
