// Which slice a value belongs to, and whether the slices are as they must be. FHIR R4
// profiling.html#slicing.
//
// A slice is told by its discriminators: what the slice says at the end of a discriminator's path
// is held against what the value has there. Only what tells slices apart counts: a value with the
// right code and a wrong unit belongs to the slice, and its unit is the finding.
#include <algorithm>

#include <fmt/core.h>

#include "fhir/package/profile_tree.h"
#include "fhir/validate/checker.h"
#include "fhir/validate/compare.h"
#include "fhir/validate/walker.h"
#include "json/print.h"

namespace tasuki::fhir {
namespace {

std::string_view unversioned(std::string_view canonical) {
  return canonical.substr(0, canonical.find('|'));
}

// The url an extension's slice stands for.
std::string_view extension_url(const PreparedNode& slice) {
  const ProfileNode& source = *slice.source;
  const bool is_extension = source.name == "extension" || source.name == "modifierExtension";
  if (!is_extension || source.types.size() != 1 || source.types.front().profiles.size() != 1)
    return {};
  return unversioned(source.types.front().profiles.front());
}

bool says_nothing(const PreparedNode& node) {
  return node.fixed.is_null() && node.pattern.is_null() && node.source->value_set.empty() &&
         node.children.empty();
}

}  // namespace

void Checker::slices(const PreparedNode& node, const PreparedNode& by, const Profile& profile,
                     std::vector<Instance>& all, const Place& above, const Scope& scope) {
  std::vector<std::vector<Instance>> members(node.slices.size());
  size_t last = 0;
  bool is_after_free = false;
  std::string allowed;
  for (const Instance& one : all) {
    if (is_done()) return;
    size_t at = 0;
    while (at < node.slices.size() && !is_in_slice(node.slices[at], by, profile, one, scope))
      ++at;
    const Source asks{node.source->id, profile.structure.url};
    if (at == node.slices.size()) {
      is_after_free = true;
      if (node.source->rules != SliceRules::closed) {
        near_miss(node, by, profile, one, scope);
        continue;
      }
      if (allowed.empty()) {
        for (const PreparedNode& slice : node.slices) {
          const std::string words = slice_words(slice, by);
          allowed += (allowed.empty() ? "" : ", ") + slice.source->slice +
                     (words.empty() ? "" : " (" + words + ")");
        }
      }
      findings_->add(one.place, Problem::slice_closed, {node.source->name, allowed},
                     Finding::Severity::error, asks);
      continue;
    }
    if (node.source->is_ordered && at < last) {
      findings_->add(one.place, Problem::slice_order,
                     {node.source->name, node.slices[at].source->slice}, Finding::Severity::error,
                     asks);
    }
    if (node.source->rules == SliceRules::open_at_end && is_after_free) {
      findings_->add(one.place, Problem::slice_at_end, {node.source->name},
                     Finding::Severity::error, asks);
    }
    last = std::max(last, at);
    members[at].push_back(one);
  }
  for (size_t at = 0; at < node.slices.size(); ++at) {
    const PreparedNode& slice = node.slices[at];
    count(slice, profile, members[at].size(), above, &by);
    for (const Instance& one : members[at])
      value(slice, profile, one, scope);
    if (slice.slices.empty()) continue;  // reslices: told apart as the slice says, else as its like
    slices(slice, slice.source->is_sliced ? slice : by, profile, members[at], above, scope);
  }
}

bool Checker::is_in_slice(const PreparedNode& slice, const PreparedNode& by, const Profile& profile,
                          const Instance& one, const Scope& scope) {
  if (const std::string_view url = extension_url(slice); !url.empty())
    return one.value != nullptr && one.value->text_of("url") == url;
  const auto& discriminators = by.source->discriminators;
  if (discriminators.empty()) return meets(slice, profile, one, scope);
  for (size_t i = 0; i < discriminators.size(); ++i) {
    if (!discriminates(slice, discriminators[i].kind, by.discriminators[i], profile, one, scope))
      return false;
  }
  return true;
}

bool Checker::discriminates(const PreparedNode& slice, Discriminator::Kind kind,
                            const std::vector<PathStep>& path, const Profile& profile,
                            const Instance& one, const Scope& scope) {
  using Kind = Discriminator::Kind;
  std::vector<Spot> said;
  spots({&slice, &profile, nullptr, false}, path, scope, said);
  std::vector<Instance> found;
  reach(one, path, scope, found);
  if (kind == Kind::exists) {
    for (const Spot& spot : said) {
      if (spot.node == nullptr) continue;
      if (spot.node->source->max == 0u) return found.empty();
      if (spot.node->source->min.value_or(0) > 0) return !found.empty();
    }
    return true;
  }
  const auto is_told = [&](const Spot& spot, const Instance& value) {
    if (spot.wanted != nullptr) {
      return value.value != nullptr &&
             (spot.is_exact ? json::equal(*value.value, *spot.wanted)
                            : contains_pattern(*value.value, *spot.wanted));
    }
    if (spot.node == nullptr) return false;
    if (kind == Kind::value || kind == Kind::pattern)
      return meets(*spot.node, *spot.profile, value, scope);
    if (spot.node == &spot.profile->root && spot.profile != &profile) {  // after resolve()
      if (kind == Kind::type) return path::is_a(definitions_, value.type, spot.profile->type);
      const Scope inner{scope.above, value.value, value.type, scope.place, false, scope.package};
      return conforms(*spot.profile, value, inner);
    }
    const auto& types = spot.node->source->types;
    return std::ranges::any_of(types, [&](const AllowedType& type) {
      const auto id = definitions_.type(type.code);
      if (!id || !path::is_a(definitions_, value.type, *id)) return false;
      if (kind == Kind::type || type.profiles.empty()) return true;
      return std::ranges::any_of(type.profiles, [&](const std::string& canonical) {
        const Profile* other = rulebook_.profiles().find(canonical, spot.profile->package);
        return other != nullptr && conforms(*other, value, scope);
      });
    });
  };
  const bool is_open = std::ranges::all_of(said, [&](const Spot& spot) {
    return spot.wanted == nullptr &&
           (spot.node == nullptr ||
            ((kind == Kind::value || kind == Kind::pattern) && says_nothing(*spot.node)));
  });
  if (is_open) return kind == Kind::value || kind == Kind::pattern;
  return std::ranges::any_of(found, [&](const Instance& value) {
    return std::ranges::any_of(said, [&](const Spot& spot) { return is_told(spot, value); });
  });
}

// Does the value have what the node fixes, and no more than that?
bool Checker::meets(const PreparedNode& node, const Profile& profile, const Instance& one,
                    const Scope& scope) {
  if (one.value == nullptr) return node.fixed.is_null() && node.pattern.is_null();
  if (!node.fixed.is_null() && !json::equal(*one.value, node.fixed)) return false;
  if (!node.pattern.is_null() && !contains_pattern(*one.value, node.pattern)) return false;
  const bool is_fixed = !node.fixed.is_null() || !node.pattern.is_null();
  if (!is_fixed && node.source->strength == Strength::required &&
      is_bound(node.source->value_set, one, scope) == Binding::outside)
    return false;
  const auto all_children = [&](const std::vector<PreparedNode>& children) {
    std::vector<Instance> found;
    return std::ranges::all_of(children, [&](const PreparedNode& child) {
      found.clear();
      gather(one, child.source->name, found);
      const bool tells = !says_nothing(child);
      if (found.empty()) return child.source->min.value_or(0) == 0 && !tells;
      if (child.source->max == 0u) return false;
      return !tells || std::ranges::any_of(found, [&](const Instance& value) {
        return meets(child, profile, value, scope);
      });
    });
  };
  return all_children(node.children);
}

// What the slice says at the end of the path: nodes of its tree, of the profiles of its types, and
// values inside a pattern that stands above.
void Checker::spots(const Spot& from, std::span<const PathStep> path, const Scope& scope,
                    std::vector<Spot>& out) const {
  constexpr size_t spots_max = 64;
  if (out.size() >= spots_max) return;
  if (path.empty()) return out.push_back(from);
  const PathStep& step = path.front();
  const auto rest = path.subspan(1);
  using Kind = PathStep::Kind;
  if (step.kind == Kind::of_type) return spots(from, rest, scope, out);
  if (from.wanted != nullptr) {
    const json::Value* next = from.wanted->find(step.name);
    if (next == nullptr) return;
    const auto items = next->is_array() ? next->items() : std::span(next, 1);
    for (const json::Value& item : items)
      spots({nullptr, from.profile, &item, from.is_exact}, rest, scope, out);
    return;
  }
  if (step.kind == Kind::resolve) {
    for (const AllowedType& type : from.node->source->types) {
      for (const std::string& canonical : type.targets) {
        const Profile* target = rulebook_.profiles().find(canonical, from.profile->package);
        if (target != nullptr) spots({&target->root, target, nullptr, false}, rest, scope, out);
      }
    }
    return;
  }
  if (step.kind == Kind::extension) {
    if (const PreparedNode* list = from.node->child("extension")) {
      for (const PreparedNode& slice : list->slices) {
        if (extension_url(slice) == step.name)
          spots({&slice, from.profile, nullptr, false}, rest, scope, out);
      }
    }
    return;
  }
  const size_t before = out.size();
  for (const json::Value* above : {&from.node->fixed, &from.node->pattern}) {
    const json::Value* next = above->find(step.name);
    if (next == nullptr) continue;
    for (const json::Value& item : next->is_array() ? next->items() : std::span(next, 1))
      spots({nullptr, from.profile, &item, above == &from.node->fixed}, rest, scope, out);
  }
  if (const PreparedNode* child = from.node->child(step.name)) {
    // Slices of the child say more than the child: "code.coding" where coding:loinc has the system.
    const bool tells = !says_nothing(*child) || !child->source->types.empty() ||
                       child->source->min || child->source->max;
    for (const PreparedNode& slice : child->slices)
      spots({&slice, from.profile, nullptr, false}, rest, scope, out);
    if (child->slices.empty() || tells)
      spots({child, from.profile, nullptr, false}, rest, scope, out);
  }
  if (out.size() > before) return;
  for (const AllowedType& type : from.node->source->types) {
    for (const std::string& canonical : type.profiles) {
      const Profile* other = rulebook_.profiles().find(canonical, from.profile->package);
      const PreparedNode* part = other == nullptr ? nullptr : Profiles::part(*other, canonical);
      if (part != nullptr && (other != from.profile || part != &other->root))
        spots({part, other, nullptr, false}, path, scope, out);
    }
  }
}

void Checker::reach(const Instance& from, std::span<const PathStep> path, const Scope& scope,
                    std::vector<Instance>& out) {
  if (path.empty()) return out.push_back(from);
  const PathStep& step = path.front();
  const auto rest = path.subspan(1);
  using Kind = PathStep::Kind;
  if (step.kind == Kind::of_type) {
    const auto type = definitions_.type(step.name);
    if (type && path::is_a(definitions_, from.type, *type)) reach(from, rest, scope, out);
    return;
  }
  if (step.kind == Kind::resolve) {
    if (from.value == nullptr) return;
    const Target found = target(*from.value, scope);
    if (found.resource != nullptr || found.type != no_type)
      reach({found.resource, nullptr, found.type, nullptr, from.place}, rest, scope, out);
    return;
  }
  std::vector<Instance> next;
  gather(from, step.kind == Kind::extension ? "extension" : step.name, next);
  for (const Instance& one : next) {
    if (step.kind == Kind::extension &&
        (one.value == nullptr || one.value->text_of("url") != step.name))
      continue;
    reach(one, rest, scope, out);
  }
}

// What tells the slice from others, for the person who reads the finding: system = "urn:oid:...".
std::string Checker::slice_words(const PreparedNode& slice, const PreparedNode& by) {
  if (const std::string_view url = extension_url(slice); !url.empty())
    return fmt::format("url = {}", url);
  std::string words;
  for (size_t i = 0; i < by.discriminators.size(); ++i) {
    const PreparedNode* node = &slice;
    for (const PathStep& step : by.discriminators[i]) {
      const PreparedNode* next = node->child(step.name);
      if (next == nullptr) break;
      node = next;
    }
    const json::Value& wanted = node->fixed.is_null() ? node->pattern : node->fixed;
    if (wanted.is_null()) continue;
    words += fmt::format("{}{} = {}", words.empty() ? "" : ", ", by.source->discriminators[i].path,
                         shown(json::print(wanted)));
  }
  return words;
}

}  // namespace tasuki::fhir
