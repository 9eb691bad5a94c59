#include "fhir/package/profile_tree.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "fhir/package/profile_element.h"

namespace tasuki::fhir {
namespace {

constexpr size_t elements_max = 20'000;
constexpr size_t path_steps_max = 40;  // of one path

std::span<const json::Value> items_of(const json::Value& value, std::string_view name) {
  const json::Value* found = value.find(name);
  return found == nullptr ? std::span<const json::Value>() : found->items();
}

// One step of an element's id: "identifier:local/old".
struct Step {
  std::string name, slice;
};

// The way to an element. Where there is an id it says everything; hand-written differentials have
// paths and slice names alone, and an element then belongs to the slice that was opened last above
// it.
class Ways {
 public:
  Result<std::vector<Step>> of(const json::Value& element) {
    std::string_view path = element.text_of("path");
    const std::string_view id = element.text_of("id");
    const std::string_view slice = element.text_of("sliceName");
    const bool has_id = id.contains(':') || (!id.empty() && slice.empty() && !open_below(path));
    std::vector<Step> steps = split(has_id ? id : path);
    if (steps.empty() || steps.size() > path_steps_max) {
      return Error{Error::Kind::invalid, "An element needs an id or path of reasonable length.",
                   std::string(id.empty() ? path : id)};
    }
    if (!has_id) {
      std::string above;
      for (Step& step : steps) {
        above += (above.empty() ? "" : ".") + step.name;
        if (above == path) break;
        if (const auto open = open_.find(above); open != open_.end()) step.slice = open->second;
      }
    }
    if (!slice.empty() && steps.back().slice.empty()) steps.back().slice = slice;
    std::erase_if(open_, [&](const auto& one) {
      return one.first == path || one.first.starts_with(std::string(path) + ".");
    });
    if (!steps.back().slice.empty()) open_[std::string(path)] = steps.back().slice;
    return steps;
  }

 private:
  bool open_below(std::string_view path) const {
    return std::ranges::any_of(open_,
                               [&](const auto& one) { return path.starts_with(one.first + "."); });
  }
  static std::vector<Step> split(std::string_view id) {
    std::vector<Step> steps;
    while (!id.empty()) {
      const size_t dot = id.find('.');
      const std::string_view one = id.substr(0, dot);
      const size_t colon = one.find(':');
      steps.push_back({std::string(one.substr(0, colon)),
                       colon == std::string_view::npos ? "" : std::string(one.substr(colon + 1))});
      if (dot == std::string_view::npos) break;
      id.remove_prefix(dot + 1);
    }
    return steps;
  }

  std::map<std::string, std::string> open_;  // path -> slice
};

class Builder {
 public:
  Builder(const Definitions& definitions, Structure& structure)
      : definitions_(definitions), structure_(structure) {}

  Result<bool> apply(const json::Value& element);

 private:
  struct Cursor {
    ProfileNode* node;
    TypeId type;
  };
  Cursor enter(Cursor from, const Step& step);
  Cursor enter_slice(Cursor from, std::string_view name);
  TypeId refined(TypeId type, const ProfileNode& node) const;
  bool has_element(TypeId type, std::string_view name) const;
  Result<void> check_element(TypeId type, std::string_view name) const;

