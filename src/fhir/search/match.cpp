#include "fhir/search/match.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numbers>

#include "base/text.h"
#include "base/time.h"
#include "fhir/search/link.h"
#include "fhir/search/plan.h"
#include "fhir/search/words.h"

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
    case Prefix::po:
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
    case Prefix::po:
      return target.from < asked.to && target.to >= asked.from;
  }
  return false;
}

bool matches_quantity(const Operand& operand, const Amount& target) {
  const auto& asked = std::get<Amount>(operand.value);
  if (!asked.base_unit.empty())
    return asked.base_unit == target.base_unit &&
           matches_number(operand.prefix, asked.base, target.base);
  if (!operand.any_system) {
    // Without a system the unit is meant as code or as written. search.html#quantity
    const bool same_unit = asked.system.empty()
                               ? target.code == asked.code || target.unit == asked.code
                               : target.system == asked.system && target.code == asked.code;
    if (!same_unit) return false;
  }
  return matches_number(operand.prefix, asked.number, target.number);
}

bool matches_text(Modifier modifier, const Text& asked, std::string_view written) {
  if (modifier == Modifier::exact) return asked.written == written;
  const std::string target = folded(written);
  if (modifier == Modifier::contains) return target.contains(asked.folded);
  if (modifier == Modifier::equals) return target == asked.folded;
  if (modifier == Modifier::unlike) return target != asked.folded;
  if (modifier == Modifier::ends) return target.ends_with(asked.folded);
  return target.starts_with(asked.folded);
}

bool matches_token(Modifier modifier, const Operand& operand, const Token& target) {
  const auto& asked = std::get<Token>(operand.value);
  if (target.code.empty() && target.system.empty()) return false;
  if (modifier == Modifier::of_type) {
    return asked.code == target.code &&
           std::ranges::find(target.types, asked.types.front()) != target.types.end();
  }
  if (modifier == Modifier::unlike) return !matches_token(Modifier::none, operand, target);
  if (modifier == Modifier::contains || modifier == Modifier::begins ||
      modifier == Modifier::ends) {
    return matches_text(modifier, {asked.code, folded(asked.code)}, target.code);
  }
  if (!operand.any_system && asked.system != target.system) return false;
  return operand.any_code || asked.code == target.code;
}

// ":below" of a canonical: the version asked for, or one more exact: 1.2 is above 1.2.3.
// search.html#canonical. (Hierarchies of resources are decided elsewhere.)
bool is_version_within(Modifier modifier, const Link& asked, const Link& target) {
  if (asked.url.empty() || asked.url != target.url) return false;
  const auto& general = modifier == Modifier::below ? asked.version : target.version;
  const auto& exact = modifier == Modifier::below ? target.version : asked.version;
  return general.empty() || exact == general || exact.starts_with(general + ".");
}

bool matches_link(const Definitions& definitions, const Criterion& criterion, const Link& asked,
                  const Link& target) {
  if (criterion.modifier == Modifier::type &&
      type_named(definitions, target) != definitions.name(criterion.type))
    return false;
  if (criterion.modifier == Modifier::unlike) {
    const Criterion plain;
    return !matches_link(definitions, plain, asked, target);
  }
  if (criterion.modifier == Modifier::below || criterion.modifier == Modifier::above)
    return is_version_within(criterion.modifier, asked, target);
  if (!asked.version.empty() && asked.version != target.version) return false;
  if (!asked.id.empty())
    return asked.id == target.id && (asked.type.empty() || asked.type == target.type);
  return !asked.url.empty() && asked.url == target.url;
}

bool matches_uri(Modifier modifier, const Uri& asked, const Uri& target) {
  if (modifier == Modifier::below) return target.text.starts_with(asked.text);
  if (modifier == Modifier::above) return asked.text.starts_with(target.text);
  if (modifier == Modifier::unlike) return asked.text != target.text;
  if (modifier == Modifier::contains) return target.text.contains(asked.text);
  if (modifier == Modifier::begins) return target.text.starts_with(asked.text);
  if (modifier == Modifier::ends) return target.text.ends_with(asked.text);
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

bool matches_own_side(const Definitions& definitions, const Subject& subject,
                      const Criterion& criterion) {
  if (criterion.reverse || criterion.chain.empty()) return criterion.reverse;
  const auto links = links_under(definitions, subject, *criterion.parameter);
  return std::ranges::any_of(links, [&](const Link& link) {
    return std::ranges::any_of(criterion.chain_types, [&](TypeId type) {
      return type_named(definitions, link) == definitions.name(type);
    });
  });
}

bool is_in(const Definitions& definitions, const Uri& value_set, const Token& token) {
  return !token.code.empty() &&
         definitions.has_code(value_set.text, token.system, token.code).value_or(false);
}

bool matches_full_text(const Subject& subject, const Criterion& criterion) {
  const auto text = criterion.parameter->code == "_text" ? narrative_text(subject.resource)
                                                         : content_text(subject.resource);
  return std::ranges::any_of(
      criterion.any_of, [&](const Operand& operand) { return matches_words(operand.words, text); });
}

std::vector<Value> values_of(const Definitions& definitions, const Subject& subject,
                             const SearchParameter& parameter) {
  if (parameter.code == "_lastUpdated" && subject.updated_us != 0)
    return {Moment{subject.updated_us, subject.updated_us}};
  std::vector<Value> values;
  plan_of(definitions, subject.type).extract(parameter, subject.resource, values);
  return values;
}

}  // namespace

