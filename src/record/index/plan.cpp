#include "record/index/plan.h"

#include <fmt/core.h>
#include <algorithm>

#include "base/text.h"
#include "record/index/ordered.h"

namespace tasuki::record {

using namespace fhir::search;
using store::Node;

struct Planner::Asked {
  fhir::TypeId type;
  const Criterion& criterion;
  const Query& query;
};

namespace {

// Text behind which a cut term may end: a term of 60 bytes may have lost up to three of its last
// character.
constexpr size_t prefix_bytes_sure = text_bytes_max - 3;

void doubt(Plan& plan, const Criterion& criterion) {
  if (std::ranges::find(plan.inexact, &criterion) == plan.inexact.end())
    plan.inexact.push_back(&criterion);
}

Node term(const Field& field, char letter, std::string_view a = {}, std::string_view b = {}) {
  return node_of(Node::Op::term, field.term(letter, a, b));
}

Node token_node(const Field& field, const Operand& operand, const Token& token) {
  if (operand.any_code) return term(field, form::system, token.system);
  if (operand.any_system) return term(field, form::code, token.code);
  return term(field, form::token, token.system, token.code);
}

Node text_prefix(Plan& plan, const Criterion& criterion, const Field& field,
                 const std::string& folded_text) {
  if (folded_text.empty()) return term(field, form::present);
  if (folded_text.size() <= prefix_bytes_sure)
    return node_of(Node::Op::prefix, field.text(folded_text));
  doubt(plan, criterion);
  return node_of(Node::Op::prefix, field.text(cut(folded_text, prefix_bytes_sure)));
}

Node text_node(Plan& plan, const Criterion& criterion, const Field& field, const Text& text) {
  const std::string wanted = text.folded.empty() ? folded(text.written) : text.folded;
  if (criterion.modifier == Modifier::exact) {
    doubt(plan, criterion);
    return node_of(Node::Op::term, field.text(wanted));
  }
  if (criterion.modifier == Modifier::contains && !wanted.empty()) {
    Node inside = node_of(Node::Op::contains, field.text({}));
    inside.needle = wanted;
    doubt(plan, criterion);  // a needle may lie where a long text was cut
    return either({std::move(inside), term(field, form::long_text)});
  }
  return text_prefix(plan, criterion, field, wanted);
}

Node link_node(Plan& plan, const Criterion& criterion, const Field& field,
               const fhir::search::Link& link, const fhir::Definitions& definitions) {
  if (!link.identifier_value.empty() && link.id.empty() && link.url.empty()) {
    return link.identifier_system.empty()
               ? term(field, form::identifier_any, link.identifier_value)
               : term(field, form::identifier, link.identifier_system, link.identifier_value);
  }
  if (!link.version.empty()) doubt(plan, criterion);
  if (!link.id.empty()) {
    if (!link.type.empty()) return term(field, form::local, link.type, link.id);
    if (criterion.type != fhir::no_type)
      return term(field, form::local, definitions.name(criterion.type), link.id);
    return term(field, form::local_id, link.id);
  }
  return term(field, form::url, link.url);
}

// Every beginning of "http://a/b/c": what lies above it is one of them.
std::vector<std::string> uri_beginnings(std::string_view uri) {
  std::vector<std::string> all;
  for (size_t size = 1; size <= std::min(uri.size(), uri_bytes_max); ++size)
    all.emplace_back(uri.substr(0, size));
  return all;
}

Node uri_node(Plan& plan, const Criterion& criterion, const Field& field, const Uri& uri) {
  if (criterion.modifier == Modifier::below) {
    doubt(plan, criterion);
    return node_of(Node::Op::prefix, field.uri(uri.text));
  }
  if (uri.text.size() > uri_bytes_max) doubt(plan, criterion);
  if (criterion.modifier != Modifier::above) return node_of(Node::Op::term, field.uri(uri.text));
  doubt(plan, criterion);
  std::vector<Node> nodes;
  for (const auto& beginning : uri_beginnings(uri.text))
    nodes.push_back(node_of(Node::Op::term, field.uri(beginning)));
  return either(std::move(nodes));
}

Node amount_node(Plan& plan, const Criterion& criterion, const Field& field, const Operand& operand,
                 const Amount& amount) {
  const bool with_unit = !operand.any_system;
  if (with_unit || operand.prefix == Prefix::ap || operand.prefix == Prefix::ne)
    doubt(plan, criterion);
  std::vector<Node> nodes;
  const auto every = field.group(form::numbers), longs = field.group(form::numbers_long);
  nodes.push_back(operand.prefix == Prefix::ap
                      ? term(field, form::present)
                      : number_node(every, longs, operand.prefix, amount.number));
  if (with_unit) {
    const auto& unit = amount.code.empty() ? amount.unit : amount.code;
    if (!amount.system.empty()) {
      nodes.push_back(term(field, form::unit, amount.system, unit));
    } else if (!unit.empty()) {
      nodes.push_back(term(field, form::unit_any, unit));
    }
  }
  return both(std::move(nodes));
}

// A tuple is narrowed by its first two parts and always verified: all parts must belong together.
Node composite_node(Plan& plan, const Criterion& criterion, const Field& field,
                    const Operand& operand) {
  doubt(plan, criterion);
  const auto* first =
      operand.parts.empty() ? nullptr : std::get_if<Token>(&operand.parts.front().value);
  if (first == nullptr || first->code.empty()) return term(field, form::present);
  const Node of_first = term(field, form::tuple_first, first->code);
  if (operand.parts.size() < 2) return of_first;
  const auto& second = operand.parts[1];
  const std::string part = Indexer::code_part(first->code);
  if (const auto* token = std::get_if<Token>(&second.value)) {
    return token->code.empty() ? of_first : term(field, form::tuple, first->code, token->code);
  }
  if (second.prefix == Prefix::ap) return of_first;
  if (const auto* moment = std::get_if<Moment>(&second.value)) {
    return moment_node(field.group(form::dates, part), field.group(form::dates_long, part),
                       second.prefix, *moment);
  }
  if (const auto* amount = std::get_if<Amount>(&second.value)) {
    return number_node(field.group(form::numbers, part), field.group(form::numbers_long, part),
                       second.prefix, amount->number);
  }
  return of_first;
}

// Only these depend on nothing but the postings' own values, so their complement is exact too.
bool has_exact_complement(const Criterion& criterion) {
  return std::ranges::all_of(criterion.any_of, [](const Operand& operand) {
    return std::holds_alternative<Token>(operand.value) ||
           std::holds_alternative<fhir::search::Link>(operand.value);
  });
}

// Parameters of Resource itself (_id, _tag ...): all types share their terms.
bool is_common(const Query& query) {
  return std::ranges::all_of(query.criteria, [](const Criterion& criterion) {
    return !criterion.reverse && criterion.chain.empty() &&
           criterion.parameter->code.starts_with('_');
  });
}

const Token* only_token(const Criterion& criterion) {
  if (criterion.any_of.size() != 1 || criterion.modifier != Modifier::none ||
      !criterion.chain.empty())
    return nullptr;
  const auto* token = std::get_if<Token>(&criterion.any_of.front().value);
  return token != nullptr && !token->code.empty() && !criterion.any_of.front().any_code ? token
                                                                                        : nullptr;
}

const fhir::search::Link* only_patient(const Criterion& criterion) {
  if (criterion.any_of.size() != 1 || !criterion.chain.empty()) return nullptr;
  if (criterion.modifier != Modifier::none && criterion.modifier != Modifier::type) return nullptr;
  const auto* link = std::get_if<fhir::search::Link>(&criterion.any_of.front().value);
  if (link == nullptr || link->id.empty()) return nullptr;
  const bool is_patient =
      link->type == "Patient" || (link->type.empty() && criterion.parameter->code == "patient");
  return is_patient ? link : nullptr;
}

}  // namespace

Result<Plan> Planner::plan(const std::vector<fhir::TypeId>& types, const Query& query) const {
  Plan plan;
  std::vector<Node> any_type;
  for (const auto type : types) {
    std::vector<Node> all;
    for (const auto& one : query.criteria)
      all.push_back(TRY(criterion(plan, {type, one, query})));
    any_type.push_back(both(std::move(all)));
    if (is_common(query)) break;  // the same terms for every type
  }
  plan.where = either(std::move(any_type));
  plan.sort = TRY(sort(types, query));
  return plan;
}

Result<Node> Planner::criterion(Plan& plan, const Asked& asked) const {
  const Criterion& wanted = asked.criterion;
  if (wanted.reverse || !wanted.chain.empty()) return chained(asked);
  const auto rest = Indexer::combo_rest(wanted.parameter->code);
  if (rest.empty()) return plain(plan, asked);

  // combo-x is x or component-x. Negations and absence: neither has it.
  const auto& definitions = indexer_.definitions();
  std::vector<Node> nodes;
  for (const auto& code : {std::string(rest), "component-" + std::string(rest)}) {
    const auto* parameter = definitions.search_parameter(asked.type, code);
    if (parameter == nullptr) continue;
    Criterion part = wanted;
    part.parameter = parameter;
    Plan inner;
    nodes.push_back(TRY(plain(inner, {asked.type, part, asked.query})));
    if (!inner.inexact.empty()) doubt(plan, wanted);
  }
  const bool negative =
      wanted.modifier == Modifier::not_ || wanted.modifier == Modifier::not_in ||
      (wanted.modifier == Modifier::missing && wanted.any_of.front().text == "true");
  return negative ? both(std::move(nodes)) : either(std::move(nodes));
}

Result<Node> Planner::chained(const Asked& asked) const {
  const Criterion& wanted = asked.criterion;
  std::vector<Node> nodes;
  for (size_t i = 0; i < wanted.chain.size() && i < wanted.chain_types.size(); ++i) {
    if (!wanted.reverse) {
      const Field& field = indexer_.field(asked.type, *wanted.parameter);
      for (const auto& target : TRY(find_(wanted.chain_types[i], wanted.chain[i]))) {
        nodes.push_back(
            term(field, form::local, indexer_.definitions().name(target.type), target.id));
      }
      continue;
    }
    const auto* id = indexer_.definitions().search_parameter(asked.type, "_id");
    if (id == nullptr) return Error{Error::Kind::internal, "The definitions have no _id.", {}};
    for (const auto& target :
         TRY(find_links_(wanted.chain_types[i], wanted.chain[i], *wanted.parameter))) {
      if (target.type == asked.type)
        nodes.push_back(term(indexer_.field(asked.type, *id), form::code, target.id));
    }
  }
  return either(std::move(nodes));
}

Result<Node> Planner::plain(Plan& plan, const Asked& asked) const {
  const Criterion& wanted = asked.criterion;
  const Field& field = indexer_.field(asked.type, *wanted.parameter);
  if (wanted.modifier == Modifier::missing) {
    if (wanted.any_of.empty())
      return Error{Error::Kind::invalid, ":missing takes true or false.",
                   std::string(wanted.parameter->code)};
    Node present = term(field, form::present);
    return wanted.any_of.front().text == "true" ? except(node_of(Node::Op::all), std::move(present))
                                                : std::move(present);
  }
  if (wanted.modifier == Modifier::not_in) {
    doubt(plan, wanted);
    return node_of(Node::Op::all);
  }
  std::vector<Node> nodes;
  for (const auto& one : wanted.any_of)
    nodes.push_back(TRY(operand(plan, asked, one)));
  Node any = either(std::move(nodes));
  if (wanted.modifier != Modifier::not_) return any;
  if (has_exact_complement(wanted)) return except(node_of(Node::Op::all), std::move(any));
  doubt(plan, wanted);
  return node_of(Node::Op::all);
}

Result<Node> Planner::operand(Plan& plan, const Asked& asked, const Operand& operand) const {
  const Criterion& wanted = asked.criterion;
  const auto& parameter = *wanted.parameter;
  const Field& field = indexer_.field(asked.type, parameter);
  if (wanted.modifier == Modifier::in || wanted.modifier == Modifier::of_type ||
      (parameter.type == fhir::ParameterType::token &&
       (wanted.modifier == Modifier::above || wanted.modifier == Modifier::below))) {
    doubt(plan, wanted);
    return term(field, form::present);
  }
  if (!operand.parts.empty()) return composite_node(plan, wanted, field, operand);
  if (const auto* token = std::get_if<Token>(&operand.value)) {
    if (wanted.modifier == Modifier::identifier) {
      return operand.any_system ? term(field, form::identifier_any, token->code)
                                : term(field, form::identifier, token->system, token->code);
    }
    return token_node(field, operand, *token);
  }
  if (const auto* text = std::get_if<Text>(&operand.value))
    return text_node(plan, wanted, field, *text);
  if (const auto* link = std::get_if<fhir::search::Link>(&operand.value)) {
    return link_node(plan, wanted, field, *link, indexer_.definitions());
  }
  if (const auto* uri = std::get_if<Uri>(&operand.value))
    return uri_node(plan, wanted, field, *uri);
  if (const auto* moment = std::get_if<Moment>(&operand.value)) {
    if (parameter.code == "_lastUpdated") {
      return moment_node(indexer_.updated_group(), indexer_.updated_long_group(), operand.prefix,
                         *moment);
    }
    if (operand.prefix == Prefix::ap) {
      doubt(plan, wanted);
      return term(field, form::present);
    }
    const auto part = part_for(asked.type, parameter, asked.query);
    return moment_node(field.group(form::dates, part), field.group(form::dates_long, part),
                       operand.prefix, *moment);
  }
  if (const auto* number = std::get_if<Number>(&operand.value)) {
    if (operand.prefix == Prefix::ap || operand.prefix == Prefix::ne) doubt(plan, wanted);
    if (operand.prefix == Prefix::ap) return term(field, form::present);
    return number_node(field.group(form::numbers), field.group(form::numbers_long), operand.prefix,
                       *number);
  }
  if (const auto* amount = std::get_if<Amount>(&operand.value)) {
    return amount_node(plan, wanted, field, operand, *amount);
  }
  return Error{Error::Kind::unsupported,
               fmt::format("Search by {} is not supported.", parameter.code),
               std::string(parameter.code)};
}

std::string Planner::part_for(fhir::TypeId type, const fhir::SearchParameter& parameter,
                              const Query& query) const {
  const auto& definitions = indexer_.definitions();
  for (const auto& one : query.criteria) {
    if (one.reverse || one.parameter->type != fhir::ParameterType::reference) continue;
    const auto links = definitions.patient_links(type);
    const bool is_subject = one.parameter->code == "patient" || one.parameter->code == "subject";
    const auto* link = is_subject && !links.empty() ? only_patient(one) : nullptr;
    if (link != nullptr) return Indexer::patient_part(link->id);
  }
  if (!Indexer::is_kept_by_code(definitions.name(type), parameter.code)) return {};
  for (const auto& one : query.criteria) {
    const auto* token = !one.reverse && one.parameter->code == "code" ? only_token(one) : nullptr;
    if (token != nullptr) return Indexer::code_part(token->code);
  }
  return {};
}

Result<std::vector<store::SortKey>> Planner::sort(const std::vector<fhir::TypeId>& types,
                                                  const Query& query) const {
  std::vector<store::SortKey> keys;
  for (const auto& one : query.sort) {
    const auto& parameter = *one.parameter;
    if (parameter.code == "_lastUpdated") {
      keys.push_back({0, one.descending});
      continue;
    }
    if (parameter.code == "_id" && !types.empty()) {
      keys.push_back({indexer_.field(types.front(), parameter).group(form::sort), one.descending});
      continue;
    }
    const bool known = types.size() == 1 && Indexer::combo_rest(parameter.code).empty();
    const Field* field = known ? &indexer_.field(types.front(), parameter) : nullptr;
    switch (field == nullptr ? fhir::ParameterType::special : parameter.type) {
      case fhir::ParameterType::date:
        keys.push_back(
            {field->group(form::dates, part_for(types.front(), parameter, query)), one.descending});
        break;
      case fhir::ParameterType::number:
      case fhir::ParameterType::quantity:
        keys.push_back({field->group(form::numbers), one.descending});
        break;
      case fhir::ParameterType::string:
        keys.push_back({field->group(form::sort), one.descending});
        break;
      default:
        return Error{Error::Kind::unsupported,
                     fmt::format("_sort by {} is not supported: one type at a time, by date, "
                                 "number, quantity or string "
                                 "parameters, or _id, _lastUpdated.",
                                 parameter.code),
                     "_sort"};
    }
  }
  return keys;
}

}  // namespace tasuki::record
