// The evaluator behind Expression::evaluate: walks the tree for one focus item.
//
// $this is always one item; collections arise inside. The first error stops everything: it is kept
// in `failed` and the collections that are still returned are not used.
#pragma once

#include <optional>

#include "fhir/path/expression.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir::path {

class Evaluator {
 public:
  Evaluator(const Definitions& known, const Tree& tree, uint32_t start, const Item& whole,
            json::Arena& memory)
      : definitions(known), resource(whole), arena(memory), tree_(tree), start_(start) {}

  void run(uint32_t node, const Item& focus, Items& out);
  Items run(uint32_t node, const Item& focus) {
    Items out;
    run(node, focus, out);
    return out;
  }

  // Three-valued logic: nothing stands for "unknown", an empty collection. FHIRPath N1 5.1, 6.5.
  std::optional<bool> truth(const Items& items, const Node& node);
  Item boolean(bool value) const {
    return {json::Value::boolean(value), nullptr, tree_.types.boolean, nullptr};
  }
  Item integer(int64_t value) const {
    return {json::Value::number(arena, value), nullptr, tree_.types.integer, nullptr};
  }
  Item string(std::string_view value) const {
    return {json::Value::string(arena, value), nullptr, tree_.types.string, nullptr};
  }
  void fail(const Node& node, Error::Kind kind, std::string message);
  bool count(size_t items);  // false when the bound is reached

  const Definitions& definitions;
  const Item& resource;
  json::Arena& arena;
  std::optional<Error> failed;
  size_t index = 0;  // $index

 private:
  void run_member(const Node& node, const Item& focus, Items& out);
  void run_operator(const Node& node, const Item& focus, Items& out);
  void run_logic(const Node& node, const Item& focus, Items& out);
  void run_comparison(const Node& node, const Items& left, const Items& right, Items& out);

  const Tree& tree_;
  uint32_t start_;
  size_t items_seen_ = 0;
};

// Does a value, or what a resolved reference stands for, have the type?
bool has_type(const Definitions& definitions, const Item& item, TypeId type);

}  // namespace tasuki::fhir::path
