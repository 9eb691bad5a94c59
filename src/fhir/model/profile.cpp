#include "fhir/model/profile.h"

#include <algorithm>

#include "fhir/model/bytes.h"

namespace tasuki::fhir {
namespace {

constexpr unsigned tree_depth_max = 64;

constexpr unsigned has_min = 1, has_max = 2, supported = 4, sliced = 8, ordered = 16,
                   valued = 32;  // flags

void put_list(std::string& out, const std::vector<std::string>& texts) {
  put_number(out, texts.size());
  for (const std::string& text : texts)
    put_text(out, text);
}

std::vector<std::string> text_list(ByteReader& in) {
  std::vector<std::string> texts(in.count());
  for (std::string& text : texts)
    text = in.text();
  return texts;
}

void put_node(std::string& out, const ProfileNode& node) {
  put_text(out, node.name);
  put_text(out, node.slice);
  put_text(out, node.id);
  put_number(out, (node.min ? has_min : 0U) | (node.max ? has_max : 0U) |
                      (node.must_support ? supported : 0U) | (node.is_sliced ? sliced : 0U) |
                      (node.is_ordered ? ordered : 0U) | (node.needs_value ? valued : 0U));
  put_number(out, node.min.value_or(0));
  put_number(out, node.max.value_or(0));
  put_number(out, node.types.size());
  for (const AllowedType& type : node.types) {
    put_text(out, type.code);
    put_list(out, type.profiles);
    put_list(out, type.targets);
    put_number(out, type.aggregation);
  }
  for (const std::string* text : {&node.fixed, &node.pattern, &node.min_value, &node.max_value})
    put_text(out, *text);
  put_number(out, node.max_length);
  put_number(out, node.min_length);
  put_number(out, static_cast<uint64_t>(node.strength));
  put_text(out, node.value_set);
  put_text(out, node.max_value_set);
  put_number(out, static_cast<uint64_t>(node.rules));
  put_number(out, node.discriminators.size());
  for (const Discriminator& one : node.discriminators) {
    put_number(out, static_cast<uint64_t>(one.kind));
    put_text(out, one.path);
  }
  put_number(out, node.constraints.size());
  for (const Constraint& one : node.constraints) {
    put_text(out, one.key);
    put_text(out, one.human);
    put_text(out, one.expression);
    put_number(out, one.is_error ? 1 : 0);
  }
  for (const auto* nodes : {&node.children, &node.slices}) {
    put_number(out, nodes->size());
    for (const ProfileNode& one : *nodes)
      put_node(out, one);
  }
}

template <class Enum>
Enum named(uint64_t number, Enum last) {
  return number <= static_cast<uint64_t>(last) ? static_cast<Enum>(number) : Enum{};
}

ProfileNode node_from(ByteReader& in, unsigned depth) {
  ProfileNode node;
  node.name = in.text();
  node.slice = in.text();
  node.id = in.text();
  const uint64_t flags = in.number();
  const auto min = static_cast<uint32_t>(in.number()), max = static_cast<uint32_t>(in.number());
  if ((flags & has_min) != 0) node.min = min;
  if ((flags & has_max) != 0) node.max = max;
  node.must_support = (flags & supported) != 0;
  node.is_sliced = (flags & sliced) != 0;
  node.is_ordered = (flags & ordered) != 0;
  node.needs_value = (flags & valued) != 0;
  node.types.resize(in.count());
  for (AllowedType& type : node.types) {
    type.code = in.text();
    type.profiles = text_list(in);
    type.targets = text_list(in);
    type.aggregation = static_cast<uint8_t>(in.number());
  }
  for (std::string* text : {&node.fixed, &node.pattern, &node.min_value, &node.max_value})
    *text = in.text();
  node.max_length = static_cast<uint32_t>(in.number());
  node.min_length = static_cast<uint32_t>(in.number());
  node.strength = named(in.number(), Strength::required);
  node.value_set = in.text();
  node.max_value_set = in.text();
  node.rules = named(in.number(), SliceRules::open_at_end);
  node.discriminators.resize(in.count());
  for (Discriminator& one : node.discriminators) {
    one.kind = named(in.number(), Discriminator::Kind::exists);
    one.path = in.text();
  }
  node.constraints.resize(in.count());
  for (Constraint& one : node.constraints) {
    one.key = in.text();
    one.human = in.text();
    one.expression = in.text();
    one.is_error = in.number() != 0;
  }
  for (auto* nodes : {&node.children, &node.slices}) {
    const size_t count = in.count();
    for (size_t i = 0; i < count && in.is_sound() && depth < tree_depth_max; ++i)
      nodes->push_back(node_from(in, depth + 1));
  }
  return node;
}

}  // namespace

ProfileNode* ProfileNode::child(std::string_view stem) {
  const auto found = std::ranges::find(children, stem, &ProfileNode::name);
  return found == children.end() ? nullptr : &*found;
}

const ProfileNode* ProfileNode::child(std::string_view stem) const {
  const auto found = std::ranges::find(children, stem, &ProfileNode::name);
  return found == children.end() ? nullptr : &*found;
}

ProfileNode* ProfileNode::slice_named(std::string_view wanted) {
  const auto found = std::ranges::find(slices, wanted, &ProfileNode::slice);
  return found == slices.end() ? nullptr : &*found;
}

void write_structure(const Structure& structure, std::string& out) {
  for (const std::string* text :
       {&structure.url, &structure.version, &structure.name, &structure.type, &structure.base})
    put_text(out, *text);
  put_number(out, structure.is_constraint ? 1 : 0);
  put_number(out, structure.is_abstract ? 1 : 0);
  put_number(out, structure.contexts.size());
  for (const ExtensionContext& one : structure.contexts) {
    put_number(out, static_cast<uint64_t>(one.kind));
    put_text(out, one.expression);
  }
  put_node(out, structure.root);
}

std::optional<Structure> read_structure(std::string_view bytes) {
  ByteReader in(bytes);
  Structure structure;
  for (std::string* text :
       {&structure.url, &structure.version, &structure.name, &structure.type, &structure.base})
    *text = in.text();
  structure.is_constraint = in.number() != 0;
  structure.is_abstract = in.number() != 0;
  structure.contexts.resize(in.count());
  for (ExtensionContext& one : structure.contexts) {
    one.kind = named(in.number(), ExtensionContext::Kind::fhirpath);
    one.expression = in.text();
  }
  structure.root = node_from(in, 0);
  if (!in.is_sound() || !in.is_at_end()) return std::nullopt;
  return structure;
}

}  // namespace tasuki::fhir
