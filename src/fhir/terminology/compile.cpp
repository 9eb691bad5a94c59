#include "fhir/terminology/compile.h"

#include <algorithm>
#include <bit>
#include <fstream>

#include <fmt/core.h>

#include "fhir/terminology/text.h"
#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr unsigned depth_max = 64;
constexpr std::string_view standards_status =
    "http://hl7.org/fhir/StructureDefinition/structuredefinition-standards-status";

}  // namespace

// codesystem.html#4.8.10: a property means what its uri says, whatever its code; without a
// declaration the code itself says it.
struct Compiler::Roles {
  std::string_view inactive = "inactive", status = "status", not_selectable = "notSelectable",
                   parent = "parent", child = "child", subsumed_by = "subsumedBy";

  explicit Roles(const json::Value& system) {
    const json::Value* declared = system.find("property");
    if (declared == nullptr) return;
    for (const json::Value& one : declared->items()) {
      std::string_view uri = one.text_of("uri");
      if (!uri.starts_with(concept_property)) continue;
      uri.remove_prefix(concept_property.size());
      const std::string_view code = one.text_of("code");
      if (uri == "inactive") inactive = code;
      if (uri == "status") status = code;
      if (uri == "notSelectable" || uri == "not-selectable") not_selectable = code;
      if (uri == "parent") parent = code;
      if (uri == "child") child = code;
    }
  }
};

Compiler::Compiler() {
  characters_.reserve(4096);
}

image::Text Compiler::text(std::string_view text) {
  if (text.empty()) return {};
  const image::Text place{static_cast<uint32_t>(characters_.size()),
                          static_cast<uint32_t>(text.size())};
  characters_.append(text);
  return place;
}

image::Text Compiler::shared(std::string_view value) {
  if (value.empty()) return {};
  if (const auto known = shared_.find(value); known != shared_.end()) return known->second;
  return shared_.emplace(std::string(value), text(value)).first->second;
}

std::string_view Compiler::view(image::Text text) const {
  return std::string_view(characters_).substr(text.offset, text.size);
}

// Without what is kept elsewhere (concepts) and what only people read (text).
image::Text Compiler::json_of(const json::Value& resource) {
  std::string out = "{";
  for (const json::Member& member : resource.members()) {
    if (member.name == "text" || member.name == "meta") continue;
    if (member.name == "concept" && resource.text_of("resourceType") == "CodeSystem") continue;
    if (out.size() > 1) out += ',';
    json::print_string(member.name, out);
    out += ':';
    json::print(member.value, out);
  }
  return text(out + '}');
}

image::Definition Compiler::definition(const json::Value& resource) {
  return {.url = text(resource.text_of("url")),
          .version = text(resource.text_of("version")),
          .json = json_of(resource)};
}

Result<void> Compiler::add(const json::Value& resource) {
  const std::string_view type = resource.text_of("resourceType");
  if (type == "NamingSystem") {
    naming(resource);
    return {};
  }
  if (type != "CodeSystem" && type != "ValueSet" && type != "ConceptMap") return {};
  if (characters_.size() > 0xe0000000)
    return Error{Error::Kind::too_costly, "A terminology image holds at most 3.5 GB of text.", {}};
  if (type == "ValueSet") value_sets_.push_back(definition(resource));
  if (type == "ConceptMap") concept_maps_.push_back(definition(resource));
  if (type == "CodeSystem") {
    if (resource.text_of("url").empty())
      return Error{Error::Kind::invalid, "A CodeSystem needs a url to be used.", "CodeSystem.url"};
    begin(resource);
    end();
  }
  return {};
}

void Compiler::name(std::string_view alias, std::string_view name) {
  names_.push_back({.alias = text(alias), .name = text(name)});
}

// namingsystem.html: the preferred uri is the name, each other uniqueId an alias of it.
void Compiler::naming(const json::Value& system) {
  const json::Value* ids = system.find("uniqueId");
  if (ids == nullptr) return;
  std::string_view main;
  for (const json::Value& id : ids->items()) {
    const json::Value* preferred = id.find("preferred");
    if (id.text_of("type") != "uri") continue;
    if (main.empty() || (preferred != nullptr && preferred->boolean())) main = id.text_of("value");
  }
  if (main.empty()) return;
  for (const json::Value& id : ids->items()) {
    const std::string_view value = id.text_of("value");
    if (value.empty() || value == main) continue;
    name(id.text_of("type") == "oid" && !value.starts_with("urn:oid:")
             ? "urn:oid:" + std::string(value)
             : std::string(value),
         main);
  }
}

