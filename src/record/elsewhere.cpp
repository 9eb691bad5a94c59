#include "record/elsewhere.h"

#include <algorithm>

#include <fmt/core.h>

#include "fhir/search/link.h"
#include "json/parse.h"

namespace tasuki::record {

using namespace fhir::search;
using SearchLink = fhir::search::Link;  // not the person index's

namespace {

// The question of the far side. The criterion's own parts are copied: the query must own them.
Query far_query(const Criterion& criterion, size_t place) {
  Query query;
  query.types = {criterion.chain_types[place]};
  query.criteria = {criterion.chain[place]};
  if (place < criterion.chain_also.size()) query.filters = {criterion.chain_also[place]};
  return query;
}

Criterion refers_to(const fhir::SearchParameter& parameter, std::string_view type,
                    std::string_view id) {
  Criterion criterion;
  criterion.parameter = &parameter;
  SearchLink link;
  link.type = type;
  link.id = id;
  Operand operand;
  operand.value = std::move(link);
  criterion.any_of.push_back(std::move(operand));
  return criterion;
}

std::optional<Target> target_of(const fhir::Definitions& definitions, const SearchLink& link) {
  const auto type = definitions.resource_type(link.type);
  if (!type || link.id.empty()) return std::nullopt;
  return Target{*type, link.id};
}

}  // namespace

Result<std::optional<std::vector<Target>>> Elsewhere::targets(fhir::TypeId type,
                                                              const Criterion& criterion) {
  const Known* known = TRY(this->known(type, criterion));
  if (!*known) return std::optional<std::vector<Target>>();
  return std::optional(std::vector<Target>((*known)->begin(), (*known)->end()));
}

Result<const Elsewhere::Known*> Elsewhere::known(fhir::TypeId type, const Criterion& criterion) {
  const auto found = known_.find(&criterion);
  if (found != known_.end()) return &found->second;
  Known fresh = TRY(find(type, criterion));
  return &known_.emplace(&criterion, std::move(fresh)).first->second;
}

Result<Elsewhere::Known> Elsewhere::find(fhir::TypeId type, const Criterion& criterion) {
  if (criterion.reverse) return find_referring(type, criterion);
  return criterion.chain.empty() ? find_family(criterion) : find_referred(type, criterion);
}

// Of the far side. Where near and far are tied by whom they are about, the store joins many at once
// (Planner::about), and reading them would be in vain.
Result<size_t> Elsewhere::count_max(fhir::TypeId type, const Criterion& criterion) {
  const bool is_joined = is_by_subject(finder_.inside().definitions(), type, criterion) &&
                         TRY(finder_.knows_subjects());
  return is_joined ? far_side_few : far_side_max;
}

// Nothing: more than are looked up. A type of several that the reader may not read finds nobody; of
// one that was asked for by name it is refused.
Result<std::optional<std::vector<store::Version>>> Elsewhere::far_side(const Criterion& criterion,
                                                                       size_t place,
                                                                       size_t count_max) {
  using Side = std::optional<std::vector<store::Version>>;
  const bool one_of_many = criterion.chain_types.size() > 1;
  if (one_of_many && !finder_.may_read(criterion.chain_types[place]))
    return Side(std::vector<store::Version>{});
  const Query query = far_query(criterion, place);
  auto page = TRY(finder_.page(query, {.count = count_max, .after = {}, .with_total = false}));
  if (page.next) return Side();
  return Side(std::move(page.hits));
}

Result<Elsewhere::Known> Elsewhere::find_referred(fhir::TypeId type, const Criterion& criterion) {
  const size_t side_max = TRY(count_max(type, criterion));
  std::set<Target> targets;
  for (size_t place = 0; place < criterion.chain.size(); ++place) {
    const auto side = TRY(far_side(criterion, place, side_max));
    if (!side || targets.size() + side->size() > side_max) return Known();
    for (const auto& version : *side)
      targets.insert({finder_.inside().type_of(version.key.kind), version.key.id});
  }
  return Known(std::move(targets));
}

Result<Elsewhere::Known> Elsewhere::find_referring(fhir::TypeId type, const Criterion& criterion) {
  const auto& definitions = finder_.inside().definitions();
  const size_t side_max = TRY(count_max(type, criterion));
  const auto side = TRY(far_side(criterion, 0, side_max));
  if (!side) return Known();
  std::set<Target> targets;
  for (const auto& version : *side) {
    const auto document = json::parse(version.body);
    if (!document) continue;
    const Subject subject{criterion.chain_types[0], version.key.id, document->root, 0};
    for (const auto& link : links_under(definitions, subject, *criterion.parameter)) {
      if (auto target = target_of(definitions, link)) targets.insert(*std::move(target));
    }
  }
  if (targets.size() > far_side_max) return Known();
  return Known(std::move(targets));
}

// "location:below=42": 42, and what is part of it, and so on; ":above": what it is part of.
Result<Elsewhere::Known> Elsewhere::find_family(const Criterion& criterion) {
  const auto& definitions = finder_.inside().definitions();
  std::set<Target> family;
  std::vector<Target> round;
  for (const auto& operand : criterion.any_of) {
    auto target = target_of(definitions, std::get<SearchLink>(operand.value));
    if (target && family.insert(*target).second) round.push_back(*std::move(target));
  }
  while (!round.empty()) {
    const Target at = std::move(round.back());
    round.pop_back();
    const auto* parent = parent_parameter(definitions, at.type);
    if (parent == nullptr) continue;
    std::vector<Target> next;
    if (criterion.modifier == Modifier::below) {
      Query query;
      query.types = {at.type};
      query.criteria = {refers_to(*parent, definitions.name(at.type), at.id)};
      const auto page =
          TRY(finder_.page(query, {.count = far_side_max, .after = {}, .with_total = false}));
      for (const auto& hit : page.hits)
        next.push_back({at.type, hit.key.id});
      if (page.next) return Known(std::nullopt);
    } else if (const auto version = TRY(finder_.visible(at))) {
      const auto document = TRY(json::parse(version->body));
      const Subject subject{at.type, at.id, document.root, 0};
      for (const auto& link : links_under(definitions, subject, *parent)) {
        if (auto target = target_of(definitions, link)) next.push_back(*std::move(target));
      }
    }
    for (auto& target : next) {
      if (target.type == at.type && family.insert(target).second) round.push_back(target);
    }
    if (family.size() > far_side_max) {
      return Error{Error::Kind::too_costly,
                   fmt::format("The hierarchy has more than {} members.", far_side_max),
                   std::string(criterion.parameter->code)};
    }
  }
  return Known(std::move(family));
}

bool Elsewhere::holds(const Subject& subject, const Criterion& criterion) {
  if (error_) return false;
  auto answer = asked_of(subject, criterion);
  if (!answer) error_ = std::move(answer).error();
  return answer.value_or(false);
}

Result<bool> Elsewhere::asked_of(const Subject& subject, const Criterion& criterion) {
  const auto& definitions = finder_.inside().definitions();
  const Known& known = *TRY(this->known(subject.type, criterion));
  if (criterion.reverse) {
    if (known) return known->contains({subject.type, std::string(subject.id)});
    return is_referred_to(subject, criterion);
  }
  for (const auto& link : links_under(definitions, subject, *criterion.parameter)) {
    const auto target = target_of(definitions, link);
    if (!target) continue;
    if (known && known->contains(*target)) return true;
    if (known) continue;
    for (size_t place = 0; place < criterion.chain.size(); ++place) {
      if (criterion.chain_types[place] == target->type && TRY(leads_to(*target, criterion, place)))
        return true;
    }
  }
  return false;
}

Result<bool> Elsewhere::leads_to(const Target& target, const Criterion& criterion, size_t place) {
  const auto found = led_.find({&criterion, target});
  if (found != led_.end()) return found->second;
  bool led = false;
  if (const auto version = TRY(finder_.visible(target))) {
    const auto document = TRY(json::parse(version->body));
    const Subject subject{target.type, target.id, document.root,
                          version->time.time_since_epoch().count()};
    const auto& definitions = finder_.inside().definitions();
    const fhir::search::Elsewhere further = [this](const Subject& far, const Criterion& inner) {
      return holds(far, inner);
    };
    led = matches(definitions, subject, criterion.chain[place], further) &&
          (place >= criterion.chain_also.size() ||
           matches(definitions, subject, criterion.chain_also[place], further));
    if (error_) return *error_;
  }
  led_.emplace(std::pair{&criterion, target}, led);
  return led;
}

Result<bool> Elsewhere::is_referred_to(const Subject& subject, const Criterion& criterion) {
  if (++asked_ > near_side_max) {
    return Error{Error::Kind::too_costly,
                 fmt::format("_has would be asked of more than {} resources one by one. Narrow the "
                             "search.",
                             near_side_max),
                 std::string(criterion.parameter->code)};
  }
  Query query = far_query(criterion, 0);
  const auto& definitions = finder_.inside().definitions();
  query.criteria.push_back(
      refers_to(*criterion.parameter, definitions.name(subject.type), subject.id));
  const auto page = TRY(finder_.page(query, {.count = 1, .after = {}, .with_total = false}));
  return !page.hits.empty();
}

}  // namespace tasuki::record