  const Definitions& definitions_;
  Structure& structure_;
  Ways ways_;
};

// "Resource", "Element" and open choices say little: the type that the profile allows says more.
TypeId Builder::refined(TypeId type, const ProfileNode& node) const {
  const bool is_vague = type == no_type || definitions_.is_abstract(type);
  if (!is_vague || node.types.size() != 1) return type;
  return definitions_.type(node.types.front().code).value_or(type);
}

bool Builder::has_element(TypeId type, std::string_view name) const {
  const bool is_vague = type == no_type || definitions_.is_abstract(type) ||
                        definitions_.category(type) == Category::primitive;
  if (name.ends_with("[x]")) name.remove_suffix(3);
  return is_vague || definitions_.element(type, name) != nullptr ||
         std::ranges::find(definitions_.elements(type), name, &Element::stem) !=
             definitions_.elements(type).end();
}

ProfileNode& added(std::vector<ProfileNode>& nodes, const ProfileNode& above, std::string_view name,
                   std::string_view slice) {
  ProfileNode& node = nodes.emplace_back();
  node.name = name;
  node.slice = slice;
  node.id = slice.empty()
                ? above.id + "." + node.name
                : above.id.substr(0, above.id.rfind('.') + 1) + node.name + ":" + node.slice;
  return node;
}

Builder::Cursor Builder::enter(Cursor from, const Step& step) {
  std::string_view name = step.name;
  if (name.ends_with("[x]")) name.remove_suffix(3);
  const Element* element = definitions_.element(from.type, name);
  const bool is_short = element != nullptr && element->is_choice;  // "valueQuantity" for value[x]
  TypeId type = element != nullptr ? element->type : no_type;
  const std::string_view stem = is_short ? element->stem : name;
  ProfileNode* child = from.node->child(stem);
  if (child == nullptr) child = &added(from.node->children, *from.node, stem, {});
  Cursor at{child, is_short ? no_type : refined(type, *child)};
  std::string_view slice = step.slice;
  if (is_short) {
    if (slice.empty()) slice = name;
    if (!child->is_sliced) {
      child->is_sliced = true;
      child->discriminators = {{Discriminator::Kind::type, "$this"}};
    }
  }
  if (slice.empty()) return at;
  // A reslice stands in the slice that its name begins with: "local/old" in "local".
  for (size_t end = 0; end != std::string_view::npos;) {
    end = slice.find('/', end + (end == 0 ? 0 : 1));
    at = enter_slice(at, slice.substr(0, end));
  }
  if (is_short) {
    at.type = type;
    if (at.node->types.empty()) at.node->types.emplace_back().code = definitions_.name(type);
  }
  if (at.type == no_type) {
    const Element* named = definitions_.element(from.type, slice);
    if (named != nullptr && named->is_choice) at.type = named->type;
  }
  return at;
}

Builder::Cursor Builder::enter_slice(Cursor from, std::string_view name) {
  ProfileNode* slice = from.node->slice_named(name);
  if (slice == nullptr) {
    slice = &added(from.node->slices, *from.node, from.node->name, name);
    const bool is_extension = slice->name == "extension" || slice->name == "modifierExtension";
    if (is_extension && !from.node->is_sliced) {  // extensibility.html: always sliced by url
      from.node->is_sliced = true;
      from.node->discriminators = {{Discriminator::Kind::value, "url"}};
    }
  }
  return {slice, refined(from.type, *slice)};
}

Result<void> Builder::check_element(TypeId type, std::string_view name) const {
  if (has_element(type, name)) return {};
  return Error{Error::Kind::invalid,
               fmt::format("The differential speaks of \"{}\", which {} does not have.", name,
                           definitions_.name(type)),
               structure_.url};
}

Result<bool> Builder::apply(const json::Value& element) {
  const std::vector<Step> steps = TRY(ways_.of(element));
  Cursor at{&structure_.root, definitions_.type(structure_.type).value_or(no_type)};
  for (size_t i = 1; i < steps.size(); ++i) {
    TRY(check_element(at.type, steps[i].name));
    // The id has led here; the path must not speak of something else.
    const std::string_view path = element.text_of("path");
    if (i + 1 == steps.size() && !path.empty())
      TRY(check_element(at.type, path.substr(path.rfind('.') + 1)));
    at = enter(at, steps[i]);
  }
  read_element(element, *at.node);
  return true;
}

void read_contexts(const json::Value& definition, Structure& structure) {
  using Kind = ExtensionContext::Kind;
  for (const json::Value& one : items_of(definition, "context")) {
    const std::string_view type = one.text_of("type");
    structure.contexts.push_back({type == "fhirpath"    ? Kind::fhirpath
                                  : type == "extension" ? Kind::extension
                                                        : Kind::element,
                                  std::string(one.text_of("expression"))});
  }
}

Structure described(const json::Value& definition) {
  Structure structure{.url = std::string(definition.text_of("url")),
                      .version = std::string(definition.text_of("version")),
                      .name = std::string(definition.text_of("name")),
                      .type = std::string(definition.text_of("type")),
                      .base = std::string(definition.text_of("baseDefinition"))};
  structure.is_constraint = definition.text_of("derivation") == "constraint";
  const json::Value* abstract = definition.find("abstract");
  structure.is_abstract = abstract != nullptr && abstract->boolean();
  structure.root.name = structure.root.id = structure.type;
  read_contexts(definition, structure);
  return structure;
}

std::span<const json::Value> elements_of(const json::Value& definition, std::string_view list) {
  const json::Value* view = definition.find(list);
  return view == nullptr ? std::span<const json::Value>() : items_of(*view, "element");
}

Result<bool> apply_all(const Definitions& definitions, std::span<const json::Value> elements,
                       Structure& structure) {
  if (elements.size() > elements_max) {
    return Error{Error::Kind::too_costly,
                 fmt::format("A structure of more than {} elements.", elements_max), structure.url};
  }
  Builder builder(definitions, structure);
  for (const json::Value& element : elements)
    TRY(builder.apply(element));
  return true;
}

}  // namespace

Result<Structure> build_base_type(const Definitions& definitions, const json::Value& definition) {
  Structure structure = described(definition);
  TRY(apply_all(definitions, elements_of(definition, "snapshot"), structure));
  return structure;
}

Result<Structure> build_profile(const Definitions& definitions, const json::Value& definition,
                                const FindStructure& find) {
  Structure structure = described(definition);
  if (!definitions.type(structure.type)) {
    return Error{Error::Kind::unsupported,
                 fmt::format("\"{}\" is not a type of FHIR R4; logical models are not compiled.",
                             structure.type),
                 structure.url};
  }
  auto elements = elements_of(definition, "snapshot");
  if (elements.empty()) {
    elements = elements_of(definition, "differential");
    const Structure* base = find(structure.base);
    if (base == nullptr) {
      return Error{
          Error::Kind::not_found,
          fmt::format("Its base {} is in no installed package, and it has no snapshot: add "
                      "the package of its base first.",
                      structure.base),
          structure.url};
    }
    if (base->is_constraint) structure.root = base->root;
    if (structure.contexts.empty()) structure.contexts = base->contexts;
  }
  TRY(apply_all(definitions, elements, structure));
  const Structure* type = find(std::string(core_prefix) + structure.type);
  prune(structure.root, type == nullptr ? nullptr : &type->root, find);
  return structure;
}

}  // namespace tasuki::fhir
