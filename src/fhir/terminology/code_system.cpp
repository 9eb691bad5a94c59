#include "fhir/terminology/code_system.h"

#include <algorithm>
#include <bit>

#include "fhir/terminology/text.h"
#include "json/parse.h"

namespace tasuki::fhir::terminology {
namespace {

std::span<const image::Edge> edges_from(std::span<const image::Edge> edges, uint32_t from) {
  const auto range = std::ranges::equal_range(edges, from, {}, &image::Edge::from);
  return {range.begin(), range.end()};
}

}  // namespace

std::string Kept::canonical() const {
  std::string text(url());
  if (!version().empty()) text.append("|").append(version());
  return text;
}

const json::Value& Kept::resource() const {
  std::call_once(once_, [&] {
    // The image's own JSON; one that was damaged on disk is an empty resource.
    if (auto parsed = json::parse(mapping_.text(record_.json))) document_ = *std::move(parsed);
  });
  return document_.root;
}

CodeSystem::CodeSystem(const Mapping& mapping, const image::System& record)
    : Kept(mapping, record.definition),
      record_(record),
      concepts_(Mapping::run(mapping.concepts, record.concepts)),
      slots_(Mapping::run(mapping.slots, record.slots)),
      up_(Mapping::run(mapping.up, record.up)),
      down_(Mapping::run(mapping.down, record.down)) {
  if (!std::has_single_bit(slots_.size())) slots_ = {};
}

std::optional<uint32_t> CodeSystem::find(std::string_view code) const {
  if (slots_.empty()) return std::nullopt;
  std::string folded;
  if (ignores_case()) {
    folded = code;
    std::ranges::transform(folded, folded.begin(), lower);
  }
  const size_t mask = slots_.size() - 1;
  size_t slot = image::hash(ignores_case() ? std::string_view(folded) : code) & mask;
  for (size_t step = 0; step <= mask; ++step, slot = (slot + 1) & mask) {
    const uint32_t number = slots_[slot];
    if (number >= concepts_.size()) return std::nullopt;
    const std::string_view known = this->code(number);
    if (known == code || (ignores_case() && same_letters(known, code))) return number;
  }
  return std::nullopt;
}

std::string_view CodeSystem::status(uint32_t number) const {
  for (const image::Property& property : properties(number))
    if (text(property.code) == "status") return text(property.value);
  return {};
}

std::span<const image::Designation> CodeSystem::designations(uint32_t number) const {
  return Mapping::run(mapping_.designations, concepts_[number].designations);
}

std::span<const image::Property> CodeSystem::properties(uint32_t number) const {
  return Mapping::run(mapping_.properties, concepts_[number].properties);
}

std::optional<uint32_t> CodeSystem::parent(uint32_t number) const {
  const uint32_t parent = concepts_[number].parent;
  if (parent >= concepts_.size()) return std::nullopt;
  return parent;
}

std::vector<uint32_t> CodeSystem::parents(uint32_t number) const {
  std::vector<uint32_t> all;
  if (const auto one = parent(number)) all.push_back(*one);
  for (const image::Edge& edge : edges_from(up_, number))
    if (edge.to < concepts_.size()) all.push_back(edge.to);
  return all;
}

std::vector<uint32_t> CodeSystem::children(uint32_t number) const {
  std::vector<uint32_t> all;
  const uint32_t last = std::min<uint32_t>(concepts_[number].end, size());
  for (uint32_t child = number + 1; child < last;) {
    all.push_back(child);
    child = std::max(child + 1, concepts_[child].end);
  }
  for (const image::Edge& edge : edges_from(down_, number))
    if (edge.to < concepts_.size()) all.push_back(edge.to);
  return all;
}

bool CodeSystem::is_within(uint32_t number, uint32_t ancestor) const {
  if (number >= ancestor && number < concepts_[ancestor].end) return true;
  if (number == ancestor) return true;
  if (up_.empty()) return false;
  std::vector<bool> seen(size());
  std::vector<uint32_t> open{number};
  while (!open.empty()) {  // ends: each concept is opened once
    const uint32_t one = open.back();
    open.pop_back();
    if (one == ancestor) return true;
    if (seen[one]) continue;
    seen[one] = true;
    std::ranges::copy(parents(one), std::back_inserter(open));
  }
  return false;
}

void CodeSystem::mark_within(uint32_t ancestor, std::vector<bool>& marks) const {
  marks.resize(size());
  std::vector<uint32_t> open{ancestor};
  std::vector<bool> seen(size());
  while (!open.empty()) {
    const uint32_t one = open.back();
    open.pop_back();
    if (seen[one]) continue;
    seen[one] = true;
    marks[one] = true;
    std::ranges::copy(children(one), std::back_inserter(open));
  }
}

}  // namespace tasuki::fhir::terminology
