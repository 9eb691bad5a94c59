#include "fhir/terminology/terminology.h"

#include <algorithm>

#include <fmt/core.h>

#include "fhir/terminology/composed.h"
#include "fhir/terminology/expand.h"
#include "fhir/terminology/language.h"

namespace tasuki::fhir::terminology {
namespace {

// The newest of those a pattern allows; of equal versions the first, which is the later image's.
template <class T>
const T* newest(const std::vector<const T*>* among, std::string_view pattern) {
  const T* best = nullptr;
  if (among == nullptr) return best;
  for (const T* one : *among) {
    if (!pattern.empty() && !matches_version(pattern, one->version())) continue;
    if (best == nullptr || is_older(best->version(), one->version())) best = one;
  }
  return best;
}

template <class Map>
auto* found(const Map& map, std::string_view key) {
  const auto place = map.find(key);
  return place == map.end() ? nullptr : &place->second;
}

}  // namespace

std::shared_ptr<const Terminology> Terminology::make(std::vector<Image> images,
                                                     std::shared_ptr<const Terminology> below) {
  std::shared_ptr<Terminology> made(new Terminology);
  made->images_ = std::move(images);
  made->below_ = std::move(below);
  for (auto image = made->images_.rbegin(); image != made->images_.rend(); ++image) {
    const Mapping& mapping = **image;
    for (const image::System& record : mapping.systems) {
      const CodeSystem& system = made->systems_.emplace_back(mapping, record);
      if (system.is_supplement())
        made->supplements_by_url_[Canonical::of(system.supplements()).url].push_back(&system);
      made->systems_by_url_[system.url()].push_back(&system);
    }
    for (const image::Definition& record : mapping.value_sets) {
      const Kept& set = made->value_sets_.emplace_back(mapping, record);
      made->value_sets_by_url_[set.url()].push_back(&set);
    }
    for (const image::Definition& record : mapping.concept_maps) {
      const Kept& map = made->concept_maps_.emplace_back(mapping, record);
      made->concept_maps_by_url_[map.url()].push_back(&map);
    }
  }
  // An alias keeps the name that was given first: our own table lies lowest.
  for (const Image& image : made->images_)
    for (const image::Name& name : image->names)
      made->names_.try_emplace(image->text(name.alias), image->text(name.name));
  for (const auto& [alias, name] : made->names_)
    made->aliases_[name].push_back(alias);
  for (const Kept& set : made->value_sets_)
    made->cells_[&set];
  if (made->below_)  // a value set below may import what is new above, so it is compiled anew
    for (const Kept* set : made->below_->value_sets())
      made->cells_[set];
  return made;
}

Terminology::~Terminology() {
  for (auto& [set, cell] : cells_)
    delete cell.composed.load();
}

const CodeSystem* Terminology::code_system(std::string_view canonical) const {
  const Canonical name = Canonical::of(canonical);
  return code_system(name.url, name.version);
}

const CodeSystem* Terminology::code_system(std::string_view url, std::string_view version) const {
  if (const CodeSystem* one = newest(found(systems_by_url_, url), version)) {
    if (!version.empty() || !below_) return one;
    const CodeSystem* other = below_->code_system(url, version);
    return other != nullptr && is_older(one->version(), other->version()) ? other : one;
  }
  if (below_)
    if (const CodeSystem* one = below_->code_system(url, version)) return one;
  // Defined here under another of its names?
  for (const std::string_view name : names_of(url)) {
    if (name == url) continue;
    for (const Terminology* layer = this; layer != nullptr; layer = layer->below_.get())
      if (const CodeSystem* one = newest(found(layer->systems_by_url_, name), version)) return one;
  }
  return nullptr;
}

const Kept* Terminology::value_set(std::string_view canonical) const {
  const Canonical name = Canonical::of(canonical);
  const Kept* one = newest(found(value_sets_by_url_, name.url), name.version);
  if (!below_) return one;
  const Kept* other = below_->value_set(canonical);
  if (one == nullptr || other == nullptr) return one == nullptr ? other : one;
  return is_older(one->version(), other->version()) ? other : one;
}

const Kept* Terminology::concept_map(std::string_view canonical) const {
  const Canonical name = Canonical::of(canonical);
  const Kept* one = newest(found(concept_maps_by_url_, name.url), name.version);
  return one == nullptr && below_ ? below_->concept_map(canonical) : one;
}

std::vector<const CodeSystem*> Terminology::supplements_of(const CodeSystem& system) const {
  std::vector<const CodeSystem*> all;
  if (const auto* list = found(supplements_by_url_, system.url()))
    for (const CodeSystem* one : *list) {
      const std::string_view version = Canonical::of(one->supplements()).version;
      if (version.empty() || version == system.version()) all.push_back(one);
    }
  if (below_) std::ranges::copy(below_->supplements_of(system), std::back_inserter(all));
  return all;
}

std::vector<std::string_view> Terminology::versions_of(std::string_view url) const {
  std::vector<std::string_view> all;
  if (const auto* list = found(systems_by_url_, url))
    for (const CodeSystem* one : *list)
      all.push_back(one->version());
  if (below_) std::ranges::copy(below_->versions_of(url), std::back_inserter(all));
  std::ranges::sort(all, is_older);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<const CodeSystem*> Terminology::code_systems() const {
  std::vector<const CodeSystem*> all;
  for (const CodeSystem& one : systems_)
    all.push_back(&one);
  if (below_) std::ranges::copy(below_->code_systems(), std::back_inserter(all));
  return all;
}

std::vector<const Kept*> Terminology::value_sets() const {
  std::vector<const Kept*> all;
  for (const Kept& one : value_sets_)
    all.push_back(&one);
  if (below_) std::ranges::copy(below_->value_sets(), std::back_inserter(all));
  return all;
}

std::vector<const Kept*> Terminology::concept_maps() const {
  std::vector<const Kept*> all;
  for (const Kept& one : concept_maps_)
    all.push_back(&one);
  if (below_) std::ranges::copy(below_->concept_maps(), std::back_inserter(all));
  return all;
}

std::string_view Terminology::name_of(std::string_view system) const {
  if (below_)
    if (const std::string_view name = below_->name_of(system); name != system) return name;
  const std::string_view* name = found(names_, system);
  return name == nullptr ? system : *name;
}

std::vector<std::string_view> Terminology::names_of(std::string_view system) const {
  std::vector<std::string_view> all{system};
  const std::string_view name = name_of(system);
  if (name != system) all.push_back(name);
  for (const Terminology* layer = this; layer != nullptr; layer = layer->below_.get())
    if (const auto* aliases = found(layer->aliases_, name))
      for (const std::string_view alias : *aliases)
        if (std::ranges::find(all, alias) == all.end()) all.push_back(alias);
  return all;
}

// Two threads may compile the same value set at once; one of the two results is kept.
const Composed& Terminology::composed(const Kept& value_set) const {
  std::atomic<const Composed*>& cell = cells_.at(&value_set).composed;
  if (const Composed* known = cell.load(std::memory_order_acquire)) return *known;
  static const VersionRules no_rules;
  auto made = std::make_unique<Composed>(*compose(value_set.resource(), {*this, no_rules}));
  const Composed* standing = nullptr;
  if (cell.compare_exchange_strong(standing, made.get(), std::memory_order_acq_rel))
    return *made.release();
  return *standing;
}

const Composed* Terminology::composed(std::string_view canonical) const {
  const Kept* set = value_set(canonical);
  return set == nullptr ? nullptr : &composed(*set);
}

Truth Terminology::contains(std::string_view value_set, std::string_view system,
                            std::string_view code) const {
  const Composed* set = composed(value_set);
  return set == nullptr ? Truth::unknown : set->contains(name_of(system), code);
}

Truth Terminology::is_code(std::string_view system, std::string_view code) const {
  const CodeSystem* one = code_system(system);
  const Grammar* grammar = grammar_of(name_of(system));
  if (grammar != nullptr && (one == nullptr || one->is_not_present()))
    return grammar->parse(code) ? Truth::yes : Truth::no;
  if (one == nullptr) return Truth::unknown;
  if (one->find(code)) return Truth::yes;
  return one->is_fragment() || one->is_not_present() ? Truth::unknown : Truth::no;
}

Truth Terminology::subsumes(std::string_view system, std::string_view ancestor,
                            std::string_view code) const {
  const CodeSystem* one = code_system(system);
  if (one == nullptr) return Truth::unknown;
  const auto above = one->find(ancestor), below = one->find(code);
  if (!above || !below) return Truth::unknown;
  return one->is_within(*below, *above) ? Truth::yes : Truth::no;
}

std::string Terminology::display(std::string_view system, std::string_view code,
                                 std::string_view languages) const {
  const CodeSystem* one = code_system(system);
  if (one == nullptr) {
    const Grammar* grammar = grammar_of(name_of(system));
    return grammar != nullptr && grammar->parse(code) ? grammar->display(code) : std::string();
  }
  const auto number = one->find(code);
  if (!number) return {};
  return std::string(Words(*one, *number, supplements_of(*one)).display(Languages::of(languages)));
}

Verdict Terminology::validate(std::string_view value_set, const Coding& coding,
                              std::string_view languages) const {
  Verdict verdict;
  const CodeSystem* system = code_system(coding.system, coding.version);
  const auto number = system == nullptr ? std::nullopt : system->find(coding.code);
  verdict.truth = value_set.empty() ? is_code(coding.system, coding.code)
                                    : contains(value_set, coding.system, coding.code);
  if (verdict.truth == Truth::no)
    verdict.reasons.push_back(
        {.kind = value_set.empty() || (system != nullptr && !number) ? "invalid-code" : "not-in-vs",
         .message = value_set.empty()
                        ? fmt::format("Unknown code '{}' in the code system '{}'.", coding.code,
                                      coding.system)
                        : fmt::format("The code '{}#{}' is not in the value set '{}'.",
                                      coding.system, coding.code, value_set),
         .message_ja =
             value_set.empty()
                 ? fmt::format("コード「{}」は {} にありません。", coding.code, coding.system)
                 : fmt::format("コード「{}」({})は値セット {} にありません。", coding.code,
                               coding.system, value_set)});
  if (!number) return verdict;
  const Words words(*system, *number, supplements_of(*system));
  verdict.display = words.display(Languages::of(languages));
  if (!coding.display.empty() && !words.has(coding.display))
    verdict.reasons.push_back(
        {.is_error = false,
         .kind = "invalid-display",
         .message = fmt::format("The display '{}' of {}#{} should be '{}'.", coding.display,
                                coding.system, coding.code, verdict.display),
         .message_ja = fmt::format("{} の「{}」の表示名は「{}」ではなく「{}」です。", coding.system,
                                   coding.code, coding.display, verdict.display)});
  return verdict;
}

Result<std::vector<Member>> Terminology::members(std::string_view value_set,
                                                 size_t count_max) const {
  const Composed* set = composed(value_set);
  if (set == nullptr)
    return Error{
        Error::Kind::not_found, fmt::format("The value set {} is not installed.", value_set), {}};
  return members_of(*set, count_max);
}

}  // namespace tasuki::fhir::terminology
