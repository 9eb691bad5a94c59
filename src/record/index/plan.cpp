#include "record/index/plan.h"

#include <algorithm>

#include "fhir/search/compartment.h"
#include "fhir/search/match.h"
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

Node term(const Field& field, char letter, std::string_view a = {}, std::string_view b = {}) {
  return node_of(Node::Op::term, field.term(letter, a, b));
}

Node all_records() {
  return node_of(Node::Op::all);
}

bool is_negative(const Criterion& criterion) {
  return criterion.modifier == Modifier::not_ || criterion.modifier == Modifier::not_in ||
         (criterion.modifier == Modifier::missing && criterion.any_of.front().text == "true");
}

// Parameters of Resource itself (_id, _tag ...): all types share their terms.
bool is_common(const Query& query) {
  if (!query.filters.empty() || !query.lists.empty() || query.compartment) return false;
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

Result<Plan> Planner::plan(const std::vector<fhir::TypeId>& types, const Query& query,
                           const std::vector<std::vector<Target>>& lists) const {
  Plan plan;
  const auto doubt = [](auto& doubted, const auto& what) {
    if (std::ranges::find(doubted, &what) == doubted.end()) doubted.push_back(&what);
  };
  const bool common = is_common(query);
  // "Without it" of one type holds of every record of another, too.
  const bool mixed = types.size() > 1 && !common;
  std::vector<Node> any_type;
  for (const auto type : types) {
    std::vector<Node> all;
    for (const auto& one : query.criteria) {
      auto leaf = TRY(criterion({type, one, query}));
      if (!leaf.exact || (mixed && is_negative(one))) doubt(plan.inexact, one);
      all.push_back(std::move(leaf.node));
    }
    for (const auto& one : query.filters) {
      auto leaf = TRY(filter(type, query, one));
      if (!leaf.exact || mixed) doubt(plan.inexact_filters, one);
      all.push_back(std::move(leaf.node));
    }
    for (const auto& list : lists)
      all.push_back(listed(type, list));
    if (query.compartment) all.push_back(compartment(type, *query.compartment));
    any_type.push_back(both(std::move(all)));
    if (common) break;  // the same terms for every type
  }
  plan.where = either(std::move(any_type));
  plan.sort = TRY(sort(types, query));
  return plan;
}

// Of "not" an inexact inside tells nothing: what it holds too much would be missing.
Result<Leaf> Planner::filter(fhir::TypeId type, const Query& query, const Filter& filter) const {
  if (filter.op == Filter::Op::leaf) return criterion({type, filter.leaf, query});
  std::vector<Node> nodes;
  bool exact = true;
  for (const auto& child : filter.children) {
    auto leaf = TRY(this->filter(type, query, child));
    exact = exact && leaf.exact;
    nodes.push_back(std::move(leaf.node));
  }
  if (filter.op == Filter::Op::both) return Leaf{both(std::move(nodes)), exact};
  if (filter.op == Filter::Op::either) return Leaf{either(std::move(nodes)), exact};
  if (!exact) return Leaf{all_records(), false};
  return Leaf{except(all_records(), std::move(nodes.front())), true};
}

Result<Leaf> Planner::criterion(const Asked& asked) const {
  const Criterion& wanted = asked.criterion;
  if (is_elsewhere(wanted)) return decided_elsewhere(asked);
  const auto rest = combo_rest(wanted.parameter->code);
  if (rest.empty()) return plain(asked);

  // combo-x is x or component-x. Negations and absence: neither has it.
  std::vector<Node> nodes;
  bool exact = true;
  for (const auto& code : {std::string(rest), "component-" + std::string(rest)}) {
    const auto* parameter = indexer_.definitions().search_parameter(asked.type, code);
    if (parameter == nullptr) continue;
    Criterion part = wanted;
    part.parameter = parameter;
    auto leaf = TRY(plain({asked.type, part, asked.query}));
    exact = exact && leaf.exact;
    nodes.push_back(std::move(leaf.node));
  }
  return Leaf{is_negative(wanted) ? both(std::move(nodes)) : either(std::move(nodes)), exact};
}

Result<Leaf> Planner::decided_elsewhere(const Asked& asked) const {
  const Criterion& wanted = asked.criterion;
  const auto targets = TRY(elsewhere_(asked.type, wanted));
  if (!targets) {
    if (wanted.reverse) return Leaf{all_records(), false};
    return Leaf{term(indexer_.field(asked.type, *wanted.parameter), form::present), false};
  }
  std::vector<Node> nodes;
  for (const auto& target : *targets) {
    if (!wanted.reverse) {
      nodes.push_back(term(indexer_.field(asked.type, *wanted.parameter), form::local,
                           indexer_.definitions().name(target.type), target.id));
    } else if (target.type == asked.type) {
      nodes.push_back(with_id(asked.type, target.id));
    }
  }
  // An id is of any type; in a search over several the document tells which. (_has)
  return Leaf{either(std::move(nodes)), !wanted.reverse || asked.query.types.size() == 1};
}

Result<Leaf> Planner::plain(const Asked& asked) const {
  const Criterion& wanted = asked.criterion;
  if (wanted.modifier == Modifier::missing) {
    const bool is_updated = wanted.parameter->code == "_lastUpdated";
    Node present = is_updated ? all_records()
                              : term(indexer_.field(asked.type, *wanted.parameter), form::present);
    return Leaf{wanted.any_of.front().text == "true" ? except(all_records(), std::move(present))
                                                     : std::move(present)};
  }
  if (wanted.modifier == Modifier::not_in) return Leaf{all_records(), false};
  const auto part = part_for(asked.type, *wanted.parameter, asked.query);
  std::vector<Node> nodes;
  bool exact = true;
  for (const auto& one : wanted.any_of) {
    auto leaf = leaf_of(indexer_, asked.type, wanted, one, part);
    exact = exact && leaf.exact;
    nodes.push_back(std::move(leaf.node));
  }
  if (wanted.modifier != Modifier::not_) return Leaf{either(std::move(nodes)), exact};
  if (!exact) return Leaf{all_records(), false};
  return Leaf{except(all_records(), either(std::move(nodes)))};
}

Node Planner::with_id(fhir::TypeId type, std::string_view id) const {
  const auto* parameter = indexer_.definitions().search_parameter(type, "_id");
  return term(indexer_.field(type, *parameter), form::code, id);
}

// In a search over several types the document tells which of them an id is of.
Node Planner::listed(fhir::TypeId type, const std::vector<Target>& list) const {
  std::vector<Node> nodes;
  for (const auto& target : list) {
    if (target.type == type) nodes.push_back(with_id(type, target.id));
  }
  return either(std::move(nodes));
}

Node Planner::compartment(fhir::TypeId type, const Compartment& compartment) const {
  const auto& definitions = indexer_.definitions();
  std::vector<Node> nodes;
  for (const auto code : compartment_links(definitions, compartment.type, type)) {
    const auto* parameter = definitions.search_parameter(type, code);
    if (parameter != nullptr)
      nodes.push_back(term(indexer_.field(type, *parameter), form::local,
                           definitions.name(compartment.type), compartment.id));
  }
  if (type == compartment.type) nodes.push_back(with_id(type, compartment.id));
  return either(std::move(nodes));
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
    const auto part =
        types.size() == 1 ? part_for(types.front(), *one.parameter, query) : std::string();
    keys.push_back(TRY(sort_key(indexer_, types, one, part, type_of_)));
  }
  return keys;
}

}  // namespace tasuki::record