void Compiler::begin(const json::Value& system) {
  image::System record{.definition = definition(system),
                       .supplements = text(system.text_of("supplements")),
                       .language = shared(system.text_of("language")),
                       .concepts = {static_cast<uint32_t>(concepts_.size()), 0},
                       .slots = {},
                       .up = {},
                       .down = {}};
  const json::Value* sensitive = system.find("caseSensitive");
  if (sensitive != nullptr && sensitive->is_boolean() && !sensitive->boolean())
    record.flags |= image::ignores_case;
  const std::string_view content = system.text_of("content");
  if (content == "fragment" || content == "example") record.flags |= image::is_fragment;
  if (content == "supplement" || record.supplements.size != 0) record.flags |= image::is_supplement;
  if (content == "not-present") record.flags |= image::is_not_present;
  systems_.push_back(record);
  table_.clear();
  parents_.clear();
  children_.clear();
  concepts(system.find("concept"), image::none, Roles(system), 0);
}

void Compiler::concepts(const json::Value* list, uint32_t parent, const Roles& roles,
                        unsigned depth) {
  if (list == nullptr || depth > depth_max) return;
  for (const json::Value& one : list->items())
    concept_from(one, parent, roles, depth);
}

void Compiler::concept_from(const json::Value& one, uint32_t parent, const Roles& roles,
                            unsigned depth) {
  const std::string_view code = one.text_of("code");
  const uint32_t first = systems_.back().concepts.first;
  const auto number = static_cast<uint32_t>(concepts_.size()) - first;
  if (code.empty() || !reserve(code)) return;
  image::Concept record{.code = text(code),
                        .display = text(one.text_of("display")),
                        .definition = text(one.text_of("definition")),
                        .designations = {static_cast<uint32_t>(designations_.size()), 0},
                        .properties = {static_cast<uint32_t>(properties_.size()), 0},
                        .parent = parent};
  if (const json::Value* list = one.find("designation"))
    for (const json::Value& each : list->items())
      designation(each);
  if (const json::Value* list = one.find("property"))
    for (const json::Value& each : list->items()) {
      property(each, roles, record);
      const std::string_view name = each.text_of("code");
      if (name == roles.parent || name == roles.subsumed_by)
        parents_.emplace_back(number, each.text_of("valueCode"));
      if (name == roles.child) children_.emplace_back(number, each.text_of("valueCode"));
    }
  record.designations.count =
      static_cast<uint32_t>(designations_.size()) - record.designations.first;
  record.properties.count = static_cast<uint32_t>(properties_.size()) - record.properties.first;
  concepts_.push_back(record);
  concepts(one.find("concept"), number, roles, depth + 1);
  concepts_[first + number].end = static_cast<uint32_t>(concepts_.size()) - first;
}

void Compiler::property(const json::Value& one, const Roles& roles, image::Concept& record) {
  image::Property out{
      .code = shared(one.text_of("code")), .value = {}, .system = {}, .display = {}};
  const std::string_view name = one.text_of("code");
  for (const json::Member& member : one.members()) {
    const json::Value& value = member.value;
    std::string_view written = value.text();
    if (member.name == "valueCode")
      out.kind = image::ValueKind::code;
    else if (member.name == "valueString")
      out.kind = image::ValueKind::string;
    else if (member.name == "valueInteger")
      out.kind = image::ValueKind::integer;
    else if (member.name == "valueDecimal")
      out.kind = image::ValueKind::decimal;
    else if (member.name == "valueDateTime")
      out.kind = image::ValueKind::date_time;
    else if (member.name == "valueBoolean") {
      out.kind = image::ValueKind::boolean;
      written = value.boolean() ? "true" : "false";
    } else if (member.name == "valueCoding") {
      out.kind = image::ValueKind::coding;
      written = value.text_of("code");
      out.system = shared(value.text_of("system"));
      out.display = shared(value.text_of("display"));
    } else {
      continue;
    }
    out.value = written.size() < 24 ? shared(written) : text(written);
    if (name == roles.inactive && written == "true") record.flags |= image::is_inactive;
    if (name == roles.not_selectable && written == "true") record.flags |= image::is_abstract;
    if (name == roles.status && (written == "retired" || written == "inactive"))
      record.flags |= image::is_inactive;
  }
  properties_.push_back(out);
}

void Compiler::designation(const json::Value& one) {
  image::Designation out{.language = shared(one.text_of("language")),
                         .use_system = {},
                         .use_code = {},
                         .use_display = {},
                         .value = text(one.text_of("value"))};
  if (const json::Value* use = one.find("use")) {
    out.use_system = shared(use->text_of("system"));
    out.use_code = shared(use->text_of("code"));
    out.use_display = shared(use->text_of("display"));
  }
  if (const json::Value* extensions = one.find("extension"))
    for (const json::Value& each : extensions->items())
      if (each.text_of("url") == standards_status &&
          (each.text_of("valueCode") == "withdrawn" || each.text_of("valueCode") == "deprecated"))
        out.flags |= image::is_withdrawn;
  designations_.push_back(out);
}

