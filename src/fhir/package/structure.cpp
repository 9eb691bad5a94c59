// Structure definitions to types and elements. FHIR R4 structuredefinition.html,
// elementdefinition.html.
//
// Each path with children is a type of its own ("Observation.component"); an element that points
// elsewhere (contentReference: Questionnaire.item.item) has the type of the path it points to.
#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "fhir/model/definitions.h"
#include "fhir/package/parts.h"

namespace tasuki::fhir {
namespace {

constexpr std::pair<std::string_view, Primitive> primitives[] = {
    {"base64Binary", Primitive::base64_binary},
    {"boolean", Primitive::boolean},
    {"canonical", Primitive::canonical},
    {"code", Primitive::code},
    {"date", Primitive::date},
    {"dateTime", Primitive::date_time},
    {"decimal", Primitive::decimal},
    {"id", Primitive::id},
    {"instant", Primitive::instant},
    {"integer", Primitive::integer},
    {"markdown", Primitive::markdown},
    {"oid", Primitive::oid},
    {"positiveInt", Primitive::positive_int},
    {"string", Primitive::string},
    {"time", Primitive::time},
    {"unsignedInt", Primitive::unsigned_int},
    {"uri", Primitive::uri},
    {"url", Primitive::url},
    {"uuid", Primitive::uuid},
    {"xhtml", Primitive::xhtml},
};

constexpr std::string_view base = "http://hl7.org/fhir/StructureDefinition/";

Primitive primitive_of(std::string_view name) {
  const auto* found =
      std::ranges::find(primitives, name, &std::pair<std::string_view, Primitive>::first);
  return found == std::end(primitives) ? Primitive::none : found->second;
}

std::string_view last_part(std::string_view path, char separator) {
  return path.substr(path.rfind(separator) + 1);
}

// MoneyQuantity and SimpleQuantity are constraints on Quantity, MetadataResource is only an
// interface, and what has no kind is not R4's.
bool is_wanted(const json::Value& definition) {
  const std::string_view kind = definition.text_of("kind");
  return definition.text_of("derivation") != "constraint" &&
         (kind == "primitive-type" || kind == "complex-type" || kind == "resource");
}

std::span<const json::Value> elements_of(const json::Value& definition) {
  const json::Value* snapshot = definition.find("snapshot");
  const json::Value* elements = snapshot == nullptr ? nullptr : snapshot->find("element");
  return elements == nullptr ? std::span<const json::Value>() : elements->items();
}

// The paths below which there are others, the root left out.
std::set<std::string, std::less<>> inner_types(const json::Value& definition) {
  std::set<std::string, std::less<>> paths;
  for (const json::Value& element : elements_of(definition)) {
    const std::string_view path = element.text_of("path");
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos) continue;
    const std::string_view above = path.substr(0, dot);
    if (above.find('.') != std::string_view::npos) paths.emplace(above);
  }
  return paths;
}

class Structures {
 public:
  Structures(ValueSetNumbers& value_sets, ImageWriter& writer)
      : value_sets_(value_sets), writer_(writer) {}

  void number(const json::Value& definition);
  Result<bool> compile(const json::Value& definition);
  Result<bool> index();
  TypeNumbers take() { return std::move(types_); }

 private:
  Result<uint16_t> type_named(std::string_view name, std::string_view path) const;
  Result<uint16_t> type_of(const json::Value& type, std::string_view path, bool is_resource) const;
  Result<bool> add_element(const json::Value& definition, const json::Value& element);
  Result<bool> add_names(const json::Value& element, const image::Element& common,
                         std::string_view stem, bool is_resource);
  image::Run targets_of(const json::Value& type);
  uint32_t value_set(std::string_view canonical);
  void describe(const json::Value& definition, uint16_t number);

