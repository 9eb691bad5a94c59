// A terminology image in memory: a mapped file or bytes, its sections as arrays of records.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "fhir/terminology/image.h"

namespace tasuki::fhir::terminology {

class Mapping {
 public:
  static Result<std::shared_ptr<const Mapping>> open(const std::filesystem::path& file);
  static Result<std::shared_ptr<const Mapping>> over(std::string bytes);

  std::span<const image::System> systems;
  std::span<const image::Definition> value_sets, concept_maps;
  std::span<const image::Name> names;
  std::span<const image::Concept> concepts;
  std::span<const uint32_t> slots;
  std::span<const image::Edge> up, down;
  std::span<const image::Designation> designations;
  std::span<const image::Property> properties;
  std::string_view characters;

  // Empty when the record points outside.
  std::string_view text(image::Text text) const {
    if (text.offset > characters.size() || text.size > characters.size() - text.offset) return {};
    return characters.substr(text.offset, text.size);
  }
  template <class Record>
  static std::span<const Record> run(std::span<const Record> all, image::Run run) {
    if (run.first > all.size() || run.count > all.size() - run.first) return {};
    return all.subspan(run.first, run.count);
  }

  Mapping() = default;
  ~Mapping();
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

 private:
  Result<void> read(std::span<const std::byte> bytes);

  std::string owned_;
  void* mapped_ = nullptr;
  size_t mapped_bytes_ = 0;
};

}  // namespace tasuki::fhir::terminology