bool matches(const Definitions& definitions, const Criterion& criterion, const Operand& operand,
             const Value& value) {
  if (!operand.parts.empty()) {
    const auto* composite = std::get_if<Composite>(&value);
    return composite != nullptr && matches_composite(definitions, operand, *composite);
  }
  if (const auto* token = std::get_if<Token>(&value)) {
    if (const auto* value_set = std::get_if<Uri>(&operand.value))
      return is_in(definitions, *value_set, *token);
    if (const auto* asked = std::get_if<Text>(&operand.value)) {
      return !token->text.empty() && matches_text(Modifier::none, *asked, token->text);
    }
    return std::holds_alternative<Token>(operand.value) &&
           matches_token(criterion.modifier, operand, *token);
  }
  const auto* link = std::get_if<Link>(&value);
  if (link != nullptr && criterion.modifier == Modifier::identifier) {
    return !link->identifier_value.empty() &&
           matches_token(Modifier::none, operand,
                         {link->identifier_system, link->identifier_value, {}});
  }
  if (operand.value.index() != value.index()) return false;
  if (link != nullptr)
    return matches_link(definitions, criterion, std::get<Link>(operand.value), *link);
  if (const auto* text = std::get_if<Text>(&value))
    return matches_text(criterion.modifier, std::get<Text>(operand.value), text->written);
  if (const auto* moment = std::get_if<Moment>(&value)) return matches_date(operand, *moment);
  if (const auto* number = std::get_if<Number>(&value))
    return matches_number(operand.prefix, std::get<Number>(operand.value), *number);
  if (const auto* amount = std::get_if<Amount>(&value)) return matches_quantity(operand, *amount);
  if (const auto* uri = std::get_if<Uri>(&value))
    return matches_uri(criterion.modifier, std::get<Uri>(operand.value), *uri);
  if (const auto* position = std::get_if<Position>(&value))
    return distance_m(std::get<Position>(operand.value), *position) <= operand.distance_m;
  return false;
}

bool is_elsewhere(const Criterion& criterion) {
  if (criterion.reverse || !criterion.chain.empty()) return true;
  if (criterion.modifier != Modifier::above && criterion.modifier != Modifier::below) return false;
  return std::ranges::any_of(criterion.any_of, [](const Operand& operand) {
    const auto* link = std::get_if<Link>(&operand.value);
    return link != nullptr && !link->id.empty();
  });
}

std::vector<Link> links_under(const Definitions& definitions, const Subject& subject,
                              const SearchParameter& parameter) {
  std::vector<Link> links;
  for (auto& value : values_of(definitions, subject, parameter)) {
    if (auto* link = std::get_if<Link>(&value)) links.push_back(std::move(*link));
  }
  return links;
}

bool matches(const Definitions& definitions, const Subject& subject, const Criterion& criterion,
             const Elsewhere& elsewhere) {
  if (is_elsewhere(criterion)) {
    return elsewhere ? elsewhere(subject, criterion)
                     : matches_own_side(definitions, subject, criterion);
  }
  if (!criterion.any_of.empty() &&
      (criterion.parameter->code == "_text" || criterion.parameter->code == "_content")) {
    return matches_full_text(subject, criterion);
  }
  const auto values = values_of(definitions, subject, *criterion.parameter);
  if (criterion.modifier == Modifier::missing) {
    const auto& asked = std::get<Token>(criterion.any_of.front().value);
    return values.empty() == (asked.code == "true");
  }
  const bool any = std::ranges::any_of(criterion.any_of, [&](const Operand& operand) {
    return std::ranges::any_of(values, [&](const Value& value) {
      return matches(definitions, criterion, operand, value);
    });
  });
  // :not and :not-in also find resources that have no value at all. search.html#modifiers
  return any != (criterion.modifier == Modifier::not_ || criterion.modifier == Modifier::not_in);
}

bool matches(const Definitions& definitions, const Subject& subject, const Filter& filter,
             const Elsewhere& elsewhere) {
  const auto each = [&](const Filter& child) {
    return matches(definitions, subject, child, elsewhere);
  };
  switch (filter.op) {
    case Filter::Op::leaf:
      return matches(definitions, subject, filter.leaf, elsewhere);
    case Filter::Op::both:
      return std::ranges::all_of(filter.children, each);
    case Filter::Op::either:
      return std::ranges::any_of(filter.children, each);
    case Filter::Op::not_:
      return !each(filter.children.front());
  }
  return false;
}

// Haversine on a sphere of the mean radius: within half a percent of the ellipsoid.
double distance_m(const Position& from, const Position& to) {
  constexpr double radius_m = 6'371'008.8, degree = std::numbers::pi / 180;
  const double north = std::sin((to.latitude - from.latitude) * degree / 2);
  const double east = std::sin((to.longitude - from.longitude) * degree / 2);
  const double half = north * north + std::cos(from.latitude * degree) *
                                          std::cos(to.latitude * degree) * east * east;
  return 2 * radius_m * std::asin(std::min(1.0, std::sqrt(half)));
}

}  // namespace tasuki::fhir::search