  ValueSetNumbers& value_sets_;
  ImageWriter& writer_;
  TypeNumbers types_;
};

void Structures::number(const json::Value& definition) {
  const auto add = [&](std::string_view name) {
    types_.add(name);
    writer_.types.push_back(
        {.name = writer_.text(name), .elements = {}, .parameters = {}, .links = {}});
  };
  add(definition.text_of("type"));
  for (const std::string& path : inner_types(definition))
    add(path);
}

Result<uint16_t> Structures::type_named(std::string_view name, std::string_view path) const {
  const auto number = types_.find(name);
  if (!number)
    return Error{Error::Kind::invalid, fmt::format("The type \"{}\" is not defined.", name),
                 std::string(path)};
  return *number;
}

// System types of FHIRPath stand for ids and the values of primitives; an extension says which FHIR
// type is meant. A resource's id is said to be a string, but resource.html and the examples mean
// the type id.
Result<uint16_t> Structures::type_of(const json::Value& type, std::string_view path,
                                     bool is_resource) const {
  std::string_view code = type.text_of("code");
  if (code.starts_with("http://hl7.org/fhirpath/")) {
    code = is_resource && path.ends_with(".id") && std::ranges::count(path, '.') == 1 ? "id"
                                                                                      : "string";
    if (const json::Value* extensions = type.find("extension");
        code == "string" && extensions != nullptr) {
      for (const json::Value& extension : extensions->items()) {
        if (const auto url = extension.text_of("valueUrl"); !url.empty()) code = url;
      }
    }
  }
  return type_named(code, path);
}

image::Run Structures::targets_of(const json::Value& type) {
  std::vector<uint16_t> numbers;
  if (const json::Value* profiles = type.find("targetProfile")) {
    for (const json::Value& profile : profiles->items()) {
      const std::string_view url = profile.text();
      const auto number =
          types_.find(url.starts_with(base) ? url.substr(base.size()) : std::string_view());
      if (url == "http://hl7.org/fhir/StructureDefinition/Resource") return {};  // any
      if (number) numbers.push_back(*number);
    }
  }
  return numbers.empty() ? image::Run{} : writer_.type_numbers(numbers);
}

uint32_t Structures::value_set(std::string_view canonical) {
  const std::string url(without_version(canonical));
  const auto [place, is_new] =
      value_sets_.try_emplace(url, static_cast<uint32_t>(writer_.value_sets.size()));
  if (is_new) writer_.value_sets.push_back({.url = writer_.text(url), .slots = {}});
  return place->second;
}

Result<bool> Structures::add_names(const json::Value& element, const image::Element& common,
                                   std::string_view stem, bool is_resource) {
  const std::string_view path = element.text_of("path");
  const json::Value* types = element.find("type");
  if (types == nullptr)
    return Error{Error::Kind::invalid, "An element without a type.", std::string(path)};
  for (const json::Value& type : types->items()) {
    image::Element one = common;
    one.type = types_.find(path).value_or(image::none);
    if (one.type == image::none) one.type = TRY(type_of(type, path, is_resource));
    const std::string_view type_name = writer_.view(writer_.types[one.type].name);
    std::string name(stem);
    if (one.is_choice != 0) {
      name += type_name;
      name[stem.size()] = static_cast<char>(std::toupper(name[stem.size()]));
    }
    one.name = writer_.text(name);
    one.targets = targets_of(type);
    const json::Value* profile = type.find("profile");
    one.is_simple = profile != nullptr && !profile->items().empty() &&
                    profile->items().front().text().ends_with("/SimpleQuantity");
    writer_.elements.push_back(one);
  }
  return true;
}

Result<bool> Structures::add_element(const json::Value& definition, const json::Value& element) {
  const std::string_view path = element.text_of("path");
  const std::string_view max = element.text_of("max");
  if (max == "0") return true;
  image::Element common;
  std::string_view stem = last_part(path, '.');
  common.is_choice = stem.ends_with("[x]");
  const auto is_true = [&](std::string_view name) {
    const json::Value* value = element.find(name);
    return static_cast<uint8_t>(value != nullptr && value->boolean() ? 1 : 0);
  };
  common.is_summary = is_true("isSummary");
  common.is_modifier = is_true("isModifier");
  if (common.is_choice != 0) stem.remove_suffix(3);
  common.stem = writer_.text(stem);
  common.is_array = max != "1";
  if (const json::Value* min = element.find("min")) {
    const std::string_view digits = min->text();
    std::from_chars(digits.data(), digits.data() + digits.size(), common.min);
  }
  if (const json::Value* binding = element.find("binding");
      binding != nullptr && !binding->text_of("valueSet").empty()) {
    common.value_set = value_set(binding->text_of("valueSet"));
    common.is_required_binding = binding->text_of("strength") == "required";
  }
  const std::string_view reference = element.text_of("contentReference");
  if (reference.empty())
    return add_names(element, common, stem, definition.text_of("kind") == "resource");

  common.name = common.stem;
  common.type = TRY(type_named(reference.substr(reference.find('#') + 1), path));
  writer_.elements.push_back(common);
  return true;
}

void Structures::describe(const json::Value& definition, uint16_t number) {
  image::Type& type = writer_.types[number];
  const std::string_view kind = definition.text_of("kind");
  const std::string_view name = definition.text_of("type");
  const json::Value* abstract = definition.find("abstract");
  type.is_abstract = abstract != nullptr && abstract->boolean();
  type.category = static_cast<uint8_t>(kind == "primitive-type" ? Category::primitive
                                       : kind == "resource"     ? Category::resource
                                                                : Category::complex);
  type.primitive =
      static_cast<uint8_t>(kind == "primitive-type" ? primitive_of(name) : Primitive::none);
  type.parent =
      types_.find(last_part(definition.text_of("baseDefinition"), '/')).value_or(image::none);
}

Result<bool> Structures::compile(const json::Value& definition) {
  const std::string_view root = definition.text_of("type");
  const uint16_t root_number = TRY(type_named(root, root));
  describe(definition, root_number);
  const bool is_primitive = definition.text_of("kind") == "primitive-type";

  std::vector<std::string_view> owners{root};
  const auto inner = inner_types(definition);
  owners.insert(owners.end(), inner.begin(), inner.end());
  for (const std::string_view owner : owners) {
    const uint16_t number = TRY(type_named(owner, owner));
    const auto first = static_cast<uint32_t>(writer_.elements.size());
    for (const json::Value& element : elements_of(definition)) {
      const std::string_view path = element.text_of("path");
      if (path == owner && owner != root) {
        writer_.types[number].category = static_cast<uint8_t>(Category::backbone);
        const json::Value* type = element.find("type");
        if (type != nullptr && !type->items().empty()) {
          writer_.types[number].parent =
              types_.find(type->items().front().text_of("code")).value_or(image::none);
        }
      }
      const auto dot = path.rfind('.');
      if (dot == std::string_view::npos || path.substr(0, dot) != owner) continue;
      if (is_primitive && path.ends_with(".value"))
        continue;  // JSON has the value itself in its place
      TRY(add_element(definition, element));
    }
    writer_.types[number].elements = {first,
                                      static_cast<uint32_t>(writer_.elements.size()) - first};
  }
  return true;
}

// Gives each required element and each choice of a type its bit (the validator keeps what it saw as
// one word each), and builds the tables by name.
Result<bool> Structures::index() {
  std::vector<uint64_t> type_hashes;
  std::vector<uint64_t> element_hashes;
  for (size_t number = 0; number < writer_.types.size(); ++number) {
    image::Type& type = writer_.types[number];
    type_hashes.push_back(image::hash(writer_.view(type.name)));
    uint8_t required = 0, choices = 0;
    const image::Element* before = nullptr;
    for (uint32_t at = type.elements.first; at < type.elements.first + type.elements.count; ++at) {
      image::Element& element = writer_.elements[at];
      const bool is_same_choice = before != nullptr && before->is_choice != 0 &&
                                  element.is_choice != 0 &&
                                  before->stem.offset == element.stem.offset;
      if (is_same_choice) {
        element.required_bit = before->required_bit;
        element.choice_bit = before->choice_bit;
      } else {
        if (element.min > 0) element.required_bit = required++;
        if (element.is_choice != 0) element.choice_bit = choices++;
      }
      before = &element;
      element_hashes.push_back(image::hash(writer_.view(element.name), number));
    }
    if (required > image::required_max || choices > image::choices_max) {
      return Error{Error::Kind::unsupported,
                   "More required elements or choices than a type can have here.",
                   std::string(writer_.view(type.name))};
    }
    type.required_count = required;
    if (type.category == static_cast<uint8_t>(Category::resource) && type.is_abstract == 0) {
      writer_.resource_types.push_back(static_cast<uint16_t>(number));
    }
  }
  writer_.type_slots = slots(type_hashes.size(), type_hashes);
  writer_.element_slots = slots(element_hashes.size(), element_hashes);
  std::ranges::sort(writer_.resource_types, {},
                    [&](uint16_t number) { return writer_.view(writer_.types[number].name); });
  return true;
}

}  // namespace

uint16_t TypeNumbers::add(std::string_view name) {
  return numbers_.try_emplace(std::string(name), static_cast<uint16_t>(numbers_.size()))
      .first->second;
}

std::optional<uint16_t> TypeNumbers::find(std::string_view name) const {
  const auto found = numbers_.find(std::string(name));
  if (found == numbers_.end()) return std::nullopt;
  return found->second;
}

Result<TypeNumbers> compile_structures(const Resources& definitions, ValueSetNumbers& value_sets,
                                       ImageWriter& writer) {
  Structures structures(value_sets, writer);
  for (const json::Value* definition : definitions) {
    if (is_wanted(*definition)) structures.number(*definition);
  }
  for (const json::Value* definition : definitions) {
    if (is_wanted(*definition)) TRY(structures.compile(*definition));
  }
  TRY(structures.index());
  return structures.take();
}

}  // namespace tasuki::fhir
