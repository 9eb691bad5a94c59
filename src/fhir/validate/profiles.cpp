#include "fhir/validate/profiles.h"

#include <algorithm>
#include <utility>

#include "fhir/package/profile_tree.h"
#include "json/parse.h"

namespace tasuki::fhir {
namespace {

// "resolve().code.ofType(CodeableConcept)" -> resolve, code, ofType. "$this" is no step.
std::vector<PathStep> path_steps(std::string_view path) {
  using Kind = PathStep::Kind;
  std::vector<PathStep> steps;
  while (!path.empty()) {
    size_t end = 0, depth = 0;
    for (; end < path.size() && (path[end] != '.' || depth > 0); ++end) {
      if (path[end] == '(') ++depth;
      if (path[end] == ')' && depth > 0) --depth;
    }
    std::string_view one = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    const size_t open = one.find('(');
    const std::string_view call = one.substr(0, open);
    std::string_view argument;
    if (open != std::string_view::npos) argument = one.substr(open + 1, one.rfind(')') - open - 1);
    if (one == "$this") continue;
    if (call == "resolve" && open != std::string_view::npos) {
      steps.push_back({Kind::resolve, {}});
    } else if (call == "ofType" || call == "as") {
      steps.push_back({Kind::of_type, std::string(argument)});
    } else if (call == "extension" && open != std::string_view::npos) {
      const size_t first = argument.find_first_not_of("'\""),
                   last = argument.find_last_not_of("'\"");
      if (first != std::string_view::npos)
        steps.push_back({Kind::extension, std::string(argument.substr(first, last - first + 1))});
    } else {
      if (one.ends_with("[x]")) one.remove_suffix(3);
      steps.push_back({Kind::child, std::string(one)});
    }
  }
  return steps;
}

const PreparedNode* at_path(const PreparedNode& root, std::string_view path) {
  const PreparedNode* node = &root;
  while (node != nullptr && !path.empty()) {
    const size_t dot = path.find('.');
    node = node->child(path.substr(0, dot));
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  }
  return node;
}

const PreparedNode* with_id(const PreparedNode& node, std::string_view id) {
  if (node.source->id == id) return &node;
  for (const auto* nodes : {&node.children, &node.slices}) {
    for (const PreparedNode& one : *nodes) {
      if (const PreparedNode* found = with_id(one, id)) return found;
    }
  }
  return nullptr;
}

// Rules of R4 that do not say what their words say, as R5 corrected them: que-12 counts to two,
// que-7 asks for a type of FHIRPath that no answer has.
std::string_view corrected(const Constraint& rule) {
  if (rule.key == "que-12" &&
      rule.expression == "enableWhen.count() > 2 implies enableBehavior.exists()")
    return "enableWhen.count() > 1 implies enableBehavior.exists()";
  if (rule.key == "que-7" && rule.expression.ends_with("(answer is Boolean)"))
    return "operator = 'exists' implies (answer is boolean)";
  return rule.expression;
}

bool has_rules(const PreparedNode& node) {
  return !node.invariants.empty() || node.source->strength > Strength::example ||
         !node.source->max_value_set.empty();
}

}  // namespace

bool is_structural_rule(std::string_view key) {
  return key == "ele-1" || key == "ext-1" || key == "dom-2" || key == "txt-1" || key == "ref-1";
}

const PreparedNode* PreparedNode::child(std::string_view stem) const {
  for (const PreparedNode& one : children) {
    if (one.source->name == stem) return &one;
  }
  return nullptr;
}

Profiles::Profiles(const Definitions& definitions, std::shared_ptr<const Packages> packages)
    : definitions_(definitions), packages_(std::move(packages)) {
  rules_.resize(0x10000 / 16);  // more than R4 has types; checked where it is used
}

json::Value Profiles::value_of(const std::string& text, Profile& profile) const {
  if (text.empty()) return {};
  const auto document = json::parse(text);
  return document ? json::clone(document->root, profile.arena) : json::Value();
}

void Profiles::prepare(const ProfileNode& source, Profile& profile, PreparedNode& node) const {
  node.source = &source;
  node.fixed = value_of(source.fixed, profile);
  node.pattern = value_of(source.pattern, profile);
  node.min_value = value_of(source.min_value, profile);
  node.max_value = value_of(source.max_value, profile);
  for (const Constraint& one : source.constraints) {
    if (is_structural_rule(one.key) || one.expression.empty()) continue;
    Invariant& rule = node.invariants.emplace_back();
    rule.source = &one;
    auto compiled = path::Expression::compile(definitions_, corrected(one));
    if (compiled) {
      rule.expression = std::move(*compiled);
    } else {
      rule.fault = compiled.error().message;
    }
  }
  for (const Discriminator& one : source.discriminators)
    node.discriminators.push_back(path_steps(one.path));
  node.children.resize(source.children.size());
  for (size_t i = 0; i < source.children.size(); ++i)
    prepare(source.children[i], profile, node.children[i]);
  node.slices.resize(source.slices.size());
  for (size_t i = 0; i < source.slices.size(); ++i)
    prepare(source.slices[i], profile, node.slices[i]);
}

const Profile* Profiles::prepare(Packages::Found found) const {
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = prepared_.find(found.entry); known != prepared_.end())
      return known->second.get();
  }
  auto structure = read_structure(found.entry->body);
  auto made = std::make_unique<Profile>();
  if (structure) {
    made->package = found.package;
    made->structure = std::move(*structure);
    made->type = definitions_.type(made->structure.type).value_or(no_type);
    prepare(made->structure.root, *made, made->root);
  } else {
    made.reset();
  }
  const std::unique_lock lock(mutex_);
  return prepared_.try_emplace(found.entry, std::move(made)).first->second.get();
}

