#include "fhir/terminology/mapping.h"

#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

namespace tasuki::fhir::terminology {
namespace {

Error refused(std::string_view why) {
  return {Error::Kind::invalid,
          fmt::format("The terminology image cannot be used: {}. Build or load it anew.", why),
          {}};
}

template <class Record>
bool take(std::span<const std::byte> bytes, image::Place place, std::span<const Record>& out) {
  if (place.offset % 8 != 0 || place.offset > bytes.size() ||
      place.bytes > bytes.size() - place.offset || place.bytes % sizeof(Record) != 0)
    return false;
  out = {reinterpret_cast<const Record*>(bytes.data() + place.offset),
         place.bytes / sizeof(Record)};
  return true;
}

}  // namespace

Result<std::shared_ptr<const Mapping>> Mapping::open(const std::filesystem::path& file) {
  const int handle = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (handle < 0)
    return Error{Error::Kind::not_found, "The terminology image is missing.", file.string()};
  struct stat status {};
  auto mapping = std::make_shared<Mapping>();
  if (::fstat(handle, &status) == 0 && status.st_size > 0) {
    mapping->mapped_bytes_ = static_cast<size_t>(status.st_size);
    mapping->mapped_ = ::mmap(nullptr, mapping->mapped_bytes_, PROT_READ, MAP_SHARED, handle, 0);
    if (mapping->mapped_ == MAP_FAILED) mapping->mapped_ = nullptr;
  }
  ::close(handle);
  if (mapping->mapped_ == nullptr)
    return Error{Error::Kind::unavailable, "The terminology image cannot be mapped.",
                 file.string()};
  auto read =
      mapping->read({static_cast<const std::byte*>(mapping->mapped_), mapping->mapped_bytes_});
  if (!read) return Error{read.error().kind, read.error().message, file.string()};
  return std::shared_ptr<const Mapping>(std::move(mapping));
}

Result<std::shared_ptr<const Mapping>> Mapping::over(std::string bytes) {
  auto mapping = std::make_shared<Mapping>();
  mapping->owned_ = std::move(bytes);
  TRY(mapping->read(std::as_bytes(std::span(mapping->owned_))));
  return std::shared_ptr<const Mapping>(std::move(mapping));
}

Mapping::~Mapping() {
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_bytes_);
}

Result<void> Mapping::read(std::span<const std::byte> bytes) {
  image::Header header;
  if (bytes.size() < sizeof header) return refused("it is too short");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string_view(header.mark.data(), header.mark.size()) != image::magic)
    return refused("it is something else");
  if (header.format != image::version || header.sections != image::section_count)
    return refused("it has another format");
  if (header.bytes != bytes.size()) return refused("it is cut short");
  const auto place = [&](image::Section section) {
    return header.places[static_cast<size_t>(section)];
  };
  std::span<const char> text;
  const bool whole = take(bytes, place(image::Section::systems), systems) &&
                     take(bytes, place(image::Section::value_sets), value_sets) &&
                     take(bytes, place(image::Section::concept_maps), concept_maps) &&
                     take(bytes, place(image::Section::names), names) &&
                     take(bytes, place(image::Section::concepts), concepts) &&
                     take(bytes, place(image::Section::slots), slots) &&
                     take(bytes, place(image::Section::up), up) &&
                     take(bytes, place(image::Section::down), down) &&
                     take(bytes, place(image::Section::designations), designations) &&
                     take(bytes, place(image::Section::properties), properties) &&
                     take(bytes, place(image::Section::characters), text);
  if (!whole) return refused("a section lies outside");
  characters = {text.data(), text.size()};
  return {};
}

}  // namespace tasuki::fhir::terminology
