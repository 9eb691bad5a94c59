#include "record/index/plan.h"

#include <algorithm>

#include "fhir/search/compartment.h"
#include "fhir/search/match.h"
#include "fhir/search/plan.h"
#include "record/consent/access.h"
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

bool is_by_subject(const fhir::Definitions& definitions, fhir::TypeId type,
                   const Criterion& criterion) {
  const auto patient = definitions.resource_type("Patient");
  if (!patient || criterion.chain.size() != 1) return false;
  const auto far = criterion.chain_types.front();
  if ((criterion.reverse ? type : far) != *patient) return false;
  const auto links = definitions.patient_links(criterion.reverse ? far : type);
  const auto is_among = [&](std::string_view code) {
    return std::ranges::find(links, code) != links.end();
  };
  // "patient" is the subject where that is a patient.
  const auto code = criterion.parameter->code;
  return is_among(code) || (code == "patient" && is_among("subject"));
}

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
    join_one_valued(type, query, all);
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
    if (is_by_subject(indexer_.definitions(), asked.type, wanted)) return about(asked);
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

// Who the far side is about, and so the near side: by the subject that the store keeps of every
// record. More than is meant, as other links may lead to the same person.
Result<Leaf> Planner::about(const Asked& asked) const {
  const Criterion& wanted = asked.criterion;
  const auto far = wanted.chain_types[0];
  Query query;
  query.types = {far};
  auto inner = TRY(criterion({far, wanted.chain[0], query}));
  if (!wanted.chain_also.empty()) {
    auto also = TRY(filter(far, query, wanted.chain_also[0]));
    inner.node = both({std::move(inner.node), std::move(also.node)});
  }
  Node node = node_of(Node::Op::about, std::string(private_subject));
  node.kinds = {kind_of_(far)};
  node.children.push_back(std::move(inner.node));
  return Leaf{std::move(node), false};
}

// A window of dates is one range, where no record has two of them: either end alone would be half
// of the region.
void Planner::join_one_valued(fhir::TypeId type, const Query& query,
                              std::vector<Node>& nodes) const {
  const auto is_plain_one = [](const Criterion& one) {
    return !one.reverse && one.chain.empty() && one.modifier == Modifier::none &&
           combo_rest(one.parameter->code).empty();
  };
  for (size_t i = 0; i < nodes.size(); ++i) {
    const auto& first = query.criteria[i];
    if (!is_plain_one(first)) continue;
    for (size_t j = i + 1; j < nodes.size(); ++j) {
      const auto& second = query.criteria[j];
      if (!is_plain_one(second) || second.parameter != first.parameter) continue;
      if (!plan_of(indexer_.definitions(), type).has_one_value(*first.parameter)) continue;
      auto joined = of_one_value(nodes[i], nodes[j]);
      if (!joined) continue;
      nodes[i] = *std::move(joined);
      nodes[j] = all_records();
    }
  }
}

// A quantity asked for together with one code.
const Indexer::Pair* Planner::pair_for(const Asked& asked, std::string& code) const {
  const auto* pair = indexer_.pair_of(asked.type, *asked.criterion.parameter);
  if (pair == nullptr || asked.criterion.modifier != Modifier::none) return nullptr;
  for (const auto& one : asked.query.criteria) {
    const auto* token =
        !one.reverse && one.parameter->number == pair->code->number ? only_token(one) : nullptr;
    if (token == nullptr) continue;
    code = token->code;
    return pair;
  }
  return nullptr;
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
  std::string code;
  const auto* pair = pair_for(asked, code);
  const bool is_only = plan_of(indexer_.definitions(), asked.type).has_one_value(*wanted.parameter);
  std::vector<Node> nodes;
  bool exact = true;
  for (const auto& one : wanted.any_of) {
    const bool is_amount = pair != nullptr && std::holds_alternative<Amount>(one.value);
    auto leaf = is_amount ? leaf_with_code(indexer_, asked.type, *pair, code, one)
                          : leaf_of(indexer_, asked.type, wanted, one, part.name);
    if (!part.implies.empty()) imply(leaf.node, part.implies);
    if (is_only) only(leaf.node);
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

Planner::Part Planner::part_for(fhir::TypeId type, const fhir::SearchParameter& parameter,
                                const Query& query) const {
  const auto& definitions = indexer_.definitions();
  for (const auto& one : query.criteria) {
    if (one.reverse || one.parameter->type != fhir::ParameterType::reference) continue;
    const auto links = definitions.patient_links(type);
    const bool is_subject = one.parameter->code == "patient" || one.parameter->code == "subject";
    const auto* link = is_subject && !links.empty() ? only_patient(one) : nullptr;
    if (link != nullptr) return {Indexer::patient_part(link->id), {}};
  }
  if (!Indexer::is_kept_by_code(definitions.name(type), parameter.code)) return {};
  for (const auto& one : query.criteria) {
    const auto* token = !one.reverse && one.parameter->code == "code" ? only_token(one) : nullptr;
    if (token == nullptr) continue;
    return {Indexer::code_part(token->code),
            indexer_.field(type, *one.parameter).term(form::code, token->code)};
  }
  return {};
}

Result<std::vector<store::SortKey>> Planner::sort(const std::vector<fhir::TypeId>& types,
                                                  const Query& query) const {
  std::vector<store::SortKey> keys;
  for (const auto& one : query.sort) {
    const auto part = types.size() == 1 ? part_for(types.front(), *one.parameter, query) : Part();
    keys.push_back(TRY(sort_key(indexer_, types, one, part.name, type_of_)));
    if (one.parameter->type == fhir::ParameterType::date) keys.back().implies = part.implies;
  }
  return keys;
}

}  // namespace tasuki::record
