// FHIRPath, compiled once and evaluated on documents.
//
// Why: search parameters, invariants, mappings and patches say in FHIRPath where in a resource they
// look and what must hold. Text becomes a tree with names, types, functions and regular expressions
// resolved; the tree is immutable, so one Expression serves every thread.
//
// Standard: FHIRPath N1 (normative) and the trial-use functions of 2.0 and 3.0; FHIR R4
// fhirpath.html.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "fhir/path/environment.h"
#include "fhir/path/item.h"

namespace tasuki::fhir::path {

struct Tree;

struct Options {
  // Unknown elements of known types, texts asked of objects and the like are errors at compile
  // time. `context` is the type the expression is asked of.
  bool is_strict = false;
  TypeId context = no_type;
  // Names of the caller's variables; any other is refused at compile time. any_variable: unknown
  // ones are refused when they are evaluated.
  std::span<const std::string_view> variables{};
  bool any_variable = false;
  // FHIRPath asks `as` of one value, and of several it is an error. FHIR R4's own search parameters
  // and invariants ask it of many (dom-3: descendants().as(canonical)), so that is how it is here
  // unless the standard's letter is wanted.
  bool as_takes_many = true;
};

class Expression {
 public:
  // Bounds: more is refused.
  static constexpr size_t text_bytes_max = 16 * 1024;
  static constexpr size_t nodes_max = 4096;
  static constexpr unsigned depth_max = 64;   // nesting of the text
  static constexpr unsigned steps_max = 500;  // a chain of steps or operators: a.b.c, 1 + 2 + 3
  // Looked at by one evaluation, unless the environment says otherwise.
  static constexpr size_t items_max = Environment::items_max_usual;
  static constexpr size_t text_made_max = 1 << 22;  // bytes of computed text, together

  static Result<Expression> compile(const Definitions& definitions, std::string_view text,
                                    const Options& options = {});

  // `resource` is %resource; `arena` keeps what is computed. The items live as long as it, and as
  // long as the Expression, whose literals they may be.
  Result<Items> evaluate(const Item& focus, const Item& resource, json::Arena& arena) const;
  Result<Items> evaluate(const Item& focus, const Environment& environment,
                         json::Arena& arena) const;

  // For an invariant: is the result true? Empty is not. FHIR R4 conformance-rules.html#constraints.
  Result<bool> holds(const Item& focus, const Environment& environment, json::Arena& arena) const;

  // The tree, for who compiles it further (tree.h), and the part of it from `start` up to the root:
  // `start` itself then stands for the focus.
  const Tree& tree() const { return *tree_; }
  uint32_t top() const { return top_; }
  Expression part(uint32_t top, uint32_t start) const;

 private:
  const Definitions* definitions_ = nullptr;
  std::shared_ptr<const Tree> tree_;
  uint32_t top_ = 0;
  uint32_t start_ = UINT32_MAX;
};

// A value as people write it: 4.50, 2020-01, 4 'mg', 3 days, true. An object as JSON.
std::string text_of(const Definitions& definitions, const Item& item);

}  // namespace tasuki::fhir::path
