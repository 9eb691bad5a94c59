#include <algorithm>

#include "fhir/package/parts.h"
#include "fhir/package/profile_element.h"

namespace tasuki::fhir {
namespace {

// Takes out of a tree what R4's own says in the same place.
class Pruner {
 public:
  explicit Pruner(const FindStructure& find) : find_(find) {}

  void prune(ProfileNode& node, const ProfileNode* base, bool is_slice) const;

 private:
  const ProfileNode* below(const ProfileNode* base, std::string_view stem,
                           const ProfileNode& node) const;
  const ProfileNode* type_root(const ProfileNode& node) const;
  static bool is_bare(const ProfileNode& node);

  const FindStructure& find_;
};

const ProfileNode* Pruner::type_root(const ProfileNode& node) const {
  if (node.types.size() != 1) return nullptr;
  const Structure* type = find_(std::string(core_prefix) + node.types.front().code);
  return type == nullptr ? nullptr : &type->root;
}

const ProfileNode* Pruner::below(const ProfileNode* base, std::string_view stem,
                                 const ProfileNode& node) const {
  if (base != nullptr) {
    if (const ProfileNode* found = base->child(stem)) return found;
    if (const ProfileNode* root = type_root(*base)) {
      if (const ProfileNode* found = root->child(stem)) return found;
    }
  }
  const ProfileNode* root = type_root(node);  // a choice, or any resource, that the profile narrows
  return root == nullptr ? nullptr : root->child(stem);
}

bool Pruner::is_bare(const ProfileNode& node) {
  return node.slice.empty() && !node.min && !node.max && node.types.empty() && node.fixed.empty() &&
         node.pattern.empty() && node.min_value.empty() && node.max_value.empty() &&
         node.max_length == 0 && node.min_length == 0 && !node.needs_value &&
         node.strength == Strength::none && node.max_value_set.empty() && !node.is_sliced &&
         node.constraints.empty() && node.children.empty() && node.slices.empty() &&
         !node.must_support;
}

void Pruner::prune(ProfileNode& node, const ProfileNode* base, bool is_slice) const {
  for (ProfileNode& child : node.children)
    prune(child, below(base, child.name, node), false);
  for (ProfileNode& slice : node.slices)
    prune(slice, base, true);
  // An extension without slices is only the standard's own "sliced by url".
  if (node.is_sliced && node.slices.empty() && node.rules != SliceRules::closed)
    node.is_sliced = false;
  std::erase_if(node.children, is_bare);
  if (base == nullptr) return;
  const ProfileNode* root = type_root(*base);
  if (!is_slice) {
    if (node.min == base->min) node.min.reset();
    if (node.max == base->max) node.max.reset();
  }
  if (node.types == base->types) node.types.clear();
  if (node.fixed == base->fixed) node.fixed.clear();
  if (node.max_length == base->max_length) node.max_length = 0;
  if (node.strength == base->strength &&
      without_version(node.value_set) == without_version(base->value_set)) {
    node.strength = Strength::none;
    node.value_set.clear();
  }
  if (node.strength == Strength::example) node.strength = Strength::none;
  std::erase_if(node.constraints, [&](const Constraint& one) {
    const auto is_same = [&](const Constraint& other) { return other.key == one.key; };
    return std::ranges::any_of(base->constraints, is_same) ||
           (root != nullptr && std::ranges::any_of(root->constraints, is_same));
  });
}

}  // namespace

void prune(ProfileNode& root, const ProfileNode* base, const FindStructure& find) {
  Pruner(find).prune(root, base, false);
}

}  // namespace tasuki::fhir
