// The evaluator behind Expression::evaluate: walks the tree for one focus item.
//
// $this is always one item; collections arise inside. The first error stops everything: it is kept
// in `failed` and the collections that are still returned are not used.
#pragma once

#include <optional>
#include <string>

#include "base/decimal.h"
#include "fhir/path/expression.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir::path {

class Evaluator {
 public:
  Evaluator(const Definitions& known, const Tree& tree, uint32_t start, const Item& focus,
            const Environment& world, json::Arena& memory)
      : definitions(known),
        environment(world),
        arena(memory),
        tree_(tree),
        start_(start),
        context_(focus) {}

  void run(uint32_t node, const Item& focus, Items& out);
  Items run(uint32_t node, const Item& focus) {
    Items out;
    run(node, focus, out);
    return out;
  }
  // The same where variables that are defined inside end with it: arguments, sides of operators.
  void run_apart(uint32_t node, const Item& focus, Items& out);

  // Three-valued logic: nothing stands for "unknown", an empty collection. FHIRPath N1 5.1, 6.5.
  std::optional<bool> truth(const Items& items, const Node& node);

  Item boolean(bool value) const { return made(json::Value::boolean(value), System::boolean); }
  Item integer(int64_t value, System system = System::integer) const {
    return made(json::Value::number(arena, value), system);
  }
  Item decimal(const Decimal& value) const;
  Item text(std::string_view value, System system = System::string);
  Item made(json::Value value, System system) const {
    return {value, nullptr, tree_.types.of(system), system, nullptr};
  }
  TypeId quantity_type() const { return tree_.types.quantity; }

  void fail(const Node& node, Error::Kind kind, std::string message);
  bool count(size_t items);  // false when the bound is reached
  bool count_text(size_t bytes);
  Instant now();  // the same for the whole evaluation

  // defineVariable(); false when the name is taken.
  bool define(std::string_view name, const Items& value);

  const Definitions& definitions;
  const Environment& environment;
  json::Arena& arena;
  std::optional<Error> failed;
  size_t index = 0;              // $index
  const Items* total = nullptr;  // $total
  bool as_takes_many() const { return tree_.as_takes_many; }
  bool is_descending(const Node& node, size_t key) const {
    return key < node.arguments.size() && tree_.nodes[node.arguments[key]].is_descending;
  }

 private:
  friend class Scratch;
  void run_member(const Node& node, const Item& focus, Items& out);
  void run_call(const Node& node, const Item& focus, Items& out);
  void run_variable(const Node& node, Items& out);
  void run_operator(const Node& node, const Item& focus, Items& out);
  void run_type(const Node& node, const Items& left, Items& out);
  void run_at(const Node& node, const Items& left, const Items& right, Items& out);
  void run_union(const Items& left, const Items& right, Items& out);
  void run_concatenate(const Node& node, const Items& left, const Items& right, Items& out);
  void run_logic(const Node& node, const Item& focus, Items& out);
  void run_comparison(const Node& node, const Items& left, const Items& right, Items& out);
  void run_equality(const Node& node, const Items& left, const Items& right, Items& out);
  void run_membership(const Node& node, const Items& left, const Items& right, Items& out);
  bool alike(const Items& left, const Items& right);

  struct Defined {
    std::string name;
    Items value;
  };

  const Tree& tree_;
  uint32_t start_;
  const Item& context_;
  std::vector<Defined> defined_;
  std::vector<Items> spare_;
  std::optional<Instant> now_;
  size_t items_seen_ = 0, text_made_ = 0;
  unsigned depth_ = 0;
};

// A collection that is needed for a moment: its memory is used again.
class Scratch {
 public:
  explicit Scratch(Evaluator& evaluator) : evaluator_(evaluator) {
    if (evaluator.spare_.empty()) return;
    items = std::move(evaluator.spare_.back());
    evaluator.spare_.pop_back();
  }
  ~Scratch() {
    items.clear();
    evaluator_.spare_.push_back(std::move(items));
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  Items items;

 private:
  Evaluator& evaluator_;
};

// + - * / div mod. arithmetic.cpp
void run_arithmetic(Evaluator& evaluator, const Node& node, const Item& left, const Item& right,
                    Items& out);
void run_negation(Evaluator& evaluator, const Node& node, const Items& operand, Items& out);

}  // namespace tasuki::fhir::path
