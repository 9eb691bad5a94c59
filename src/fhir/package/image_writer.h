// Collects the records of a definitions image and lays them out. model/image.h says how.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/model/image.h"

namespace tasuki::fhir {

// A hash table over records already collected: slot_of(i) is the hash of record i.
std::vector<uint32_t> slots(size_t count, const std::vector<uint64_t>& hashes);

class ImageWriter {
 public:
  image::Text text(std::string_view text);  // the same text is kept once
  std::string_view view(image::Text text) const {
    return std::string_view(characters_).substr(text.offset, text.size);
  }
  image::Run type_numbers(const std::vector<uint16_t>& numbers);

  std::vector<image::Type> types;
  std::vector<uint32_t> type_slots;
  std::vector<image::Element> elements;
  std::vector<uint32_t> element_slots;
  std::vector<uint16_t> type_numbers_all;
  std::vector<uint16_t> resource_types;
  std::vector<image::ValueSet> value_sets;
  std::vector<uint32_t> value_set_slots;
  std::vector<image::Concept> concepts;
  std::vector<uint32_t> concept_slots;
  std::vector<image::Parameter> parameters;
  std::vector<uint32_t> parameter_lists;
  std::vector<image::Component> components;
  std::vector<image::Text> links;

  std::string bytes() const;

 private:
  std::string characters_;
  std::unordered_map<std::string, image::Text> texts_;
};

}  // namespace tasuki::fhir
