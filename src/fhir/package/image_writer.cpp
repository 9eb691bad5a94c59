#include "fhir/package/image_writer.h"

#include <bit>
#include <cstring>

namespace tasuki::fhir {
namespace {

template <class Record>
void append(std::string& out, image::Header& header, image::Section section,
            const std::vector<Record>& records) {
  static_assert(std::is_trivially_copyable_v<Record>);
  const size_t bytes = records.size() * sizeof(Record);
  header.places[static_cast<size_t>(section)] = {out.size(), bytes};
  const size_t at = out.size();
  out.resize(at + ((bytes + 7) & ~size_t{7}));
  if (bytes != 0) std::memcpy(out.data() + at, records.data(), bytes);
}

}  // namespace

std::vector<uint32_t> slots(size_t count, const std::vector<uint64_t>& hashes) {
  const size_t size = std::bit_ceil(count * 2 + 1);
  std::vector<uint32_t> table(size, image::empty);
  for (size_t number = 0; number < count; ++number) {
    size_t slot = hashes[number] & (size - 1);
    while (table[slot] != image::empty)
      slot = (slot + 1) & (size - 1);
    table[slot] = static_cast<uint32_t>(number);
  }
  return table;
}

image::Text ImageWriter::text(std::string_view text) {
  if (text.empty()) return {};
  const auto [place, is_new] = texts_.try_emplace(std::string(text));
  if (is_new) {
    place->second = {static_cast<uint32_t>(characters_.size()), static_cast<uint32_t>(text.size())};
    characters_ += text;
  }
  return place->second;
}

image::Run ImageWriter::type_numbers(const std::vector<uint16_t>& numbers) {
  const image::Run run{static_cast<uint32_t>(type_numbers_all.size()),
                       static_cast<uint32_t>(numbers.size())};
  type_numbers_all.insert(type_numbers_all.end(), numbers.begin(), numbers.end());
  return run;
}

std::string ImageWriter::bytes() const {
  using image::Section;
  image::Header header;
  std::memcpy(header.mark.data(), image::magic.data(), header.mark.size());
  std::string out(sizeof header, '\0');
  append(out, header, Section::types, types);
  append(out, header, Section::type_slots, type_slots);
  append(out, header, Section::elements, elements);
  append(out, header, Section::element_slots, element_slots);
  append(out, header, Section::type_numbers, type_numbers_all);
  append(out, header, Section::resource_types, resource_types);
  append(out, header, Section::value_sets, value_sets);
  append(out, header, Section::value_set_slots, value_set_slots);
  append(out, header, Section::concepts, concepts);
  append(out, header, Section::concept_slots, concept_slots);
  append(out, header, Section::parameters, parameters);
  append(out, header, Section::parameter_lists, parameter_lists);
  append(out, header, Section::components, components);
  append(out, header, Section::links, links);
  append(out, header, Section::characters,
         std::vector<char>(characters_.begin(), characters_.end()));
  header.bytes = out.size();
  header.sum = image::hash(std::string_view(out).substr(sizeof header));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

}  // namespace tasuki::fhir
