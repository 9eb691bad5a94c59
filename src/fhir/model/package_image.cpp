#include "fhir/model/package_image.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <tuple>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "fhir/model/bytes.h"
#include "fhir/model/image.h"

namespace tasuki::fhir {
namespace {

constexpr std::string_view package_magic = "tasukiP\n";
constexpr uint32_t format_version = 1;
constexpr size_t package_bytes_max = size_t{1} << 30;

struct PackageHeader {
  std::array<char, 8> mark{};
  uint32_t format = format_version, padding = 0;
  uint64_t bytes = 0, sum = 0;
};

Error unusable(std::string_view why) {
  return {Error::Kind::invalid,
          fmt::format("The compiled package cannot be used: {}. Add the package anew.", why),
          {}};
}

auto place_of(const PackageEntry& entry) {
  return std::tie(entry.type, entry.url);
}

void put_facts(std::string& out, const PackageFacts& facts) {
  for (const std::string* text :
       {&facts.id.name, &facts.id.version, &facts.canonical, &facts.title})
    put_text(out, *text);
  put_number(out, facts.dependencies.size());
  for (const PackageId& one : facts.dependencies) {
    put_text(out, one.name);
    put_text(out, one.version);
  }
  put_number(out, facts.outside.size());
  for (const std::string& one : facts.outside)
    put_text(out, one);
}

PackageFacts facts_from(ByteReader& in) {
  PackageFacts facts;
  for (std::string* text : {&facts.id.name, &facts.id.version, &facts.canonical, &facts.title})
    *text = in.text();
  facts.dependencies.resize(in.count());
  for (PackageId& one : facts.dependencies) {
    one.name = in.text();
    one.version = in.text();
  }
  facts.outside.resize(in.count());
  for (std::string& one : facts.outside)
    one = in.text();
  return facts;
}

// "1.10.0-pre2" -> {1, 10, 0} and "-pre2".
std::pair<std::vector<unsigned>, std::string_view> parts_of(std::string_view version) {
  std::vector<unsigned> numbers;
  while (!version.empty()) {
    unsigned number = 0;
    const auto [end, fault] =
        std::from_chars(version.data(), version.data() + version.size(), number);
    if (fault != std::errc()) break;
    numbers.push_back(number);
    version.remove_prefix(static_cast<size_t>(end - version.data()));
    if (!version.starts_with('.')) break;
    version.remove_prefix(1);
  }
  return {numbers, version};
}

}  // namespace

Result<PackageId> parse_package_id(std::string_view text) {
  const size_t mark = text.find('#');
  if (mark == std::string_view::npos || mark == 0 || mark + 1 == text.size()) {
    return Error{Error::Kind::invalid,
                 fmt::format("\"{}\" is not NAME#VERSION, as in jp-core.r4#1.2.0.", text),
                 {}};
  }
  return PackageId{std::string(text.substr(0, mark)), std::string(text.substr(mark + 1))};
}

bool is_older(std::string_view left, std::string_view right) {
  const auto [left_numbers, left_suffix] = parts_of(left);
  const auto [right_numbers, right_suffix] = parts_of(right);
  if (left_numbers != right_numbers) return left_numbers < right_numbers;
  if (left_suffix.empty() != right_suffix.empty()) return right_suffix.empty();
  return left_suffix < right_suffix;
}

std::string PackageImage::write(const PackageFacts& facts, std::vector<PackageEntry> entries) {
  std::ranges::stable_sort(entries, [](const auto& left, const auto& right) {
    return place_of(left) < place_of(right);
  });
  PackageHeader header;
  std::memcpy(header.mark.data(), package_magic.data(), package_magic.size());
  std::string out(sizeof header, '\0');
  put_facts(out, facts);
  put_number(out, entries.size());
  for (const PackageEntry& entry : entries) {
    for (const std::string_view text :
         {entry.type, entry.url, entry.version, entry.id, entry.name, entry.body})
      put_text(out, text);
    put_number(out, entry.sum);
  }
  header.bytes = out.size();
  header.sum = image::hash(std::string_view(out).substr(sizeof header));
  std::memcpy(out.data(), &header, sizeof header);
  return out;
}

Result<std::shared_ptr<const PackageImage>> PackageImage::over(std::span<const std::byte> bytes) {
  PackageHeader header;
  if (bytes.size() < sizeof header) return unusable("it is shorter than its header");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::string_view(header.mark.data(), header.mark.size()) != package_magic)
    return unusable("it is not one");
  if (header.format != format_version) return unusable("another version of this program wrote it");
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::string_view body = text.substr(sizeof header);
  if (header.bytes != bytes.size() || image::hash(body) != header.sum)
    return unusable("size or checksum do not agree");

  auto image = std::make_shared<PackageImage>();
  ByteReader in(body);
  image->facts_ = facts_from(in);
  image->entries_.resize(in.count());
  for (PackageEntry& entry : image->entries_) {
    for (std::string_view* field :
         {&entry.type, &entry.url, &entry.version, &entry.id, &entry.name, &entry.body})
      *field = in.text();
    entry.sum = in.number();
  }
  if (!in.is_sound() || !in.is_at_end()) return unusable("its entries contradict one another");
  return image;
}

const PackageEntry* PackageImage::find(std::string_view type, std::string_view url) const {
  const auto wanted = std::tie(type, url);
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), wanted,
      [](const PackageEntry& entry, const auto& place) { return place_of(entry) < place; });
  return found != entries_.end() && place_of(*found) == wanted ? &*found : nullptr;
}

Result<std::shared_ptr<const PackageImage>> PackageImage::open(const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{Error::Kind::not_found,
                 fmt::format("The compiled package {} cannot be opened.", file.string()),
                 {}};
  }
  struct stat facts {};
  const bool is_file = fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
  const auto size = is_file ? static_cast<size_t>(facts.st_size) : 0;
  void* const mapped = size == 0 || size > package_bytes_max
                           ? MAP_FAILED
                           : ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  ::close(descriptor);
  if (mapped == MAP_FAILED) return unusable("it is empty, too large or no file");
  const std::shared_ptr<const void> mapping(
      mapped, [size](const void* address) { ::munmap(const_cast<void*>(address), size); });
  const auto image = TRY(over({static_cast<const std::byte*>(mapped), size}));
  auto owner = std::make_shared<PackageImage>(*image);
  owner->mapping_ = mapping;
  return owner;
}

}  // namespace tasuki::fhir
