#include "fhir/search/match.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "base/text.h"
#include "base/time.h"
#include "fhir/search/link.h"
#include "fhir/search/plan.h"

namespace tasuki::fhir::search {
namespace {

// search.html#prefix, in its words: "the range of the search value fully contains the range of the
// target value", "the range above the search value intersects the range of the target value", and
// so on.
template <class Point>
bool compare(Prefix prefix, Point from, Point to, Point target_from, Point target_to,
             bool contained) {
  switch (prefix) {
    case Prefix::eq:
      return contained;
    case Prefix::ne:
      return !contained;
    case Prefix::gt:
      return target_to > to;
    case Prefix::lt:
      return target_from < from;
    case Prefix::ge:
      return target_to > to || contained;
    case Prefix::le:
      return target_from < from || contained;
    case Prefix::sa:
      return target_from >= to;
    case Prefix::eb:
      return target_to <= from;
    case Prefix::ap:
      return target_from < to && target_to > from;
  }
  return false;
}

// "approximately": within a tenth of the gap between now and the date. search.html#prefix, ap
Moment widened(const Moment& moment) {
  const int64_t present = now().time_since_epoch().count();
  const int64_t gap = std::max(std::abs(present - moment.from), std::abs(present - moment.to));
  return {moment.from - gap / 10, moment.to + gap / 10};
}

bool matches_date(const Operand& operand, const Moment& target) {
  const auto& written = std::get<Moment>(operand.value);
  const auto asked = operand.prefix == Prefix::ap ? widened(written) : written;
  const bool contained = asked.from <= target.from && target.to <= asked.to;
  return compare(operand.prefix, asked.from, asked.to, target.from, target.to, contained);
}

// With a prefix other than eq, ne and ap the number is taken exactly as written. search.html#number
bool matches_number(Prefix prefix, const Number& asked, const Number& target) {
  const bool is_point = target.from == target.to;
  const bool within =
      asked.from <= target.from && (is_point ? target.to < asked.to : target.to <= asked.to);
  const bool exact = target.from == asked.value && target.to == asked.value;
  const double tenth = std::abs(asked.value) / 10;
  switch (prefix) {
    case Prefix::eq:
      return within;
    case Prefix::ne:
      return !within;
    case Prefix::gt:
      return target.to > asked.value;
    case Prefix::lt:
      return target.from < asked.value;
    case Prefix::ge:
      return target.to > asked.value || exact;
    case Prefix::le:
      return target.from < asked.value || exact;
    case Prefix::sa:
      return target.from > asked.value;
    case Prefix::eb:
      return target.to < asked.value;
    case Prefix::ap:
      return target.from <= asked.value + tenth && target.to >= asked.value - tenth;
  }
  return false;
}

bool matches_quantity(const Operand& operand, const Amount& target) {
  const auto& asked = std::get<Amount>(operand.value);
  if (!operand.any_system) {
    // Without a system the unit is meant as code or as written. search.html#quantity
    const bool same_unit = asked.system.empty()
                               ? target.code == asked.code || target.unit == asked.code
                               : target.system == asked.system && target.code == asked.code;
    if (!same_unit) return false;
  }
  return matches_number(operand.prefix, asked.number, target.number);
}

bool matches_token(const Operand& operand, const Token& target) {
  const auto& asked = std::get<Token>(operand.value);
  if (target.code.empty() && target.system.empty()) return false;
  if (!operand.any_system && asked.system != target.system) return false;
  return operand.any_code || asked.code == target.code;
}

bool matches_text(Modifier modifier, const Text& asked, const Text& target) {
  if (modifier == Modifier::exact) return asked.written == target.written;
  if (modifier == Modifier::contains) return target.folded.contains(asked.folded);
  return target.folded.starts_with(asked.folded);
}

bool matches_link(const Definitions& definitions, const Criterion& criterion, const Link& asked,
                  const Link& target) {
  if (criterion.modifier == Modifier::type &&
      type_named(definitions, target) != definitions.name(criterion.type))
    return false;
  if (!asked.version.empty() && asked.version != target.version) return false;
  if (!asked.id.empty())
    return asked.id == target.id && (asked.type.empty() || asked.type == target.type);
  return !asked.url.empty() && asked.url == target.url;
}

bool matches_uri(Modifier modifier, const Uri& asked, const Uri& target) {
  if (modifier == Modifier::below) return target.text.starts_with(asked.text);
  if (modifier == Modifier::above) return asked.text.starts_with(target.text);
  return asked.text == target.text;
}

bool matches_composite(const Definitions& definitions, const Operand& operand,
                       const Composite& target) {
  const Criterion plain;
  if (operand.parts.size() != target.parts.size()) return false;
  for (size_t i = 0; i < operand.parts.size(); ++i) {
    const bool any = std::ranges::any_of(target.parts[i].all, [&](const Value& value) {
      return matches(definitions, plain, operand.parts[i], value);
    });
    if (!any) return false;
  }
  return true;
}

bool links_to_chain(const Definitions& definitions, const Criterion& criterion,
                    const std::vector<Value>& values) {
  return std::ranges::any_of(values, [&](const Value& value) {
    const auto* link = std::get_if<Link>(&value);
    return link != nullptr && std::ranges::any_of(criterion.chain_types, [&](TypeId type) {
             return type_named(definitions, *link) == definitions.name(type);
           });
  });
}

}  // namespace

bool matches(const Definitions& definitions, const Criterion& criterion, const Operand& operand,
             const Value& value) {
  if (!operand.parts.empty()) {
    const auto* composite = std::get_if<Composite>(&value);
    return composite != nullptr && matches_composite(definitions, operand, *composite);
  }
  if (const auto* token = std::get_if<Token>(&value)) {
    if (const auto* asked = std::get_if<Text>(&operand.value)) {
      return !token->text.empty() &&
             matches_text(Modifier::none, *asked, {token->text, folded(token->text)});
    }
    return std::holds_alternative<Token>(operand.value) && matches_token(operand, *token);
  }
  const auto* link = std::get_if<Link>(&value);
  if (link != nullptr && criterion.modifier == Modifier::identifier) {
    return !link->identifier_value.empty() &&
           matches_token(operand, {link->identifier_system, link->identifier_value, {}});
  }
  if (operand.value.index() != value.index()) return false;
  if (link != nullptr)
    return matches_link(definitions, criterion, std::get<Link>(operand.value), *link);
  if (const auto* text = std::get_if<Text>(&value))
    return matches_text(criterion.modifier, std::get<Text>(operand.value), *text);
  if (const auto* moment = std::get_if<Moment>(&value)) return matches_date(operand, *moment);
  if (const auto* number = std::get_if<Number>(&value))
    return matches_number(operand.prefix, std::get<Number>(operand.value), *number);
  if (const auto* amount = std::get_if<Amount>(&value)) return matches_quantity(operand, *amount);
  if (const auto* uri = std::get_if<Uri>(&value))
    return matches_uri(criterion.modifier, std::get<Uri>(operand.value), *uri);
  return false;
}

bool matches(const Definitions& definitions, TypeId type, const json::Value& resource,
             const Criterion& criterion) {
  if (criterion.reverse) return true;
  std::vector<Value> values;
  plan_of(definitions, type).extract(*criterion.parameter, resource, values);
  if (!criterion.chain.empty()) return links_to_chain(definitions, criterion, values);
  if (criterion.modifier == Modifier::missing) {
    const auto& asked = std::get<Token>(criterion.any_of.front().value);
    return values.empty() == (asked.code == "true");
  }
  const bool any = std::ranges::any_of(criterion.any_of, [&](const Operand& operand) {
    return std::ranges::any_of(values, [&](const Value& value) {
      return matches(definitions, criterion, operand, value);
    });
  });
  // :not also finds resources that have no value at all. search.html#modifiers
  return any != (criterion.modifier == Modifier::not_);
}

}  // namespace tasuki::fhir::search
