// What a Compiler has gathered, as the bytes of an image.
#include <algorithm>
#include <fstream>

#include "fhir/terminology/compile.h"

namespace tasuki::fhir::terminology {
namespace {

class Layout {
 public:
  template <class Records>
  void add(image::Section section, const Records& records) {
    const std::span bytes = std::as_bytes(std::span(records));
    header.places[static_cast<size_t>(section)] = {header.bytes, bytes.size()};
    parts.push_back(bytes);
    header.bytes += (bytes.size() + 7) / 8 * 8;
  }
  template <class Sink>
  void each(Sink&& sink) const {
    constexpr std::array<char, 8> zeros{};
    sink(reinterpret_cast<const char*>(&header), sizeof header);
    for (const auto part : parts) {
      sink(reinterpret_cast<const char*>(part.data()), part.size());
      sink(zeros.data(), (8 - part.size() % 8) % 8);
    }
  }

  image::Header header{.bytes = sizeof(image::Header)};

 private:
  std::vector<std::span<const std::byte>> parts;
};

}  // namespace

template <class Sink>
void Compiler::put(Sink&& sink) const {
  Layout layout;
  std::copy(image::magic.begin(), image::magic.end(), layout.header.mark.begin());
  layout.add(image::Section::systems, systems_);
  layout.add(image::Section::value_sets, value_sets_);
  layout.add(image::Section::concept_maps, concept_maps_);
  layout.add(image::Section::names, names_);
  layout.add(image::Section::concepts, concepts_);
  layout.add(image::Section::slots, slots_);
  layout.add(image::Section::up, up_);
  layout.add(image::Section::down, down_);
  layout.add(image::Section::designations, designations_);
  layout.add(image::Section::properties, properties_);
  layout.add(image::Section::characters, characters_);
  layout.each(sink);
}

std::string Compiler::bytes() const {
  std::string out;
  put([&](const char* data, size_t size) { out.append(data, size); });
  return out;
}

Result<void> Compiler::write(const std::filesystem::path& file) const {
  std::filesystem::path part = file;
  part += ".part";
  std::ofstream out(part, std::ios::binary | std::ios::trunc);
  put([&](const char* data, size_t size) { out.write(data, static_cast<std::streamsize>(size)); });
  out.close();
  std::error_code failed;
  if (out) std::filesystem::rename(part, file, failed);
  if (!out || failed)
    return Error{Error::Kind::unavailable, "The terminology image cannot be written.",
                 file.string()};
  return {};
}

}  // namespace tasuki::fhir::terminology
