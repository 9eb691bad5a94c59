#include "fhir/search/plan.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>

#include "fhir/path/tree.h"

namespace tasuki::fhir::search {
namespace {

using path::Expression;
using path::no_node;
using path::Node;
using path::Op;

// Functions that say the same of each item alone as of all together, so that they may be asked item
// by item.
constexpr std::array<std::string_view, 6> by_item = {"where",     "ofType",  "as",
                                                     "extension", "resolve", "select"};

bool is_step(const Node& node) {
  return node.op == Op::member || node.op == Op::as || node.op == Op::call || node.op == Op::at;
}

bool may_be_asked_by_item(const Node& node) {
  if (node.op == Op::member || node.op == Op::as) return true;
  return node.op == Op::call && std::ranges::find(by_item, node.name) != by_item.end();
}

// Parts of a composite take no modifier, so that :text cannot ask for these.
bool is_text_alone(const Value& value) {
  const auto* token = std::get_if<Token>(&value);
  return token != nullptr && token->code.empty() && token->system.empty();
}

bool narrows(const Node& node) {
  return node.op == Op::as || (node.op == Op::call && (node.name == "ofType" || node.name == "as"));
}

}  // namespace

Plan::Plan(const Definitions& definitions, const Converter& converter, TypeId type)
    : definitions_(definitions), converter_(converter), type_(type) {
  stops_.push_back({type, {}, {}});
  for (const auto* parameter : definitions.search_parameters_of(type))
    add(*parameter);
}

Plan::Plan(const Definitions& definitions, const Converter& converter, TypeId type,
           const SearchParameter& alone)
    : definitions_(definitions), converter_(converter), type_(type) {
  stops_.push_back({type, {}, {}});
  add(alone);
}

std::optional<std::string> Plan::misfit(const SearchParameter& parameter) const {
  for (const auto& stop : stops_) {
    for (const auto& action : stop.actions) {
      if (action.rest || parameters_[action.slot]->number != parameter.number) continue;
      if (!converter_.fits(parameter.type, stop.type))
        return std::string(definitions_.name(stop.type));
    }
  }
  return std::nullopt;
}

bool Plan::has_one_value(const SearchParameter& parameter) const {
  const bool is_measure = parameter.type == ParameterType::date ||
                          parameter.type == ParameterType::number ||
                          parameter.type == ParameterType::quantity;
  if (!is_measure) return false;
  std::vector<Path> paths;
  paths_to(parameter, 0, {}, paths);
  // Several paths are one where they are the names of one choice: of these a resource has one.
  return !paths.empty() && std::ranges::all_of(paths, [&](const Path& path) {
    const auto& first = paths.front();
    if (!path.is_plain || path.element == nullptr || first.element == nullptr) return false;
    return paths.size() == 1 || (path.from == first.from && path.element->is_choice &&
                                 path.element->stem == first.element->stem);
  });
}

void Plan::paths_to(const SearchParameter& parameter, uint32_t number, Path path,
                    std::vector<Path>& paths) const {
  const auto& stop = stops_[number];
  for (const auto& action : stop.actions) {
    if (parameters_[action.slot]->number != parameter.number) continue;
    Path here = path;
    here.is_plain = here.is_plain && !action.rest;
    paths.push_back(here);
  }
  for (const auto& edge : stop.edges) {
    paths_to(parameter, edge.next,
             {.from = number,
              .element = edge.element,
              .is_plain = path.is_plain && !edge.element->is_array},
             paths);
  }
}

void Plan::gap(const SearchParameter& parameter, std::string reason) {
  gaps_.push_back({&parameter, type_, std::move(reason)});
}

void Plan::add(const SearchParameter& parameter) {
  if (parameter.expression.empty()) return gap(parameter, "has no expression");
  if (parameter.type == ParameterType::special && parameter.code != "near")
    return gap(parameter, "is special: its meaning is not in its expression");
  auto expression = Expression::compile(definitions_, parameter.expression);
  if (!expression)
    return gap(parameter, expression.error().message + " " + expression.error().location);
  Action action;
  action.slot = static_cast<uint32_t>(parameters_.size());
  action.type = parameter.type;
  action.written_apart = !combo_rest(parameter.code).empty();
  if (parameter.type == ParameterType::composite) {
    action.parts = parts_of(parameter);
    if (action.parts.empty()) return;
  }
  parameters_.push_back(&parameter);
  add_branch(*expression, expression->top(), action);
}

std::vector<Plan::Part> Plan::parts_of(const SearchParameter& parameter) {
  std::vector<Part> parts;
  for (const auto& component : parameter.components) {
    const auto all = definitions_.search_parameters();
    const auto found = std::ranges::find(all, component.definition, &SearchParameter::url);
    auto expression = Expression::compile(definitions_, component.expression);
    if (found == all.end() || !expression) {
      gap(parameter, fmt::format("the part {} is not defined", component.definition));
      return {};
    }
    parts.push_back({found->type, *std::move(expression)});
  }
  return parts;
}

// Takes a path apart from its head: as far as it is plain names it becomes stops, the rest stays an
// expression.
void Plan::add_branch(const Expression& expression, uint32_t top, const Action& action) {
  const auto& nodes = expression.tree().nodes;
  if (nodes[top].op == Op::union_) {
    add_branch(expression, nodes[top].left, action);
    add_branch(expression, nodes[top].right, action);
    return;
  }
  std::vector<uint32_t> steps;  // from the head
  uint32_t head = top;
  for (; is_step(nodes[head]); head = nodes[head].left)
    steps.push_back(head);
  std::ranges::reverse(steps);
  const auto& origin = nodes[head];
  if (origin.op == Op::root && !path::is_a(definitions_, type_, origin.type)) return;

  Action rooted = action;
  const bool is_plain =
      (origin.op == Op::root || origin.op == Op::focus) &&
      std::ranges::all_of(steps, may_be_asked_by_item,
                          [&](uint32_t step) -> const Node& { return nodes[step]; });
  if (!is_plain) {
    rooted.rest = expression.part(top, no_node);
    stops_[0].actions.push_back(std::move(rooted));
    return;
  }
  const auto [at, last] = walk(expression, head, steps);
  if (at.empty())
    gap(*parameters_[action.slot], fmt::format("leads nowhere in {}", definitions_.name(type_)));
  if (last != top) rooted.rest = expression.part(top, last);
  for (const auto stop : at)
    stops_[stop].actions.push_back(rooted);
}

// As far as the steps are plain names and types, as stops; and the step that was reached.
std::pair<std::vector<uint32_t>, uint32_t> Plan::walk(const Expression& expression, uint32_t head,
                                                      const std::vector<uint32_t>& steps) {
  const auto& nodes = expression.tree().nodes;
  const auto is_any_resource = [&](uint32_t stop) {
    return stop != 0 && definitions_.category(stops_[stop].type) == Category::resource;
  };
  std::vector<uint32_t> at = {0};
  uint32_t reached = head;
  for (const auto step : steps) {
    const auto& node = nodes[step];
    // Below "any resource" the document says what is there; only evaluation can follow.
    if (node.op == Op::member && std::ranges::any_of(at, is_any_resource)) break;
    if (node.op == Op::member) {
      at = follow(at, node.name);
    } else if (narrows(node)) {
      std::erase_if(at, [&](uint32_t stop) {
        return !path::is_a(definitions_, stops_[stop].type, node.type);
      });
    } else {
      break;
    }
    reached = step;
  }
  return {std::move(at), reached};
}

std::vector<uint32_t> Plan::follow(const std::vector<uint32_t>& stops, std::string_view stem) {
  std::vector<uint32_t> result;
  for (const auto stop : stops) {
    for (const auto& element : definitions_.elements(stops_[stop].type)) {
      if (element.stem == stem) result.push_back(next(stop, element));
    }
  }
  return result;
}

uint32_t Plan::next(uint32_t stop, const Element& element) {
  for (const auto& edge : stops_[stop].edges) {
    if (edge.element == &element) return edge.next;
  }
  const auto number = static_cast<uint32_t>(stops_.size());
  stops_.push_back({element.type, {}, {}});
  stops_[stop].edges.push_back({&element, number});
  return number;
}

// ---- the walk

struct Plan::Run {
  path::Item resource;
  json::Arena arena;
  std::vector<Extracted> found;           // by slot
  const SearchParameter* only = nullptr;  // of one parameter
  std::vector<Value>* only_out = nullptr;
};

void Plan::visit(Run& run, uint32_t number, const path::Item& item) const {
  const auto& stop = stops_[number];
  for (const auto& action : stop.actions)
    act(run, action, item);
  if (stop.edges.empty()) return;
  for (const auto& [name, value] : item.value.members()) {
    const auto edge =
        std::ranges::find(stop.edges, name, [](const Edge& each) { return each.element->name; });
    if (edge == stop.edges.end()) continue;
    path::Item child{.value = value, .type = edge->element->type, .element = edge->element};
    if (!value.is_array()) {
      visit(run, edge->next, child);
      continue;
    }
    for (const auto& each : value.items()) {
      child.value = each;
      visit(run, edge->next, child);
    }
  }
}

void Plan::act(Run& run, const Action& action, const path::Item& item) const {
  if (run.only == nullptr && action.written_apart) return;
  if (run.only != nullptr && parameters_[action.slot]->number != run.only->number) return;
  auto& out = run.only != nullptr ? *run.only_out : run.found[action.slot].values;
  if (!action.rest) return take(run, action, item, out);
  const auto items = action.rest->evaluate(item, run.resource, run.arena);
  if (!items) return;
  for (const auto& each : *items)
    take(run, action, each, out);
}

void Plan::take(Run& run, const Action& action, const path::Item& item,
                std::vector<Value>& out) const {
  if (action.type != ParameterType::composite) return converter_.append(action.type, item, out);
  // From the last part on: code-value-quantity has a code nearly always, and a quantity only
  // sometimes.
  Composite composite;
  composite.parts.resize(action.parts.size());
  for (size_t i = action.parts.size(); i-- > 0;) {
    const auto& part = action.parts[i];
    Values values;
    const auto items = part.expression.evaluate(item, run.resource, run.arena);
    if (!items) return;
    for (const auto& each : *items)
      converter_.append(part.type, each, values.all);
    std::erase_if(values.all, is_text_alone);
    if (values.all.empty()) return;  // a part that is not there pairs with nothing
    composite.parts[i] = std::move(values);
  }
  out.emplace_back(std::move(composite));
}

std::vector<Extracted> Plan::extract(const json::Value& resource) const {
  Run run;
  run.resource = {.value = resource, .type = type_};
  run.found.resize(parameters_.size());
  visit(run, 0, run.resource);
  for (size_t slot = 0; slot < parameters_.size(); ++slot)
    run.found[slot].parameter = parameters_[slot];
  std::erase_if(run.found, [](const Extracted& each) { return each.values.empty(); });
  return std::move(run.found);
}

void Plan::extract(const SearchParameter& parameter, const json::Value& resource,
                   std::vector<Value>& out) const {
  Run run;
  run.resource = {.value = resource, .type = type_};
  run.only = &parameter;
  run.only_out = &out;
  visit(run, 0, run.resource);
}

// ---- kept with the definitions

namespace {

struct Plans : Definitions::Derived {
  explicit Plans(const Definitions& definitions) : converter(definitions) {
    size_t count = 0;
    for (const auto type : definitions.resource_types())
      count = std::max(count, static_cast<size_t>(type) + 1);
    slots = std::vector<Slot>(count);
  }
  // The plans of former generations stay: somebody may be walking them.
  struct Slot {
    std::mutex mutex;
    std::vector<std::pair<uint32_t, std::unique_ptr<const Plan>>> plans;
    std::atomic<const Plan*> now = nullptr;
    std::atomic<uint32_t> generation = 0;
  };
  Converter converter;
  mutable std::vector<Slot> slots;  // by TypeId
};

}  // namespace

const Plan& plan_of(const Definitions& definitions, TypeId type) {
  const auto& plans = static_cast<const Plans&>(
      definitions.derived([&] { return std::make_unique<const Plans>(definitions); }));
  auto& slot = plans.slots[static_cast<size_t>(type)];
  const auto generation = definitions.generation(type);
  const bool is_current = slot.generation.load() == generation;  // written after `now`
  const auto* now = slot.now.load();
  if (now != nullptr && is_current) return *now;
  const std::lock_guard lock(slot.mutex);
  if (slot.plans.empty() || slot.plans.back().first != generation) {
    slot.plans.emplace_back(generation,
                            std::make_unique<const Plan>(definitions, plans.converter, type));
    slot.now.store(slot.plans.back().second.get());
    slot.generation.store(generation);
  }
  return *slot.plans.back().second;
}

std::vector<Extracted> extract(const Definitions& definitions, TypeId type,
                               const json::Value& resource) {
  return plan_of(definitions, type).extract(resource);
}

}  // namespace tasuki::fhir::search
