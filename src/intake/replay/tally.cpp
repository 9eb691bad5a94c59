#include "intake/replay/tally.h"

#include <algorithm>

#include <fmt/format.h>

#include "intake/replay/difference.h"
#include "json/parse.h"

namespace tasuki::intake {
namespace {

constexpr size_t elements_max = 40;
constexpr size_t kinds_max = 2000;  // of elements and of lines that are counted apart
constexpr size_t bits = size_t{1} << 27U;

// A trace knows the element below the block it stands in: "code" of "component[2].code". The line
// whose element covers most of the path wrote it; 0: none of them, a constant or something gone.
uint32_t place_of(const Converted& converted, uint32_t resource, std::string_view path) {
  uint32_t place = 0;
  size_t longest = 0;
  for (const Trace& trace : converted.traces) {
    if (trace.resource != resource || trace.element == nullptr || trace.element->empty()) continue;
    const std::string element = fmt::format(".{}.", fmt::join(*trace.element, "."));
    if (element.size() > longest && fmt::format(".{}.", path).contains(element)) {
      longest = element.size();
      place = trace.line;
    }
  }
  return place;
}

// "oru 1.2 line 12", or with the file a line was included from.
std::string line_text(const Converted& converted, uint32_t place) {
  const bool included = converted.program != nullptr && file_of(place) > 0 &&
                        file_of(place) < converted.program->files.size();
  return fmt::format("{}{}{} line {}", converted.mapping, included ? " " : "",
                     included ? converted.program->files[file_of(place)] : std::string(),
                     line_of(place));
}

void count(std::string_view key, uint64_t by, std::map<std::string, uint64_t>& counts) {
  const auto known = counts.find(std::string(key));
  if (known != counts.end()) {
    known->second += by;
  } else {
    counts[counts.size() < kinds_max ? std::string(key) : "…"] += by;
  }
}

}  // namespace

std::string tally_of(const fhir::Definitions& definitions, const Converted& converted,
                     uint32_t resource, std::string_view before, std::string_view after) {
  const auto left = json::parse(before), right = json::parse(after);
  if (!left || !right) return {};
  std::vector<std::string> lines;
  for (const auto& difference : differences(left->root, right->root, elements_max)) {
    const std::string path = without_places(difference.path);
    const uint32_t place = place_of(converted, resource, path);
    lines.push_back(fmt::format("{}.{}\t{}\n", definitions.name(converted.resources[resource].type),
                                path, place == 0 ? std::string() : line_text(converted, place)));
  }
  std::ranges::sort(lines);
  lines.erase(std::ranges::unique(lines).begin(), lines.end());
  return fmt::format("{}", fmt::join(lines, ""));
}

void add_tally(std::string_view tally, uint64_t by, ReplayCounts& counts) {
  while (!tally.empty()) {
    const auto line = tally.substr(0, tally.find('\n'));
    tally.remove_prefix(std::min(line.size() + 1, tally.size()));
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    count(line.substr(0, tab), by, counts.by_element);
    if (tab + 1 < line.size()) count(line.substr(tab + 1), by, counts.by_line);
  }
}

// Ids of records are hashes of business keys already; two halves of one more hash are enough.
void Filter::add(std::string_view id) {
  const size_t hash = std::hash<std::string_view>()(id);
  for (const size_t place : {hash % bits, (hash >> 32U) % bits})
    bits_[place / 64] |= uint64_t{1} << (place % 64);
}

bool Filter::may_have(std::string_view id) const {
  const size_t hash = std::hash<std::string_view>()(id);
  return std::ranges::all_of(
      std::initializer_list<size_t>{hash % bits, (hash >> 32U) % bits},
      [&](size_t place) { return (bits_[place / 64] >> (place % 64) & 1U) != 0; });
}

}  // namespace tasuki::intake
