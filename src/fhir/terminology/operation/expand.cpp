// ValueSet/$expand. FHIR R4 valueset-operation-expand.html; what R5 added (properties of concepts)
// goes into its cross-version extensions.
#include <algorithm>

#include <fmt/core.h>

#include "base/time.h"
#include "base/uuid.h"
#include "fhir/terminology/operation/display.h"
#include "fhir/terminology/operation/expansion.h"
#include "fhir/terminology/operation/operation.h"
#include "fhir/terminology/operation/status.h"
#include "fhir/terminology/operation/target.h"
#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr std::string_view r5 =
    "http://hl7.org/fhir/5.0/StructureDefinition/extension-ValueSet.expansion";

// What leaves nothing to list.
std::optional<Reply> not_expandable(const Scope& scope, const Composed& set) {
  for (const Problem& problem : set.problems) {
    using enum Problem::Kind;
    const bool is_version = problem.kind == version_not_allowed;
    return refused(is_version ? Error::Kind::invalid : Error::Kind::not_found,
                   {.code = is_version ? "exception" : "not-found",
                    .kind = is_version ? "version-error" : "not-found",
                    .text = problem.message,
                    .ja = "値セットを展開するのに要るものがここにありません。",
                    .expression = {}},
                   scope.is_japanese());
  }
  for (const Part& part : set.includes)
    if (part.system != nullptr && part.system->is_not_present() && !part.is_listed)
      return refused(
          Error::Kind::not_found,
          {.code = "not-found",
           .kind = "not-found",
           .text = fmt::format("The code system {} has no content here, so the value set "
                               "cannot be expanded",
                               part.url),
           .ja = "コード体系の中身がここにありません。",
           .expression = {}},
          scope.is_japanese());
  return std::nullopt;
}

// An expansion parameter of the compose (valueset-expansion-parameter), where it says so.
std::optional<bool> versions_match(const json::Value& resource) {
  const json::Value* compose = resource.find("compose");
  const json::Value* list = compose == nullptr ? nullptr : compose->find("extension");
  if (list == nullptr) return std::nullopt;
  for (const json::Value& one : list->items()) {
    const std::string text = json::print(one);
    if (text.contains("\"versionsMatch\"")) return !text.contains("false");
  }
  return std::nullopt;
}

// Versions of one system tell codes apart where the value set itself uses several.
bool uses_several_versions(const Composed& set) {
  for (const Part& part : set.includes)
    for (const Part& other : set.includes)
      if (part.url == other.url && part.system != other.system) return true;
  return false;
}

class Writer {
 public:
  Writer(const Scope& scope, const Ask& ask, const TargetSet& target, const Expansion& expansion)
      : scope_(scope),
        ask_(ask),
        target_(target),
        set_(*target.composed),
        expansion_(expansion),
        with_designations_(ask.truth("includeDesignations").value_or(false)) {
    for (const Ask::Given& one : ask.all()) {
      if (one.name == "property") properties_.push_back(one.text);
      if (one.name == "designation") designations_.push_back(one.text);
    }
    for (const Part& part : set_.includes)
      for (const Part& other : set_.includes)
        with_versions_ |= part.url == other.url && part.version != other.version;
  }

  std::string run() {
    out_ = "{";
    for (const json::Member& member : target_.resource->members()) {
      const bool is_definition = member.name == "compose";
      if (member.name == "expansion" || member.name == "contained" || member.name == "text")
        continue;
      if (is_definition && !ask_.truth("includeDefinition").value_or(false)) continue;
      if (out_.size() > 1) out_ += ',';
      json::print_string(member.name, out_);
      out_ += ':';
      json::print(member.value, out_);
    }
    out_ += R"(,"expansion":{)";
    property_definitions();
    fmt::format_to(std::back_inserter(out_),
                   R"("identifier":"urn:uuid:{}","timestamp":"{}","total":{})", random_uuid(),
                   format_instant(now()), expansion_.total);
    if (ask_.find("offset") != nullptr || ask_.find("count") != nullptr)
      fmt::format_to(std::back_inserter(out_), R"(,"offset":{})",
                     ask_.text("offset").empty() ? "0" : ask_.text("offset"));
    parameters();
    if (!expansion_.entries.empty()) {
      out_ += R"(,"contains":[)";
      std::string_view separator;
      for (const Entry& entry : expansion_.entries) {
        if (!entry.is_root) continue;
        out_ += separator;
        write(entry);
        separator = ",";
      }
      out_ += ']';
    }
    return std::move(out_) + "}}";
  }

