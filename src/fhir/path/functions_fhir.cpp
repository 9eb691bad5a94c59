// What FHIR adds, tree navigation, variables and trace. FHIR R4 fhirpath.html#functions; FHIRPath
// N1 5.8, 5.9; trial use: defineVariable.
#include <fmt/core.h>

#include "fhir/path/compare.h"
#include "fhir/path/function.h"
#include "fhir/path/type.h"
#include "fhir/validate/narrative.h"

namespace tasuki::fhir::path {
namespace {

void children_of(Call& call, Items& out) {
  for (const auto& item : call.input) {
    all_children(call.evaluator.definitions, item, out);
    if (!call.evaluator.count(out.size())) return;
  }
}

// Breadth first would need all levels at once; each item with what is below it needs one.
void descendants(Call& call, Items& out) {
  Scratch front(call.evaluator), next(call.evaluator);
  front.items = call.input;
  while (!front.items.empty()) {
    next.items.clear();
    for (const auto& item : front.items)
      all_children(call.evaluator.definitions, item, next.items);
    if (!call.evaluator.count(next.items.size())) return;
    out.insert(out.end(), next.items.begin(), next.items.end());
    std::swap(front.items, next.items);
  }
}

void extension(Call& call, Items& out) {
  const auto url = call.text_argument(0);
  if (!url) return;
  Scratch found(call.evaluator);
  for (const auto& item : call.input)
    children(call.evaluator.definitions, item, "extension", found.items);
  for (const auto& item : found.items) {
    if (item.value.text_of("url") == *url) out.push_back(item);
  }
}

bool has_value_of(Call& call, const Item& item) {
  if (item.value.is_null() || item.value.is_object()) return false;
  return item.type == no_type ||
         call.evaluator.definitions.primitive(item.type) != Primitive::xhtml;
}

void has_value(Call& call, Items& out) {
  const bool one = call.input.size() == 1 && has_value_of(call, call.input[0]);
  out.push_back(call.evaluator.boolean(one));
}

void get_value(Call& call, Items& out) {
  if (call.input.size() != 1 || !has_value_of(call, call.input[0])) return;
  const auto& item = call.input[0];
  const auto kind = call.kind_of(item);
  out.push_back(call.evaluator.made(item.value, kind == System::none ? System::string : kind));
}

// ---- references

bool append_contained(Call& call, std::string_view id, Items& out) {
  const auto& world = call.evaluator.environment;
  const Item& container = world.root_resource ? *world.root_resource : world.resource;
  if (id.empty()) return out.push_back(container), true;
  const auto* contained = container.value.find("contained");
  if (contained == nullptr) return false;
  for (const auto& inner : contained->items()) {
    if (inner.text_of("id") != id) continue;
    out.push_back(root(call.evaluator.definitions, inner));
    return true;
  }
  return false;
}

void resolve(Call& call, Items& out) {
  const auto& definitions = call.evaluator.definitions;
  const auto& world = call.evaluator.environment;
  for (const auto& item : call.input) {
    const auto reference =
        item.value.is_object() ? item.value.text_of("reference") : item.value.text();
    if (reference.starts_with('#')) {
      append_contained(call, reference.substr(1), out);
      continue;
    }
    if (world.resolve && !reference.empty()) {
      if (auto found = world.resolve(reference)) {
        out.push_back(*found);
        continue;
      }
    }
    // Of a resource that is not at hand only the type is known, and often that is all one asks.
    if (const auto type = reference_target(definitions, item.value); type != no_type)
      out.push_back({{}, &item.value, type, System::none, nullptr});
  }
}

// ---- terminology and profiles: the caller's

void member_of(Call& call, Items& out) {
  const auto* item = call.one();
  const auto value_set = item != nullptr ? call.text_argument(0) : std::nullopt;
  if (!value_set) return;
  const auto& ask = call.evaluator.environment.member_of;
  if (!ask)
    return call.fail("memberOf() needs a terminology, and there is none here.",
                     Error::Kind::unsupported);
  const auto answer = ask(*item, *value_set);
  if (!answer) return call.fail(answer.error().message, answer.error().kind);
  if (*answer) out.push_back(call.evaluator.boolean(**answer));
}

// Without a validator a base type can be told, and nothing else.
void conforms_to(Call& call, Items& out) {
  const auto* item = call.one();
  const auto profile = item != nullptr ? call.text_argument(0) : std::nullopt;
  if (!profile) return;
  if (const auto& ask = call.evaluator.environment.conforms_to) {
    const auto answer = ask(*item, *profile);
    if (!answer) return call.fail(answer.error().message, answer.error().kind);
    return out.push_back(call.evaluator.boolean(*answer));
  }
  constexpr std::string_view base = "http://hl7.org/fhir/StructureDefinition/";
  const auto& definitions = call.evaluator.definitions;
  const auto type = profile->starts_with(base)
                        ? definitions.type(std::string_view(*profile).substr(base.size()))
                        : std::nullopt;
  if (!type) return call.fail(fmt::format("The profile '{}' is not known here.", *profile));
  out.push_back(call.evaluator.boolean(is_a(definitions, item->type, *type)));
}

struct Coded {
  std::string_view system, code;
};
void append_codes(const json::Value& value, std::vector<Coded>& out) {
  if (value.is_string()) out.push_back({{}, value.text()});
  if (value.find("code") != nullptr)
    out.push_back({value.text_of("system"), value.text_of("code")});
  if (const auto* codings = value.find("coding")) {
    for (const auto& coding : codings->items())
      out.push_back({coding.text_of("system"), coding.text_of("code")});
  }
}

template <bool is_input_general>
void subsumption(Call& call, Items& out) {
  const auto* item = call.one();
  Scratch argument(call.evaluator);
  call.argument(0, argument.items);
  if (item == nullptr || argument.items.size() != 1) return;
  std::vector<Coded> left, right;
  append_codes(item->value, left);
  append_codes(argument.items[0].value, right);
  const auto& general = is_input_general ? left : right;
  const auto& special = is_input_general ? right : left;
  bool holds = false;
  for (const auto& one : general) {
    for (const auto& other : special) {
      if (holds || one.system != other.system || !call.evaluator.count(1)) continue;
      if (one.code == other.code) {
        holds = true;
        continue;
      }
      const auto& ask = call.evaluator.environment.subsumes;
      if (!ask)
        return call.fail(
            fmt::format("{}() needs a terminology, and there is none here.", call.node.name),
            Error::Kind::unsupported);
      const auto answer = ask(one.system, one.code, other.code);
      if (!answer) return call.fail(answer.error().message, answer.error().kind);
      holds = *answer;
    }
  }
  out.push_back(call.evaluator.boolean(holds));
}

void slice(Call& call, Items& out) {
  const auto profile = call.text_argument(0);
  const auto name = profile ? call.text_argument(1) : std::nullopt;
  if (!name) return;
  const auto& ask = call.evaluator.environment.slice;
  if (!ask)
    return call.fail("slice() needs the profile's definition, and there is none here.",
                     Error::Kind::unsupported);
  const auto answer = ask(call.input, *profile, *name);
  if (!answer) return call.fail(answer.error().message, answer.error().kind);
  out.insert(out.end(), answer->begin(), answer->end());
}

// An error when a modifier extension stands there that the caller did not name.
void check_modifiers(Call& call, Items& out) {
  std::vector<std::string> known;
  for (size_t i = 0; i < call.node.arguments.size(); ++i) {
    if (auto url = call.text_argument(i)) known.push_back(*std::move(url));
  }
  Scratch found(call.evaluator);
  for (const auto& item : call.input)
    children(call.evaluator.definitions, item, "modifierExtension", found.items);
  for (const auto& item : found.items) {
    const auto url = item.value.text_of("url");
    if (std::ranges::find(known, url) == known.end())
      return call.fail(fmt::format("The modifier extension '{}' is not understood here.", url));
  }
  out.insert(out.end(), call.input.begin(), call.input.end());
}

void html_checks(Call& call, Items& out) {
  for (const auto& item : call.input)
    out.push_back(call.evaluator.boolean(narrative_fault(item.value.text()).english.empty()));
}

// ---- variables and trace

void define_variable(Call& call, Items& out) {
  const auto name = call.text_argument(0);
  if (!name) return;
  Items value;
  if (call.has(1)) {
    call.argument(1, call.input.size() == 1 ? call.input[0] : call.focus, value);
  } else {
    value = call.input;
  }
  constexpr std::string_view taken[] = {"context", "resource", "rootResource",
                                        "ucum",    "sct",      "loinc"};
  const bool is_taken = std::ranges::find(taken, std::string_view(*name)) != std::end(taken);
  if (is_taken || !call.evaluator.define(*name, value))
    return call.fail(fmt::format("The variable %{} is there already.", *name));
  out.insert(out.end(), call.input.begin(), call.input.end());
}

void trace(Call& call, Items& out) {
  const auto name = call.text_argument(0);
  if (const auto& show = call.evaluator.environment.trace; show && name) {
    if (call.has(1)) {
      Items projected;
      for (const auto& item : call.input)
        call.argument(1, item, projected);
      show(*name, projected);
    } else {
      show(*name, call.input);
    }
  }
  out.insert(out.end(), call.input.begin(), call.input.end());
}

constexpr Function fhir_table[] = {
    {"children", 0, 0, children_of},
    {"descendants", 0, 0, descendants},
    {"extension", 1, 1, extension},
    {"hasValue", 0, 0, has_value},
    {"getValue", 0, 0, get_value},
    {"resolve", 0, 0, resolve},
    {"memberOf", 1, 1, member_of},
    {"conformsTo", 1, 1, conforms_to},
    {"subsumes", 1, 1, subsumption<true>},
    {"subsumedBy", 1, 1, subsumption<false>},
    {"slice", 2, 2, slice},
    {"checkModifiers", 1, 16, check_modifiers},
    {"htmlChecks", 0, 0, html_checks},
    {"defineVariable", 1, 2, define_variable},
    {"trace", 1, 2, trace, Takes::values},
};

}  // namespace

std::span<const Function> fhir_functions() {
  return fhir_table;
}

}  // namespace tasuki::fhir::path
