// FHIRPath, compiled once and evaluated on documents.
//
// Why: search parameters, later invariants and mappings, say in FHIRPath where in a resource they
// look. Text becomes a tree with names and types resolved; the tree is immutable, so one Expression
// serves every thread.
//
// Standard: FHIRPath N1 (normative), 3 (path selection), 5 (functions), 6 (operations); FHIR R4
// fhirpath.html. Here: everything the R4 search parameters need and its neighbours, see README.md.
// The rest is refused by name.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::fhir::path {

// One member of a collection: a place in the document, or a computed value.
struct Item {
  json::Value value{};  // null where a primitive has only extensions, and for a resolved reference
  const json::Value* sibling =
      nullptr;  // "_birthDate" beside "birthDate": id and extension of a primitive
  TypeId type = no_type;
  const Element* element =
      nullptr;  // the element it was reached by (its binding); nullptr for a root
};
using Items = std::vector<Item>;

// The resource a document is, by its resourceType; type no_type when that is not defined.
Item root(const Definitions& definitions, const json::Value& resource);

// Is `type` the same as `ancestor`, or made from it?
bool is_a(const Definitions& definitions, TypeId type, TypeId ancestor);

// Calls use(item) for each child called `stem` ("value" finds valueQuantity), in document order.
void children(const Definitions& definitions, const Item& item, std::string_view stem, Items& out);

// The resource type a Reference stands for, decided from its text and type alone (no fetch).
// no_type: not known.
TypeId reference_target(const Definitions& definitions, const json::Value& reference);

struct Tree;

class Expression {
 public:
  // Bounds: more is refused.
  static constexpr size_t text_bytes_max = 16 * 1024;
  static constexpr size_t nodes_max = 4096;
  static constexpr unsigned depth_max = 64;     // nesting of the text
  static constexpr size_t items_max = 100'000;  // looked at by one evaluation

  static Result<Expression> compile(const Definitions& definitions, std::string_view text);

  // `resource` is %resource; `arena` keeps what is computed and must outlive the items.
  Result<Items> evaluate(const Item& focus, const Item& resource, json::Arena& arena) const;

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

}  // namespace tasuki::fhir::path