 private:
  void text(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!out_.ends_with('{')) out_ += ',';
    json::print_string(name, out_);
    out_ += ':';
    json::print_string(value, out_);
  }

  void property_definitions() {
    if (properties_.empty()) return;
    out_ += R"("extension":[)";
    std::string_view separator;
    for (const std::string& name : properties_) {
      fmt::format_to(std::back_inserter(out_),
                     R"({}{{"url":"{}.property","extension":[{{"url":"code","valueCode":)",
                     separator, r5);
      json::print_string(name, out_);
      out_ += "},{\"url\":\"uri\",\"valueUri\":";
      json::print_string("http://hl7.org/fhir/concept-properties#" + name, out_);
      out_ += "}]}";
      separator = ",";
    }
    out_ += "],";
  }

  void parameter(std::string_view name, std::string_view type, std::string_view value) {
    fmt::format_to(std::back_inserter(out_), R"({}{{"name":"{}","{}":)",
                   out_.ends_with('[') ? "" : ",", name, type);
    if (type == "valueBoolean" || type == "valueInteger")
      out_ += value;
    else
      json::print_string(value, out_);
    out_ += '}';
  }

  void parameters() {
    out_ += R"(,"parameter":[)";
    for (const std::string_view name : {"excludeNested", "activeOnly", "includeDesignations",
                                        "includeDefinition", "excludeNotForUI"})
      if (const auto truth = ask_.truth(name))
        parameter(name, "valueBoolean", *truth ? "true" : "false");
    for (const std::string_view name : {"count", "offset"})
      if (ask_.find(name) != nullptr) parameter(name, "valueInteger", ask_.text(name));
    if (ask_.find("filter") != nullptr) parameter("filter", "valueString", ask_.text("filter"));
    for (const Ask::Given& one : ask_.all())
      if (one.name == "designation" || one.name == "system-version" ||
          one.name == "check-system-version" || one.name == "force-system-version" ||
          one.name == "default-valueset-version")
        parameter(one.name, one.name == "designation" ? "valueString" : "valueUri", one.text);
    std::string languages;
    for (const Languages::One& one : languages_for(scope_, &set_).wanted)
      languages += (languages.empty() ? "" : ",") + one.tag;
    if (!languages.empty()) parameter("displayLanguage", "valueCode", languages);
    used_systems();
    std::vector<std::string> sets;
    used_sets(set_, sets);
    for (const std::string& one : sets)
      parameter("used-valueset", "valueUri", one);
    warnings();
    out_ += ']';
  }

  void used_systems() {
    for (const CodeSystem* system : used()) {
      parameter("used-codesystem", "valueUri", system->canonical());
      parameter("version", "valueUri", system->canonical());
      if (system->is_fragment()) parameter("used-fragment", "valueUri", system->canonical());
      for (const CodeSystem* supplement : supplements_for(scope_, &set_, *system))
        parameter("used-supplement", "valueUri", supplement->canonical());
    }
  }

  std::vector<const CodeSystem*> used() const {
    std::vector<const CodeSystem*> all;
    for (const Part& part : set_.includes)
      if (part.system != nullptr && std::ranges::find(all, part.system) == all.end())
        all.push_back(part.system);
    for (const CodeSystem* system : expansion_.systems)
      if (std::ranges::find(all, system) == all.end()) all.push_back(system);
    return all;
  }

  static void used_sets(const Composed& set, std::vector<std::string>& all) {
    for (const auto* parts : {&set.includes, &set.excludes})
      for (const Part& part : *parts)
        for (const Composed* inner : part.sets) {
          if (inner == nullptr) continue;
          if (!inner->url.empty()) all.push_back(inner->canonical());
          used_sets(*inner, all);
        }
  }

  void warnings() {
    std::vector<Standing> all = standings_of(&set_, nullptr);
    for (const CodeSystem* system : used())
      std::ranges::copy(standings_of(nullptr, system), std::back_inserter(all));
    std::vector<std::string> said;
    for (const Standing& one : all) {
      const bool is_self = one.type == "ValueSet" && one.canonical == set_.canonical();
      if (is_self && (one.word == "draft" || one.word == "experimental")) continue;
      if (std::ranges::find(said, one.canonical) != said.end()) continue;
      said.push_back(one.canonical);
      parameter(fmt::format("warning-{}", one.word), "valueUri", one.canonical);
    }
  }

  void write(const Entry& entry) {
    const Found& found = entry.found;
    out_ += '{';
    extensions(found);
    text("system", found.url);
    if (found.number && found.system->is_abstract(*found.number)) flag("abstract");
    if (found.number && found.system->is_inactive(*found.number)) flag("inactive");
    if (with_versions_) text("version", entry.version);
    text("code", found.number ? found.system->code(*found.number) : found.code);
    if (found.number) {
      const Names names(scope_, &set_, *found.system, *found.number, found.url, found.listed);
      const std::string display = names.preferred();
      text("display", display);
      if (with_designations_) designations(names, display);
    } else if (found.part->grammar != nullptr) {
      const bool is_own = found.part->is_listed && !found.listed->display.empty();
      text("display",
           is_own ? std::string(found.listed->display) : found.part->grammar->display(found.code));
    } else if (found.listed != nullptr) {
      text("display", found.listed->display);
    }
    if (!entry.children.empty()) {
      out_ += R"(,"contains":[)";
      std::string_view separator;
      for (const size_t child : entry.children) {
        out_ += separator;
        write(expansion_.entries[child]);
        separator = ",";
      }
      out_ += ']';
    }
    out_ += '}';
  }

  void flag(std::string_view name) {
    fmt::format_to(std::back_inserter(out_), R"({}"{}":true)", out_.ends_with('{') ? "" : ",",
                   name);
  }

  // The concept's properties that were asked for; the value set's own marks on it.
  void extensions(const Found& found) {
    std::string list;
    const auto add = [&](std::string_view text) {
      list += list.empty() ? "" : ",";
      list += text;
    };
    if (found.listed != nullptr)
      if (const json::Value* own = found.listed->given->find("extension"))
        for (const json::Value& one : own->items())
          add(json::print(one));
    if (found.number)
      for (const std::string& name : properties_)
        for (const std::string& value : values(found, name)) {
          std::string code;
          json::print_string(name, code);
          add(fmt::format(
              R"({{"url":"{}.contains.property","extension":[{{"url":"code","valueCode":{}}},{{"url":"value",{}}}]}})",
              r5, code, value));
        }
    if (!list.empty()) out_ += "\"extension\":[" + list + "]";
  }

  static std::vector<std::string> values(const Found& found, std::string_view name) {
    std::vector<std::string> all;
    const CodeSystem& system = *found.system;
    const auto quoted = [](std::string_view type, std::string_view text) {
      std::string out = fmt::format("\"{}\":", type);
      json::print_string(text, out);
      return out;
    };
    if (name == "definition" && !system.definition(*found.number).empty())
      all.push_back(quoted("valueString", system.definition(*found.number)));
    for (const image::Property& one : system.properties(*found.number)) {
      if (system.text(one.code) != name) continue;
      const std::string_view value = system.text(one.value);
      using enum image::ValueKind;
      switch (one.kind) {
        case code:
          all.push_back(quoted("valueCode", value));
          break;
        case date_time:
          all.push_back(quoted("valueDateTime", value));
          break;
        case integer:
          all.push_back(fmt::format("\"valueInteger\":{}", value));
          break;
        case decimal:
          all.push_back(fmt::format("\"valueDecimal\":{}", value));
          break;
        case boolean:
          all.push_back(fmt::format("\"valueBoolean\":{}", value));
          break;
        case coding: {
          std::string text = R"("valueCoding":{"system":)";
          json::print_string(system.text(one.system), text);
          text += ",\"code\":";
          json::print_string(value, text);
          all.push_back(text + "}");
          break;
        }
        case string:
          all.push_back(quoted("valueString", value));
          break;
      }
    }
    return all;
  }

  bool is_wanted(const Word& word) const {
    if (designations_.empty()) return true;
    return std::ranges::any_of(designations_, [&](const std::string& one) {
      const Canonical token = Canonical::of(one);
      if (token.url == "urn:ietf:bcp:47") return is_same_language(token.version, word.language);
      return token.url == word.use_system && token.version == word.use_code;
    });
  }

  void designations(const Names& names, std::string_view display) {
    std::string list;
    bool display_was_met = false;
    for (const Word& word : names.words().all()) {
      if (!display_was_met && word.value == display) {
        display_was_met = true;
        continue;
      }
      if (!is_wanted(word)) continue;
      list += list.empty() ? "{" : ",{";
      if (!word.language.empty()) {
        list += "\"language\":";
        json::print_string(word.language, list);
        list += ',';
      }
      if (!word.use_code.empty()) {
        list += "\"use\":{\"system\":";
        json::print_string(word.use_system, list);
        list += ",\"code\":";
        json::print_string(word.use_code, list);
        list += "},";
      }
      list += "\"value\":";
      json::print_string(word.value, list);
      list += '}';
    }
    if (!list.empty()) out_ += R"(,"designation":[)" + list + ']';
  }

  const Scope& scope_;
  const Ask& ask_;
  const TargetSet& target_;
  const Composed& set_;
  const Expansion& expansion_;
  bool with_designations_, with_versions_ = false;
  std::vector<std::string> properties_, designations_;
  std::string out_;
};

