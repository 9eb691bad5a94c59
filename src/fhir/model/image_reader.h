// A definitions image, mapped and checked: the sections as arrays of records. image.h describes the
// bytes.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "fhir/model/image.h"

namespace tasuki::fhir {

class ImageReader {
 public:
  static Result<ImageReader> open(const std::filesystem::path& file);

  // The same over bytes that outlive the reader, aligned to 8.
  static Result<ImageReader> over(std::span<const std::byte> bytes);

  std::string_view text(image::Text text) const {
    return {characters.data() + text.offset, text.size};
  }

  std::span<const image::Type> types;
  std::span<const uint32_t> type_slots;
  std::span<const image::Element> elements;
  std::span<const uint32_t> element_slots;
  std::span<const uint16_t> type_numbers, resource_types;
  std::span<const image::ValueSet> value_sets;
  std::span<const uint32_t> value_set_slots;
  std::span<const image::Concept> concepts;
  std::span<const uint32_t> concept_slots;
  std::span<const image::Parameter> parameters;
  std::span<const uint32_t> parameter_lists;
  std::span<const image::Component> components;
  std::span<const image::Text> links;
  std::span<const char> characters;

 private:
  std::shared_ptr<const void> mapping_;  // unmapped with the last reader
};

}  // namespace tasuki::fhir