bool Compiler::concept_of(const Concept& one) {
  if (one.code.empty() || !reserve(one.code)) return false;
  const uint32_t first = systems_.back().concepts.first;
  image::Concept record{.code = text(one.code),
                        .display = text(one.display),
                        .definition = {},
                        .designations = {static_cast<uint32_t>(designations_.size()),
                                         static_cast<uint32_t>(one.designations.size())},
                        .properties = {static_cast<uint32_t>(properties_.size()),
                                       static_cast<uint32_t>(one.properties.size())},
                        .end = static_cast<uint32_t>(concepts_.size()) - first + 1,
                        .flags = one.inactive ? uint32_t{image::is_inactive} : 0};
  for (const Designation& each : one.designations)
    designations_.push_back({.language = shared(each.language),
                             .use_system = shared(each.use_system),
                             .use_code = shared(each.use_code),
                             .use_display = {},
                             .value = text(each.value)});
  for (const Property& each : one.properties)
    properties_.push_back({.code = shared(each.code),
                           .value = each.value.size() < 12 ? shared(each.value) : text(each.value),
                           .system = {},
                           .display = {},
                           .kind = each.kind});
  concepts_.push_back(record);
  return true;
}

void Compiler::end() {
  image::System& system = systems_.back();
  system.concepts.count = static_cast<uint32_t>(concepts_.size()) - system.concepts.first;
  system.slots = {static_cast<uint32_t>(slots_.size()), static_cast<uint32_t>(table_.size())};
  slots_.insert(slots_.end(), table_.begin(), table_.end());
  edges();
}

void Compiler::drop() {
  if (!systems_.empty() && systems_.back().concepts.count == 0) systems_.pop_back();
}

namespace {

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return lower;
}

}  // namespace

// Takes the slot of the concept that is about to be added; grows the table at half full.
bool Compiler::reserve(std::string_view code) {
  const image::System& system = systems_.back();
  const bool folds = (system.flags & image::ignores_case) != 0;
  const auto count = static_cast<uint32_t>(concepts_.size()) - system.concepts.first;
  if (table_.size() < (size_t{count} + 1) * 2) {
    table_.assign(std::bit_ceil((size_t{count} + 1) * 4), image::none);
    for (uint32_t i = 0; i < count; ++i) {
      const std::string_view known = view(concepts_[system.concepts.first + i].code);
      size_t slot =
          (folds ? image::hash(lowered(known)) : image::hash(known)) & (table_.size() - 1);
      while (table_[slot] != image::none)
        slot = (slot + 1) & (table_.size() - 1);
      table_[slot] = i;
    }
  }
  const std::string key = folds ? lowered(code) : std::string();
  size_t slot = (folds ? image::hash(key) : image::hash(code)) & (table_.size() - 1);
  for (; table_[slot] != image::none; slot = (slot + 1) & (table_.size() - 1)) {
    const std::string_view known = view(concepts_[system.concepts.first + table_[slot]].code);
    if (folds ? lowered(known) == key : known == code) return false;
  }
  table_[slot] = count;
  return true;
}

// Parents beyond the one a concept is written under. A code that does not exist makes no edge.
void Compiler::edges() {
  image::System& system = systems_.back();
  const auto number = [&](std::string_view code) -> uint32_t {
    if (table_.empty()) return image::none;
    size_t slot = image::hash(code) & (table_.size() - 1);
    for (; table_[slot] != image::none; slot = (slot + 1) & (table_.size() - 1))
      if (view(concepts_[system.concepts.first + table_[slot]].code) == code) return table_[slot];
    return image::none;
  };
  std::vector<image::Edge> up;
  const auto add = [&](uint32_t child, uint32_t parent) {
    if (child == image::none || parent == image::none || child == parent) return;
    if (concepts_[system.concepts.first + child].parent != parent) up.push_back({child, parent});
  };
  for (const auto& [child, code] : parents_)
    add(child, number(code));
  for (const auto& [parent, code] : children_)
    add(number(code), parent);
  if (up.empty()) return;
  const auto before = [](image::Edge a, image::Edge b) {
    return std::pair(a.from, a.to) < std::pair(b.from, b.to);
  };
  const auto same = [](image::Edge a, image::Edge b) { return a.from == b.from && a.to == b.to; };
  std::ranges::sort(up, before);
  up.erase(std::unique(up.begin(), up.end(), same), up.end());
  std::vector<image::Edge> down;
  for (const image::Edge edge : up)
    down.push_back({edge.to, edge.from});
  std::ranges::sort(down, before);
  system.flags |= image::has_more_parents;
  system.up = {static_cast<uint32_t>(up_.size()), static_cast<uint32_t>(up.size())};
  system.down = {static_cast<uint32_t>(down_.size()), static_cast<uint32_t>(down.size())};
  up_.insert(up_.end(), up.begin(), up.end());
  down_.insert(down_.end(), down.begin(), down.end());
}

}  // namespace tasuki::fhir::terminology