// "use the definitions as they were on the given date, or return an error if this is not possible"
// (valueset-operation-expand.html): we have today's.
Result<void> check_date(const Ask& ask) {
  const std::string date(ask.text("date"));
  if (date.empty() || date.substr(0, 10) >= format_instant(now()).substr(0, 10)) return {};
  return Error{Error::Kind::unsupported,
               "date: the definitions of a past day are not kept; an expansion is of today's.",
               "date"};
}

Result<ExpansionRules> rules_of(const Ask& ask, const TargetSet& target) {
  ExpansionRules rules;
  rules.filter = ask.text("filter");
  for (const Ask::Given& one : ask.all())
    if (one.name == "exclude-system") rules.excluded.push_back(one.text);
  TRY(check_date(ask));
  rules.offset = TRY(ask.number("offset"));
  rules.count = TRY(ask.number("count"));
  rules.active_only = ask.truth("activeOnly").value_or(false);
  rules.selectable_only = ask.truth("excludeNotForUI").value_or(false);
  rules.nested = !ask.truth("excludeNested").value_or(false);
  const std::optional<bool> asked = ask.truth("versionsMatch");
  const std::optional<bool> said = asked ? asked : versions_match(*target.resource);
  const bool match = said.value_or(!uses_several_versions(*target.composed));
  rules.versions = match ? Versions::match : Versions::differ;
  return rules;
}

}  // namespace

Reply expand(const Snapshot& terms, const Ask& ask) {
  const auto scope = Scope::of(terms, ask);
  if (!scope) return scope.error();
  const auto target = target_set(*scope, ask);
  if (!target) return target.error();
  if (auto reply = not_expandable(*scope, *target->composed)) return *std::move(reply);
  const auto rules = rules_of(ask, *target);
  if (!rules) return refused(rules.error(), scope->is_japanese());
  const auto expansion = expansion_of(*scope, *target->composed, *rules);
  if (!expansion) return refused(expansion.error(), scope->is_japanese());
  return {.body = Writer(*scope, ask, *target, *expansion).run(), .refused = std::nullopt};
}

}  // namespace tasuki::fhir::terminology
