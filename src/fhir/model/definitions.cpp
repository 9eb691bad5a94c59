#include "fhir/model/definitions.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fhir/model/added.h"
#include "fhir/model/image_reader.h"

namespace tasuki::fhir {
namespace {

// Elements, parameters and links are given out with their texts as views, so they are laid out once
// on opening (about 1 MB, under a millisecond); everything else is read where it is mapped.
class MappedDefinitions final : public Definitions {
 public:
  MappedDefinitions(ImageReader image, std::chrono::minutes zone);

  std::optional<TypeId> type(std::string_view name) const override;
  std::string_view name(TypeId type) const override { return text(at(type).name); }
  Category category(TypeId type) const override { return Category{at(type).category}; }
  Primitive primitive(TypeId type) const override { return Primitive{at(type).primitive}; }
  TypeId parent(TypeId type) const override { return TypeId{at(type).parent}; }
  bool is_abstract(TypeId type) const override { return at(type).is_abstract != 0; }

  unsigned required_count(TypeId type) const override { return at(type).required_count; }

  std::span<const Element> elements(TypeId type) const override;
  const Element* element(TypeId type, std::string_view json_name) const override;
  std::span<const TypeId> resource_types() const override { return resource_types_; }

  std::optional<bool> has_code(std::string_view value_set, std::string_view system,
                               std::string_view code) const override;
  std::optional<bool> has_code(const Binding& binding, std::string_view system,
                               std::string_view code) const override;
  std::vector<std::string_view> codes(const Binding& binding) const override;

  std::span<const SearchParameter> search_parameters() const override { return parameters_; }
  const SearchParameter* search_parameter(TypeId resource, std::string_view code) const override;
  std::span<const SearchParameter* const> search_parameters_of(TypeId resource) const override;
  void add_parameters(std::vector<AddedParameter> all) const override;
  uint32_t generation(TypeId resource) const override { return added_.generation(resource); }
  std::span<const std::string_view> patient_links(TypeId resource) const override;

 private:
  // A type that is not defined has no name, no elements and no parameters.
  const image::Type& at(TypeId type) const {
    const auto number = static_cast<size_t>(type);
    return number < image_.types.size() ? image_.types[number] : undefined_;
  }
  std::string_view text(image::Text text) const { return image_.text(text); }
  std::span<const TypeId> types(image::Run run) const;
  void lay_out_elements();
  void lay_out_parameters();

