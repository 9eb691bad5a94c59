#include "fhir/model/image_reader.h"

#include <algorithm>
#include <bit>
#include <optional>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

namespace tasuki::fhir {
namespace {

using image::Run;
using image::Section;
using image::Text;

constexpr size_t image_bytes_max = size_t{256} * 1024 * 1024;

Error refused(std::string_view why) {
  return {Error::Kind::invalid,
          fmt::format(
              "The definitions image cannot be used: {}. Build it anew (target definitions).", why),
          {}};
}

class Checker {
 public:
  explicit Checker(const ImageReader& image) : image_(image) {}
  bool all() const { return types() && elements() && terminology() && search(); }

 private:
  static bool is_inside(Run run, size_t size) {
    return run.first <= size && run.count <= size - run.first;
  }
  bool is_inside(Text text) const {
    return is_inside(Run{text.offset, text.size}, image_.characters.size());
  }
  static bool is_number(uint32_t number, size_t size) {
    return number < size || number == image::empty;
  }
  static bool is_type_number(uint16_t number, size_t size) {
    return number < size || number == image::none;
  }

  // Probing ends only if there is an empty slot, and masking needs a power of two.
  static bool is_table(std::span<const uint32_t> slots, size_t records) {
    return std::has_single_bit(slots.size()) &&
           std::ranges::find(slots, image::empty) != slots.end() &&
           std::ranges::all_of(slots, [&](uint32_t slot) { return is_number(slot, records); });
  }

  // Whoever climbs from a type to its parents must arrive.
  static bool has_end(std::span<const image::Type> types, size_t number) {
    constexpr int parents_max = 16;
    for (int step = 0; step < parents_max; ++step) {
      if (number >= types.size()) return number == image::none;
      number = types[number].parent;
    }
    return false;
  }

  bool types() const;
  bool elements() const;
  bool terminology() const;
  bool search() const;

