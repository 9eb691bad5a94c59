// The search parameters of one resource type, compiled into one walk over the document.
//
// Why: evaluating some forty expressions one after the other visits the same members forty times.
// The plain head of each path ("Observation.component.code") goes into a tree of member names
// shared by all parameters, so that a resource is walked once; only what follows a plain head
// (where(), resolve()) is evaluated as FHIRPath, there.
#pragma once

#include <algorithm>
#include <deque>
#include <optional>
#include <vector>

#include "fhir/path/expression.h"
#include "fhir/search/convert.h"
#include "fhir/search/value.h"

namespace tasuki::fhir::search {

// A parameter that cannot be extracted, and why: for tests and /metadata.
struct Gap {
  const SearchParameter* parameter = nullptr;
  TypeId type = no_type;
  std::string reason;
};

class Plan {
 public:
  Plan(const Definitions& definitions, const Converter& converter, TypeId type);
  // Of one parameter, which need not be among the definitions'.
  Plan(const Definitions& definitions, const Converter& converter, TypeId type,
       const SearchParameter& alone);

  // Without the parameters that are written apart.
  std::vector<Extracted> extract(const json::Value& resource) const;
  void extract(const SearchParameter& parameter, const json::Value& resource,
               std::vector<Value>& out) const;
  std::span<const Gap> gaps() const { return gaps_; }
  bool finds_something() const {
    return std::ranges::any_of(stops_, [](const Stop& stop) { return !stop.actions.empty(); });
  }
  // Of a date, number or quantity: no resource has two.
  bool has_one_value(const SearchParameter& parameter) const;
  // A data type the parameter's path leads to that parameters of its type do not work on, where the
  // path tells.
  std::optional<std::string> misfit(const SearchParameter& parameter) const;

 private:
  struct Part {  // of a composite
    ParameterType type;
    path::Expression expression;
  };
  struct Action {  // what a parameter does with an item found here
    uint32_t slot = 0;
    ParameterType type = ParameterType::special;
    bool written_apart = false;            // says what two others say together: see combo_rest
    std::optional<path::Expression> rest;  // evaluated first, from here on
    std::vector<Part> parts;
  };
  struct Edge {
    const Element* element = nullptr;
    uint32_t next = 0;
  };
  struct Stop {
    TypeId type = no_type;
    std::vector<Edge> edges;
    std::vector<Action> actions;
  };
  struct Run;

  void add(const SearchParameter& parameter);
  void add_branch(const path::Expression& expression, uint32_t top, const Action& action);
  std::pair<std::vector<uint32_t>, uint32_t> walk(const path::Expression& expression, uint32_t head,
                                                  const std::vector<uint32_t>& steps);
  std::vector<uint32_t> follow(const std::vector<uint32_t>& stops, std::string_view stem);
  uint32_t next(uint32_t stop, const Element& element);
  std::vector<Part> parts_of(const SearchParameter& parameter);
  void gap(const SearchParameter& parameter, std::string reason);
  struct Path {
    uint32_t from = 0;                 // the stop before the last
    const Element* element = nullptr;  // leads to the value
    bool is_plain = true;              // no array on the way, no expression behind
  };
  void paths_to(const SearchParameter& parameter, uint32_t stop, Path path,
                std::vector<Path>& paths) const;

  void visit(Run& run, uint32_t stop, const path::Item& item) const;
  void act(Run& run, const Action& action, const path::Item& item) const;
  void take(Run& run, const Action& action, const path::Item& item, std::vector<Value>& out) const;

  const Definitions& definitions_;
  const Converter& converter_;
  TypeId type_;
  std::deque<Stop> stops_;                          // 0 is the resource itself
  std::vector<const SearchParameter*> parameters_;  // by slot
  std::vector<Gap> gaps_;
};

// The plan of a resource type, made at first use and kept with the definitions. Any thread.
const Plan& plan_of(const Definitions& definitions, TypeId type);

}  // namespace tasuki::fhir::search
