// Value sets to lists of codes. FHIR R4 valueset.html#compositions, codesystem.html.
//
// A value set is enumerable when every part of it is: codes written out, whole code systems at
// hand, is-a and descendent-of over those, other enumerable value sets. Otherwise it stays
// unanswerable here, never half-answered.
#include <algorithm>
#include <set>
#include <utility>

#include "fhir/package/parts.h"

namespace tasuki::fhir {
namespace {

using Code = std::pair<std::string_view, std::string_view>;  // code first: the table is by code
using Codes = std::set<Code>;

struct CodeSystem {
  struct Entry {
    std::string_view code;
    std::vector<std::string_view> above;  // direct parents
  };
  std::vector<Entry> entries;
  std::unordered_map<std::string_view, size_t> by_code;
};

void read_concepts(const json::Value* concepts, std::string_view above, CodeSystem& system) {
  if (concepts == nullptr) return;
  for (const json::Value& one : concepts->items()) {
    CodeSystem::Entry entry{one.text_of("code"), {}};
    if (!above.empty()) entry.above.push_back(above);
    if (const json::Value* properties = one.find("property")) {
      for (const json::Value& property : properties->items()) {
        const std::string_view name = property.text_of("code");
        if (name == "subsumedBy" || name == "parent")
          entry.above.push_back(property.text_of("valueCode"));
      }
    }
    system.by_code.emplace(entry.code, system.entries.size());
    system.entries.push_back(entry);
    read_concepts(one.find("concept"), entry.code, system);
  }
}

class Terminology {
 public:
  Terminology(const Resources& value_sets, const Resources& code_systems);
  std::optional<Codes> expand(std::string_view canonical);

 private:
  std::optional<Codes> expand_parts(const json::Value& compose);
  std::optional<Codes> part(const json::Value& part);
  std::optional<Codes> of_system(const json::Value& part, std::string_view system);
  std::optional<Codes> filtered(const CodeSystem& system, std::string_view url,
                                const json::Value& filter) const;