  const ImageReader& image_;
};

bool Checker::types() const {
  const size_t count = image_.types.size();
  if (count >= image::none || !is_table(image_.type_slots, count)) return false;
  for (size_t number = 0; number < count; ++number) {
    const image::Type& type = image_.types[number];
    const bool is_sound =
        is_inside(type.name) && is_inside(type.elements, image_.elements.size()) &&
        is_inside(type.parameters, image_.parameter_lists.size()) &&
        is_inside(type.links, image_.links.size()) && is_type_number(type.parent, count) &&
        type.category <= 3 && type.primitive <= 20 && type.required_count <= image::required_max &&
        has_end(image_.types, number);
    if (!is_sound) return false;
  }
  const auto is_known = [&](uint16_t number) { return number < count; };
  return std::ranges::all_of(image_.type_numbers, is_known) &&
         std::ranges::all_of(image_.resource_types, is_known);
}

bool Checker::elements() const {
  return is_table(image_.element_slots, image_.elements.size()) &&
         std::ranges::all_of(image_.elements, [&](const image::Element& element) {
           const auto is_bit = [](uint8_t bit, uint8_t max) { return bit < max || bit == 0xff; };
           return is_inside(element.name) && is_inside(element.stem) &&
                  is_inside(element.targets, image_.type_numbers.size()) &&
                  element.type < image_.types.size() &&
                  is_number(element.value_set, image_.value_sets.size()) &&
                  is_bit(element.required_bit, image::required_max) &&
                  is_bit(element.choice_bit, image::choices_max);
         });
}

bool Checker::terminology() const {
  const bool are_sets = std::ranges::all_of(image_.value_sets, [&](const image::ValueSet& set) {
    if (!is_inside(set.url) || !is_inside(set.slots, image_.concept_slots.size())) return false;
    return set.slots.count == 0 ||
           is_table(image_.concept_slots.subspan(set.slots.first, set.slots.count),
                    image_.concepts.size());
  });
  const bool are_concepts = std::ranges::all_of(image_.concepts, [&](const image::Concept& one) {
    return is_inside(one.system) && is_inside(one.code);
  });
  return are_sets && are_concepts && is_table(image_.value_set_slots, image_.value_sets.size());
}

bool Checker::search() const {
  const bool are_parameters =
      std::ranges::all_of(image_.parameters, [&](const image::Parameter& parameter) {
        return is_inside(parameter.url) && is_inside(parameter.code) &&
               is_inside(parameter.expression) &&
               is_inside(parameter.bases, image_.type_numbers.size()) &&
               is_inside(parameter.targets, image_.type_numbers.size()) &&
               is_inside(parameter.components, image_.components.size()) && parameter.type <= 8;
      });
  const bool are_components =
      std::ranges::all_of(image_.components, [&](const image::Component& component) {
        return is_inside(component.definition) && is_inside(component.expression);
      });
  const auto is_known = [&](uint32_t number) { return number < image_.parameters.size(); };
  return are_parameters && are_components &&
         std::ranges::all_of(image_.parameter_lists, is_known) &&
         std::ranges::all_of(image_.links, [&](Text link) { return is_inside(link); });
}

template <class Record>
bool place(std::span<const std::byte> bytes, const image::Header& header, Section section,
           std::span<const Record>& out) {
  const image::Place place = header.places[static_cast<size_t>(section)];
  const bool is_inside = place.offset <= bytes.size() && place.bytes <= bytes.size() - place.offset;
  if (!is_inside || place.offset % 8 != 0 || place.bytes % sizeof(Record) != 0) return false;
  out = {reinterpret_cast<const Record*>(bytes.data() + place.offset),
         place.bytes / sizeof(Record)};
  return true;
}

bool place_all(std::span<const std::byte> bytes, const image::Header& header, ImageReader& out) {
  return place(bytes, header, Section::types, out.types) &&
         place(bytes, header, Section::type_slots, out.type_slots) &&
         place(bytes, header, Section::elements, out.elements) &&
         place(bytes, header, Section::element_slots, out.element_slots) &&
         place(bytes, header, Section::type_numbers, out.type_numbers) &&
         place(bytes, header, Section::resource_types, out.resource_types) &&
         place(bytes, header, Section::value_sets, out.value_sets) &&
         place(bytes, header, Section::value_set_slots, out.value_set_slots) &&
         place(bytes, header, Section::concepts, out.concepts) &&
         place(bytes, header, Section::concept_slots, out.concept_slots) &&
         place(bytes, header, Section::parameters, out.parameters) &&
         place(bytes, header, Section::parameter_lists, out.parameter_lists) &&
         place(bytes, header, Section::components, out.components) &&
         place(bytes, header, Section::links, out.links) &&
         place(bytes, header, Section::characters, out.characters);
}

}  // namespace

Result<ImageReader> ImageReader::over(std::span<const std::byte> bytes) {
  image::Header header;
  if (bytes.size() < sizeof header) return refused("it is shorter than its header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string_view(header.mark.data(), header.mark.size()) != image::magic)
    return refused("it is not one");
  if (header.format != image::version || header.sections != image::section_count) {
    return refused(fmt::format("it is of version {}, this program reads version {}", header.format,
                               image::version));
  }
  if (header.bytes != bytes.size()) {
    return refused(fmt::format("it has {} bytes where it says {}", bytes.size(), header.bytes));
  }
  const auto body = bytes.subspan(sizeof header);
  if (image::hash({reinterpret_cast<const char*>(body.data()), body.size()}) != header.sum) {
    return refused("its checksum does not agree");
  }
  ImageReader reader;
  if (!place_all(bytes, header, reader) || !Checker(reader).all())
    return refused("its tables contradict one another");
  return reader;
}

Result<ImageReader> ImageReader::open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{Error::Kind::not_found,
                 fmt::format("The definitions image {} cannot be opened.", file.string()),
                 {}};
  }
  struct stat facts {};
  const bool is_file = fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  const auto size = is_file ? static_cast<size_t>(facts.st_size) : 0;
  void* const mapped =
      size == 0 || size > image_bytes_max
          ? MAP_FAILED
          : ::mmap(nullptr, size, PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor, 0);
  ::close(descriptor);
  if (mapped == MAP_FAILED) return refused("it is empty, too large or no file");
  const std::shared_ptr<const void> mapping(
      mapped, [size](const void* address) { ::munmap(const_cast<void*>(address), size); });
  ImageReader reader = TRY(over({static_cast<const std::byte*>(mapped), size}));
  reader.mapping_ = mapping;
  return reader;
}

}  // namespace tasuki::fhir
