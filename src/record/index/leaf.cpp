#include "record/index/leaf.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "record/index/ordered.h"

namespace tasuki::record {

using namespace fhir::search;
using store::Node;

namespace {

// Text behind which a cut term may end: a term of 60 bytes may have lost up to three of its last
// character.
constexpr size_t prefix_bytes_sure = text_bytes_max - 3;

Node leaf_term(const Field& field, char letter, std::string_view a = {}, std::string_view b = {},
               std::string_view c = {}) {
  return node_of(Node::Op::term, field.term(letter, a, b, c));
}

// Every document with a value, to be asked one by one.
Leaf any_value(const Field& field) {
  return {leaf_term(field, form::present), false};
}

Leaf token_leaf(const Field& field, Modifier modifier, const Operand& operand, const Token& token) {
  switch (modifier) {
    case Modifier::identifier:
      if (operand.any_code) return any_value(field);
      if (operand.any_system) return {leaf_term(field, form::identifier_any, token.code)};
      return {leaf_term(field, form::identifier, token.system, token.code)};
    case Modifier::of_type:
      return {leaf_term(field, form::of_type, token.types.front().first, token.types.front().second,
                        token.code)};
    case Modifier::none:
    case Modifier::not_:
      if (operand.any_code) return {leaf_term(field, form::system, token.system)};
      if (operand.any_system) return {leaf_term(field, form::code, token.code)};
      return {leaf_term(field, form::token, token.system, token.code)};
    default:
      return any_value(field);
  }
}

Leaf text_prefix(const Field& field, const std::string& folded_text) {
  if (folded_text.size() <= prefix_bytes_sure)
    return {node_of(Node::Op::prefix, field.text(folded_text))};
  return {node_of(Node::Op::prefix, field.text(cut(folded_text, prefix_bytes_sure))), false};
}

Leaf text_leaf(const Field& field, Modifier modifier, const Text& text) {
  const auto& wanted = text.folded;
  switch (modifier) {
    case Modifier::unlike:
      return any_value(field);
    case Modifier::exact:
      return {node_of(Node::Op::term, field.text(wanted)), false};
    case Modifier::equals:
      return {node_of(Node::Op::term, field.text(wanted)), wanted.size() <= prefix_bytes_sure};
    case Modifier::contains:
    case Modifier::ends: {
      if (wanted.empty()) return any_value(field);
      Node inside = node_of(Node::Op::contains, field.text({}));
      inside.needle = wanted;
      // A needle may lie where a long text was cut.
      return {either({std::move(inside), leaf_term(field, form::long_text)}), false};
    }
    default:
      if (wanted.empty()) return any_value(field);
      return text_prefix(field, wanted);
  }
}

Leaf link_leaf(const Field& field, const Criterion& criterion, const fhir::search::Link& link,
               const fhir::Definitions& definitions) {
  if (criterion.modifier == Modifier::unlike) return any_value(field);
  // ":above" and ":below" of a canonical: the version is looked at in the document.
  if (criterion.modifier == Modifier::above || criterion.modifier == Modifier::below)
    return {leaf_term(field, form::url, link.url), false};
  const bool exact = link.version.empty();
  if (!link.id.empty()) {
    if (!link.type.empty()) return {leaf_term(field, form::local, link.type, link.id), exact};
    if (criterion.type != fhir::no_type)
      return {leaf_term(field, form::local, definitions.name(criterion.type), link.id), exact};
    return {leaf_term(field, form::local_id, link.id), exact};
  }
  // The type of an absolute url is read from the url itself.
  return {leaf_term(field, form::url, link.url), exact && criterion.modifier != Modifier::type};
}

// Every beginning of "http://a/b/c": what lies above it is one of them.
std::vector<Node> beginnings(const Field& field, std::string_view uri) {
  std::vector<Node> nodes;
  for (size_t size = 1; size <= std::min(uri.size(), uri_bytes_max); ++size)
    nodes.push_back(node_of(Node::Op::term, field.uri(uri.substr(0, size))));
  return nodes;
}

Leaf uri_leaf(const Field& field, Modifier modifier, const Uri& uri) {
  switch (modifier) {
    case Modifier::below:
    case Modifier::begins:
      return {node_of(Node::Op::prefix, field.uri(uri.text)), false};
    case Modifier::above:
      return {either(beginnings(field, uri.text)), false};
    case Modifier::none:
      return {node_of(Node::Op::term, field.uri(uri.text)), uri.text.size() < uri_bytes_max - 3};
    default:
      return any_value(field);
  }
}

Leaf moment_leaf(const Indexer& indexer, const Field& field, const Criterion& criterion,
                 const Operand& operand, std::string_view part) {
  const auto& moment = std::get<Moment>(operand.value);
  const bool is_updated = criterion.parameter->code == "_lastUpdated";
  const auto every = is_updated ? indexer.updated_group() : field.group(form::dates, part);
  const auto longs =
      is_updated ? indexer.updated_long_group() : field.group(form::dates_long, part);
  // "Approximately" depends on the present; two halves of an overlap may come from two values.
  if (operand.prefix == Prefix::ap)
    return {is_updated ? node_of(Node::Op::all) : leaf_term(field, form::present), false};
  return {moment_node(every, longs, operand.prefix, moment), operand.prefix != Prefix::po};
}

// A tenth around the number, and a little more: the document decides.
Number widened(const Number& number) {
  const double tenth = std::abs(number.value) / 10 * 1.000001;
  return {number.value, number.value - tenth, std::nextafter(number.value + tenth, INFINITY)};
}

Leaf number_leaf(const Field& field, Prefix prefix, const Number& number, std::string_view part) {
  const auto group = field.group(form::numbers, part);
  if (prefix == Prefix::ap || prefix == Prefix::po)
    return {overlap_node(group, prefix == Prefix::ap ? widened(number) : number), false};
  return {number_node(group, prefix, number), prefix != Prefix::ne};
}

// With a UCUM unit the value is compared in base units: 5.4 mg is 0.0054 g. Any other unit has to
// be the same, and then the number too: two nodes that may hold of two values. `kept`: the field
// under which the numbers stand.
Leaf amount_leaf(const Field& field, const Field& kept, const Operand& operand,
                 const Amount& amount, std::string_view part) {
  if (operand.any_system) return number_leaf(kept, operand.prefix, amount.number, part);
  if (!amount.base_unit.empty())
    return number_leaf(kept, operand.prefix, amount.base,
                       std::string(part) + Indexer::unit_part(amount.base_unit));
  auto number = number_leaf(kept, operand.prefix, amount.number, part);
  if (!part.empty()) return {std::move(number.node), false};
  Node unit = amount.system.empty() ? leaf_term(field, form::unit_any, amount.code)
                                    : leaf_term(field, form::unit, amount.system, amount.code);
  return {both({std::move(number.node), std::move(unit)}), false};
}

// A tuple is narrowed by its first two parts and always verified: all parts must belong together.
Node tuple_node(const Field& field, const Operand& operand) {
  const auto* first = std::get_if<Token>(&operand.parts.front().value);
  if (first == nullptr || first->code.empty()) return leaf_term(field, form::present);
  Node of_first = leaf_term(field, form::tuple_first, first->code);
  if (operand.parts.size() < 2) return of_first;
  const auto& second = operand.parts[1];
  const std::string part = Indexer::code_part(first->code);
  if (const auto* token = std::get_if<Token>(&second.value)) {
    if (token->code.empty()) return of_first;
    return leaf_term(field, form::tuple, first->code, token->code);
  }
  if (const auto* moment = std::get_if<Moment>(&second.value);
      moment && second.prefix != Prefix::ap)
    return moment_node(field.group(form::dates, part), field.group(form::dates_long, part),
                       second.prefix, *moment);
  if (const auto* amount = std::get_if<Amount>(&second.value))
    return amount_leaf(field, field, second, *amount, part).node;
  return of_first;
}

// A band of latitudes around the place; a degree is 111 km, less than it is at the poles.
Node near_node(const Field& field, const Operand& operand) {
  const auto& position = std::get<Position>(operand.value);
  const double degrees = operand.distance_m / 110'000;
  const Number band{position.latitude, position.latitude - degrees,
                    std::nextafter(position.latitude + degrees, INFINITY)};
  return number_node(field.group(form::latitude), Prefix::eq, band);
}

}  // namespace

Leaf leaf_of(const Indexer& indexer, fhir::TypeId type, const Criterion& criterion,
             const Operand& operand, std::string_view dates_part) {
  const auto& parameter = *criterion.parameter;
  if (parameter.code == "_text" || parameter.code == "_content")
    return {node_of(Node::Op::all), false};
  const Field& field = indexer.field(type, parameter);
  if (!operand.parts.empty()) return {tuple_node(field, operand), false};
  const auto modifier = criterion.modifier;
  if (const auto* token = std::get_if<Token>(&operand.value))
    return token_leaf(field, modifier, operand, *token);
  if (const auto* text = std::get_if<Text>(&operand.value))
    return text_leaf(field, modifier == Modifier::text ? Modifier::none : modifier, *text);
  if (const auto* link = std::get_if<fhir::search::Link>(&operand.value))
    return link_leaf(field, criterion, *link, indexer.definitions());
  if (const auto* uri = std::get_if<Uri>(&operand.value)) {
    if (parameter.type == fhir::ParameterType::token) return any_value(field);  // :in a value set
    return uri_leaf(field, modifier, *uri);
  }
  if (std::holds_alternative<Moment>(operand.value))
    return moment_leaf(indexer, field, criterion, operand, dates_part);
  if (const auto* number = std::get_if<Number>(&operand.value))
    return number_leaf(field, operand.prefix, *number, {});
  if (const auto* amount = std::get_if<Amount>(&operand.value))
    return amount_leaf(field, field, operand, *amount, {});
  if (std::holds_alternative<Position>(operand.value)) return {near_node(field, operand), false};
  return any_value(field);
}

Leaf leaf_with_code(const Indexer& indexer, fhir::TypeId type, const Indexer::Pair& pair,
                    std::string_view code, const Operand& operand) {
  const Field& value = indexer.field(type, *pair.value);
  const Field& composite = indexer.field(type, *pair.composite);
  const auto& amount = std::get<Amount>(operand.value);
  Node has_code = leaf_term(indexer.field(type, *pair.code), form::code, code);
  auto within = amount_leaf(value, composite, operand, amount, Indexer::code_part(code));
  imply(within.node, has_code.bytes);
  auto alone = amount_leaf(value, value, operand, amount, {});
  Node apart = leaf_term(composite, form::apart);
  return {either({std::move(within.node),
                  both({std::move(apart), std::move(has_code), std::move(alone.node)})}),
          within.exact && alone.exact};
}

}  // namespace tasuki::record