const Profile* Profiles::find(std::string_view canonical, const PackageImage* from) const {
  std::string key(reinterpret_cast<const char*>(&from), sizeof from);
  key += canonical;
  {
    const std::shared_lock lock(mutex_);
    if (const auto known = asked_.find(key); known != asked_.end()) return known->second;
  }
  const Packages::Found found =
      packages_->find("StructureDefinition", canonical.substr(0, canonical.find('#')), from);
  const Profile* profile = found ? prepare(found) : nullptr;
  constexpr size_t asked_max = 100'000;  // strangers may ask for any number of unknown ones
  const std::unique_lock lock(mutex_);
  if (asked_.size() < asked_max) asked_.emplace(std::move(key), profile);
  return profile;
}

const PreparedNode* Profiles::part(const Profile& profile, std::string_view canonical) {
  const size_t mark = canonical.find('#');
  if (mark == std::string_view::npos) return &profile.root;
  return with_id(profile.root, canonical.substr(mark + 1));
}

TypeRules Profiles::rules_of(TypeId type) const {
  TypeRules rules;
  const std::string_view name = definitions_.name(type);
  const size_t dot = name.find('.');
  const Profile* whole = find(std::string(core_prefix) + std::string(name.substr(0, dot)), nullptr);
  if (whole == nullptr) return rules;
  rules.node =
      dot == std::string_view::npos ? &whole->root : at_path(whole->root, name.substr(dot + 1));
  for (const Element& element : definitions_.elements(type)) {
    const PreparedNode* node = rules.node == nullptr ? nullptr : rules.node->child(element.stem);
    rules.elements.push_back(node != nullptr && has_rules(*node) ? node : nullptr);
  }
  return rules;
}

const TypeRules& Profiles::rules(TypeId type) const {
  static const TypeRules none;
  const auto number = static_cast<size_t>(type);
  if (number >= rules_.size()) return none;
  Slot& slot = rules_[number];
  std::call_once(slot.once, [&] { slot.rules = rules_of(type); });
  return slot.rules;
}

}  // namespace tasuki::fhir