  ImageReader image_;
  image::Type undefined_;
  std::vector<TypeId> type_numbers_, resource_types_;
  std::vector<Element> elements_;
  std::vector<Component> components_;
  std::vector<SearchParameter> parameters_;
  std::vector<const SearchParameter*> parameter_lists_;
  std::vector<std::string_view> links_;
  mutable AddedParameters added_;
};

MappedDefinitions::MappedDefinitions(ImageReader image, std::chrono::minutes zone)
    : Definitions(zone), image_(std::move(image)) {
  for (const uint16_t number : image_.type_numbers)
    type_numbers_.push_back(TypeId{number});
  for (const uint16_t number : image_.resource_types)
    resource_types_.push_back(TypeId{number});
  for (const image::Text link : image_.links)
    links_.push_back(text(link));
  lay_out_elements();
  lay_out_parameters();
}

std::span<const TypeId> MappedDefinitions::types(image::Run run) const {
  return std::span(type_numbers_).subspan(run.first, run.count);
}

void MappedDefinitions::lay_out_elements() {
  elements_.reserve(image_.elements.size());
  for (const image::Element& from : image_.elements) {
    Element& to = elements_.emplace_back();
    to.name = text(from.name);
    to.stem = text(from.stem);
    to.type = TypeId{from.type};
    to.min = from.min;
    to.is_array = from.is_array != 0;
    to.is_choice = from.is_choice != 0;
    to.is_simple = from.is_simple != 0;
    to.is_summary = from.is_summary != 0;
    to.is_modifier = from.is_modifier != 0;
    to.required_bit = from.required_bit;
    to.choice_bit = from.choice_bit;
    if (from.value_set != image::empty) {
      to.binding = {text(image_.value_sets[from.value_set].url), from.is_required_binding != 0,
                    from.value_set};
    }
    to.targets = types(from.targets);
  }
}

void MappedDefinitions::lay_out_parameters() {
  components_.reserve(image_.components.size());
  for (const image::Component& from : image_.components) {
    components_.push_back({text(from.definition), text(from.expression)});
  }
  parameters_.reserve(image_.parameters.size());
  for (const image::Parameter& from : image_.parameters) {
    parameters_.push_back(
        {.number = static_cast<uint32_t>(parameters_.size()),
         .url = text(from.url),
         .code = text(from.code),
         .expression = text(from.expression),
         .type = ParameterType{static_cast<uint8_t>(from.type)},
         .bases = types(from.bases),
         .targets = types(from.targets),
         .components =
             std::span(components_).subspan(from.components.first, from.components.count)});
  }
  for (const uint32_t number : image_.parameter_lists)
    parameter_lists_.push_back(&parameters_[number]);
}

std::optional<TypeId> MappedDefinitions::type(std::string_view name) const {
  const size_t mask = image_.type_slots.size() - 1;
  for (size_t slot = image::hash(name) & mask;; slot = (slot + 1) & mask) {
    const uint32_t number = image_.type_slots[slot];
    if (number == image::empty) return std::nullopt;
    if (text(image_.types[number].name) == name) return TypeId{static_cast<uint16_t>(number)};
  }
}

std::span<const Element> MappedDefinitions::elements(TypeId type) const {
  const image::Run run = at(type).elements;
  return std::span(elements_).subspan(run.first, run.count);
}

const Element* MappedDefinitions::element(TypeId type, std::string_view json_name) const {
  const image::Run run = at(type).elements;
  const size_t mask = image_.element_slots.size() - 1;
  for (size_t slot = image::hash(json_name, static_cast<uint64_t>(type)) & mask;;
       slot = (slot + 1) & mask) {
    const uint32_t number = image_.element_slots[slot];
    if (number == image::empty) return nullptr;
    if (number - run.first < run.count && elements_[number].name == json_name)
      return &elements_[number];
  }
}

std::optional<bool> MappedDefinitions::has_code(std::string_view value_set, std::string_view system,
                                                std::string_view code) const {
  value_set = value_set.substr(0, value_set.find('|'));
  const size_t mask = image_.value_set_slots.size() - 1;
  for (size_t slot = image::hash(value_set) & mask;; slot = (slot + 1) & mask) {
    const uint32_t number = image_.value_set_slots[slot];
    if (number == image::empty) return std::nullopt;
    if (text(image_.value_sets[number].url) == value_set) {
      return has_code(Binding{.value_set = value_set, .number = number}, system, code);
    }
  }
}

std::optional<bool> MappedDefinitions::has_code(const Binding& binding, std::string_view system,
                                                std::string_view code) const {
  if (binding.number >= image_.value_sets.size()) return std::nullopt;
  const image::Run run = image_.value_sets[binding.number].slots;
  if (run.count == 0) return std::nullopt;
  const auto table = image_.concept_slots.subspan(run.first, run.count);
  const size_t mask = table.size() - 1;
  for (size_t slot = image::hash(code) & mask;; slot = (slot + 1) & mask) {
    if (table[slot] == image::empty) return false;
    const image::Concept& one = image_.concepts[table[slot]];
    if (text(one.code) == code && (system.empty() || text(one.system) == system)) return true;
  }
}

std::vector<std::string_view> MappedDefinitions::codes(const Binding& binding) const {
  std::vector<std::string_view> all;
  if (binding.number >= image_.value_sets.size()) return all;
  const image::Run run = image_.value_sets[binding.number].slots;
  for (const uint32_t number : image_.concept_slots.subspan(run.first, run.count)) {
    if (number != image::empty) all.push_back(text(image_.concepts[number].code));
  }
  return all;
}

const SearchParameter* MappedDefinitions::search_parameter(TypeId resource,
                                                           std::string_view code) const {
  const auto all = search_parameters_of(resource);
  const auto found =
      std::ranges::lower_bound(all, code, {}, [](const SearchParameter* one) { return one->code; });
  return found != all.end() && (*found)->code == code ? *found : nullptr;
}

std::span<const SearchParameter* const> MappedDefinitions::search_parameters_of(
    TypeId resource) const {
  if (const auto list = added_.of(resource)) return *list;
  const image::Run run = at(resource).parameters;
  return std::span(parameter_lists_).subspan(run.first, run.count);
}

void MappedDefinitions::add_parameters(std::vector<AddedParameter> all) const {
  added_.replace(*this, std::move(all), static_cast<uint32_t>(parameters_.size()),
                 [this](TypeId type) {
                   const image::Run run = at(type).parameters;
                   return std::span(parameter_lists_).subspan(run.first, run.count);
                 });
}

std::span<const std::string_view> MappedDefinitions::patient_links(TypeId resource) const {
  const image::Run run = at(resource).links;
  return std::span(links_).subspan(run.first, run.count);
}

}  // namespace

Result<std::unique_ptr<const Definitions>> Definitions::open(const std::filesystem::path& image,
                                                             std::chrono::minutes zone) {
  return std::make_unique<const MappedDefinitions>(TRY(ImageReader::open(image)), zone);
}

std::optional<TypeId> Definitions::resource_type(std::string_view name) const {
  const auto found = type(name);
  if (!found || category(*found) != Category::resource || is_abstract(*found)) return std::nullopt;
  return found;
}

// Levenshtein's distance, in one row; names longer than the row are not compared.
std::string_view nearest(std::string_view name, std::span<const std::string_view> among) {
  constexpr size_t name_bytes_max = 64;
  std::string_view best;
  size_t best_distance = name.size() / 2 + 1;  // farther than half the name is no help
  if (name.size() > name_bytes_max) return best;
  std::array<size_t, name_bytes_max + 1> row{};
  for (const std::string_view other : among) {
    if (other.size() > name.size() + best_distance || name.size() > other.size() + best_distance)
      continue;
    for (size_t column = 0; column <= name.size(); ++column)
      row[column] = column;
    for (size_t line = 0; line < other.size(); ++line) {
      size_t diagonal = row[0];
      row[0] = line + 1;
      for (size_t column = 1; column <= name.size(); ++column) {
        const auto lower = [](char letter) {
          return letter >= 'A' && letter <= 'Z' ? letter + 32 : +letter;
        };
        const size_t changed = diagonal + (lower(other[line]) == lower(name[column - 1]) ? 0 : 1);
        diagonal = row[column];
        row[column] = std::min({row[column] + 1, row[column - 1] + 1, changed});
      }
    }
    if (row[name.size()] < best_distance) {
      best_distance = row[name.size()];
      best = other;
    }
  }
  return best;
}

}  // namespace tasuki::fhir
