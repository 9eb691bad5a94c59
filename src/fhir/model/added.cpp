#include "fhir/model/added.h"

#include <algorithm>
#include <functional>

namespace tasuki::fhir {
namespace {

bool is_for(const Definitions& definitions, const SearchParameter& parameter, TypeId type) {
  for (auto at = type; at != no_type; at = definitions.parent(at)) {
    if (std::ranges::find(parameter.bases, at) != parameter.bases.end()) return true;
    if (definitions.name(at) == "Resource") break;
  }
  return false;
}

}  // namespace

std::string AddedParameter::identity() const {
  std::string text = url + "\n" + code + "\n" + expression + "\n" +
                     std::to_string(static_cast<unsigned>(type)) + "\n";
  for (const auto base : bases)
    text += std::to_string(static_cast<unsigned>(base)) + " ";
  for (const auto& part : parts)
    text += "\n" + part.definition + "\n" + part.expression;
  return text;
}

// The same definition keeps its number from table to table: what a reader was given stays
// comparable.
uint32_t AddedParameters::number_of(const std::string& identity, uint32_t first) {
  const auto found = std::ranges::find(identities_, identity);
  const auto place = static_cast<uint32_t>(found - identities_.begin());
  if (found == identities_.end()) identities_.push_back(identity);
  return first + place;
}

void AddedParameters::replace(const Definitions& definitions, std::vector<AddedParameter> all,
                              uint32_t number, const ListOf& list_of) {
  const std::lock_guard lock(mutex_);
  auto table = std::make_unique<Table>();
  table->texts = std::move(all);
  for (const auto& text : table->texts) {
    auto& components = table->components.emplace_back();
    for (const auto& part : text.parts)
      components.push_back({part.definition, part.expression});
    table->parameters.push_back({.number = number_of(text.identity(), number),
                                 .url = text.url,
                                 .code = text.code,
                                 .expression = text.expression,
                                 .type = text.type,
                                 .bases = text.bases,
                                 .targets = text.targets,
                                 .components = components,
                                 .is_ready = text.is_ready,
                                 .percent = text.percent.get()});
  }
  const Table* before = now_.load();
  std::vector<TypeId> types(definitions.resource_types().begin(),
                            definitions.resource_types().end());
  for (const std::string_view name : {"Resource", "DomainResource"}) {
    if (const auto type = definitions.type(name)) types.push_back(*type);
  }
  size_t count = 0;
  for (const auto type : types)
    count = std::max(count, static_cast<size_t>(type) + 1);
  table->lists.resize(count);
  table->generations.resize(count);
  for (const auto type : types) {
    const auto place = static_cast<size_t>(type);
    auto& list = table->lists[place];
    for (const auto& parameter : table->parameters) {
      if (is_for(definitions, parameter, type)) list.push_back(&parameter);
    }
    const bool had = before != nullptr && !before->lists[place].empty();
    table->generations[place] = before == nullptr ? 0 : before->generations[place];
    if (!list.empty() || had) ++table->generations[place];
    if (list.empty()) continue;
    std::ranges::copy(list_of(type), std::back_inserter(list));
    std::ranges::sort(list, {}, [](const SearchParameter* one) { return one->code; });
  }
  now_.store(table.get());
  tables_.push_back(std::move(table));
}

std::optional<std::span<const SearchParameter* const>> AddedParameters::of(TypeId resource) const {
  const Table* table = now_.load();
  const auto place = static_cast<size_t>(resource);
  if (table == nullptr || place >= table->lists.size() || table->lists[place].empty())
    return std::nullopt;
  return std::span<const SearchParameter* const>(table->lists[place]);
}

uint32_t AddedParameters::generation(TypeId resource) const {
  const Table* table = now_.load();
  const auto place = static_cast<size_t>(resource);
  return table == nullptr || place >= table->generations.size() ? 0 : table->generations[place];
}

}  // namespace tasuki::fhir