  std::unordered_map<std::string_view, const json::Value*> value_sets_;
  std::unordered_map<std::string_view, CodeSystem> systems_;
  std::unordered_map<std::string_view, std::optional<Codes>> done_;
  std::set<std::string_view> open_;  // a value set that includes itself is not enumerable
};

Terminology::Terminology(const Resources& value_sets, const Resources& code_systems) {
  for (const json::Value* set : value_sets)
    value_sets_.emplace(set->text_of("url"), set);
  for (const json::Value* system : code_systems) {
    if (system->text_of("content") != "complete")
      continue;  // a fragment or an example does not say what is wrong
    read_concepts(system->find("concept"), {}, systems_[system->text_of("url")]);
  }
}

std::optional<Codes> Terminology::expand(std::string_view canonical) {
  const std::string_view url = without_version(canonical);
  if (const auto known = done_.find(url); known != done_.end()) return known->second;
  const auto set = value_sets_.find(url);
  if (set == value_sets_.end() || !open_.insert(url).second) return std::nullopt;
  const json::Value* compose = set->second->find("compose");
  auto codes = compose == nullptr ? std::nullopt : expand_parts(*compose);
  open_.erase(url);
  return done_[url] = std::move(codes);
}

std::optional<Codes> Terminology::expand_parts(const json::Value& compose) {
  Codes codes;
  if (const json::Value* includes = compose.find("include")) {
    for (const json::Value& include : includes->items()) {
      auto more = part(include);
      if (!more) return std::nullopt;
      codes.merge(*more);
    }
  }
  if (const json::Value* excludes = compose.find("exclude")) {
    for (const json::Value& exclude : excludes->items()) {
      const auto fewer = part(exclude);
      if (!fewer) return std::nullopt;
      for (const Code& code : *fewer)
        codes.erase(code);
    }
  }
  return codes;
}

// "Within a single include, all the criteria apply": the codes of the system that are in each value
// set.
std::optional<Codes> Terminology::part(const json::Value& part) {
  std::optional<Codes> codes;
  if (const std::string_view system = part.text_of("system"); !system.empty()) {
    codes = of_system(part, system);
    if (!codes) return std::nullopt;
  }
  if (const json::Value* sets = part.find("valueSet")) {
    for (const json::Value& set : sets->items()) {
      auto other = expand(set.text());
      if (!other) return std::nullopt;
      if (codes) std::erase_if(*other, [&](const Code& code) { return !codes->contains(code); });
      codes = std::move(other);
    }
  }
  return codes;
}

std::optional<Codes> Terminology::of_system(const json::Value& part, std::string_view url) {
  Codes codes;
  if (const json::Value* concepts = part.find("concept")) {
    for (const json::Value& one : concepts->items())
      codes.emplace(one.text_of("code"), url);
    return codes;
  }
  const auto system = systems_.find(url);
  if (system == systems_.end()) return std::nullopt;
  for (const CodeSystem::Entry& entry : system->second.entries)
    codes.emplace(entry.code, url);
  const json::Value* filters = part.find("filter");
  if (filters == nullptr) return codes;
  for (const json::Value& filter : filters->items()) {
    const auto kept = filtered(system->second, url, filter);
    if (!kept) return std::nullopt;
    std::erase_if(codes, [&](const Code& code) { return !kept->contains(code); });
  }
  return codes;
}

std::optional<Codes> Terminology::filtered(const CodeSystem& system, std::string_view url,
                                           const json::Value& filter) const {
  const std::string_view operation = filter.text_of("op");
  const bool is_hierarchic =
      operation == "is-a" || operation == "descendent-of" || operation == "is-not-a";
  if (filter.text_of("property") != "concept" || !is_hierarchic) return std::nullopt;
  const std::string_view root = filter.text_of("value");

  std::set<std::string_view> below{root};
  for (bool grew = true; grew;) {  // ends: each round adds a code or is the last
    grew = false;
    for (const CodeSystem::Entry& entry : system.entries) {
      const bool is_below = std::ranges::any_of(
          entry.above, [&](std::string_view code) { return below.contains(code); });
      if (is_below) grew |= below.insert(entry.code).second;
    }
  }
  if (operation == "descendent-of") below.erase(root);
  Codes codes;
  for (const CodeSystem::Entry& entry : system.entries) {
    if (below.contains(entry.code) != (operation == "is-not-a")) codes.emplace(entry.code, url);
  }
  return codes;
}

}  // namespace

ValueSetNumbers compile_terminology(const Resources& value_sets, const Resources& code_systems,
                                    ImageWriter& writer) {
  Terminology terminology(value_sets, code_systems);
  std::map<Code, uint32_t> concepts;
  std::map<std::vector<uint32_t>, image::Run> tables;  // many value sets are the same list
  ValueSetNumbers numbers;
  for (const json::Value* set : value_sets) {
    const std::string_view url = set->text_of("url");
    if (!numbers.try_emplace(std::string(url), static_cast<uint32_t>(writer.value_sets.size()))
             .second)
      continue;
    image::ValueSet record{.url = writer.text(url), .slots = {}};
    if (const auto codes = terminology.expand(url)) {
      std::vector<uint32_t> members;
      std::vector<uint64_t> hashes;
      for (const Code& code : *codes) {
        const auto [place, is_new] =
            concepts.try_emplace(code, static_cast<uint32_t>(writer.concepts.size()));
        if (is_new)
          writer.concepts.push_back(
              {.system = writer.text(code.second), .code = writer.text(code.first)});
        members.push_back(place->second);
        hashes.push_back(image::hash(code.first));
      }
      const auto [place, is_new] = tables.try_emplace(members);
      if (is_new) {
        std::vector<uint32_t> table = slots(members.size(), hashes);
        for (uint32_t& slot : table)
          slot = slot == image::empty ? slot : members[slot];
        place->second = {static_cast<uint32_t>(writer.concept_slots.size()),
                         static_cast<uint32_t>(table.size())};
        writer.concept_slots.insert(writer.concept_slots.end(), table.begin(), table.end());
      }
      record.slots = place->second;
    }
    writer.value_sets.push_back(record);
  }
  return numbers;
}

}  // namespace tasuki::fhir
