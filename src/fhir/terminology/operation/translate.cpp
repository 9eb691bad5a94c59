// ConceptMap/$translate. FHIR R4 conceptmap-operation-translate.html, conceptmap.html
#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "fhir/terminology/operation/operation.h"
#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

struct Source {
  std::string_view system, code, version;
};

struct Match {
  std::string equivalence, system, code, display, source;
  const json::Value* product = nullptr;

  bool operator==(const Match& other) const {
    return equivalence == other.equivalence && system == other.system && code == other.code &&
           source == other.source;
  }
};

std::string_view canonical_of(const json::Value& map, std::string_view end) {
  const std::string canonical = std::string(end) + "Canonical", uri = std::string(end) + "Uri";
  const std::string_view text = map.text_of(canonical);
  return text.empty() ? map.text_of(uri) : text;
}

class Translation {
 public:
  Translation(const Scope& scope, const Ask& ask)
      : terms_(*scope.terms),
        reverse_(ask.truth("reverse").value_or(false)),
        target_system_(terms_.name_of(ask.text("targetsystem").empty() ? ask.text("targetSystem")
                                                                       : ask.text("targetsystem"))),
        target_set_(ask.text("target")),
        source_set_(ask.text("source")) {}

  void map(const json::Value& map, const Source& source) {
    if (!source_set_.empty() && canonical_of(map, "source") != source_set_) return;
    if (!target_set_.empty() && canonical_of(map, "target") != target_set_) return;
    const json::Value* groups = map.find("group");
    if (groups == nullptr) return;
    for (const json::Value& group : groups->items()) {
      const std::string_view from = terms_.name_of(group.text_of(reverse_ ? "target" : "source"));
      const std::string_view to = terms_.name_of(group.text_of(reverse_ ? "source" : "target"));
      if (!from.empty() && !source.system.empty() && from != terms_.name_of(source.system))
        continue;
      if (!target_system_.empty() && to != target_system_) continue;
      if (reverse_)
        backwards(map, group, to, source);
      else
        forwards(map, group, to, source);
    }
  }

  std::vector<Match> matches;

 private:
  void add(Match match) {
    if (std::ranges::find(matches, match) == matches.end()) matches.push_back(std::move(match));
  }

  void forwards(const json::Value& map, const json::Value& group, std::string_view to,
                const Source& source) {
    bool found = false;
    if (const json::Value* elements = group.find("element"))
      for (const json::Value& element : elements->items()) {
        if (element.text_of("code") != source.code) continue;
        found = true;
        if (const json::Value* targets = element.find("target"))
          for (const json::Value& target : targets->items())
            add({.equivalence = equivalence_of(target),
                 .system = std::string(to),
                 .code = std::string(target.text_of("code")),
                 .display = std::string(target.text_of("display")),
                 .source = source_of(map),
                 .product = target.find("product")});
      }
    if (!found) unmapped(map, group, to, source);
  }

  void backwards(const json::Value& map, const json::Value& group, std::string_view to,
                 const Source& source) {
    const json::Value* elements = group.find("element");
    if (elements == nullptr) return;
    for (const json::Value& element : elements->items())
      if (const json::Value* targets = element.find("target"))
        for (const json::Value& target : targets->items())
          if (target.text_of("code") == source.code)
            add({.equivalence = inverse(equivalence_of(target)),
                 .system = std::string(to),
                 .code = std::string(element.text_of("code")),
                 .display = std::string(element.text_of("display")),
                 .source = source_of(map)});
  }

  void unmapped(const json::Value& map, const json::Value& group, std::string_view to,
                const Source& source) {
    const json::Value* rule = group.find("unmapped");
    if (rule == nullptr) return;
    const std::string_view mode = rule->text_of("mode");
    if (mode == "provided")
      add({.equivalence = "equal",
           .system = std::string(to),
           .code = std::string(source.code),
           .display = {},
           .source = source_of(map)});
    if (mode == "fixed")
      add({.equivalence = "inexact",
           .system = std::string(to),
           .code = std::string(rule->text_of("code")),
           .display = std::string(rule->text_of("display")),
           .source = source_of(map)});
    // One step to the other map; a chain of maps that ask each other ends here.
    if (mode == "other-map" && depth_ < 4)
      if (const Kept* other = terms_.concept_map(rule->text_of("url"))) {
        ++depth_;
        this->map(other->resource(), source);
        --depth_;
      }
  }

  // R5 and the tests of the ecosystem say "relationship".
  static std::string equivalence_of(const json::Value& target) {
    const std::string_view written = target.text_of("equivalence");
    if (!written.empty()) return std::string(written);
    const std::string_view relationship = target.text_of("relationship");
    if (relationship == "source-is-narrower-than-target") return "wider";
    if (relationship == "source-is-broader-than-target") return "narrower";
    if (relationship == "related-to") return "relatedto";
    if (relationship == "not-related-to") return "disjoint";
    return relationship.empty() ? "relatedto" : std::string(relationship);
  }
  static std::string inverse(std::string equivalence) {
    if (equivalence == "wider") return "narrower";
    if (equivalence == "narrower") return "wider";
    if (equivalence == "subsumes") return "specializes";
    if (equivalence == "specializes") return "subsumes";
    return equivalence;
  }
  static std::string source_of(const json::Value& map) {
    std::string text(map.text_of("url"));
    if (!map.text_of("version").empty()) text.append("|").append(map.text_of("version"));
    return text;
  }

  const Terminology& terms_;
  bool reverse_;
  std::string_view target_system_, target_set_, source_set_;
  int depth_ = 0;
};

std::vector<Source> sources_of(const Ask& ask) {
  std::vector<Source> all;
  const auto add = [&](const json::Value& coding) {
    all.push_back({coding.text_of("system"), coding.text_of("code"), coding.text_of("version")});
  };
  for (const std::string_view name : {"coding", "sourceCoding"})
    if (const Ask::Given* one = ask.find(name); one && one->value) add(*one->value);
  for (const std::string_view name : {"codeableConcept", "sourceCodeableConcept"})
    if (const Ask::Given* one = ask.find(name); one && one->value)
      if (const json::Value* codings = one->value->find("coding"))
        for (const json::Value& coding : codings->items())
          add(coding);
  const std::string_view code =
      ask.text("code").empty() ? ask.text("sourceCode") : ask.text("code");
  if (!code.empty()) all.push_back({ask.text("system"), code, ask.text("version")});
  return all;
}

Reply answer(const Translation& translation, const Terminology& terms) {
  const bool any = std::ranges::any_of(translation.matches, [](const Match& match) {
    return match.equivalence != "unmatched" && match.equivalence != "disjoint";
  });
  ParametersText out;
  out.add("result", any);
  if (!any)
    out.add("message", "valueString", "No translation was found. 対応するコードがありません。");
  for (const Match& match : translation.matches) {
    out.open("match");
    out.add("equivalence", "valueCode", match.equivalence);
    if (!match.code.empty()) {
      std::string coding = "{\"system\":";
      json::print_string(match.system, coding);
      coding += ",\"code\":";
      json::print_string(match.code, coding);
      const std::string display =
          match.display.empty() ? terms.display(match.system, match.code) : match.display;
      if (!display.empty()) {
        coding += ",\"display\":";
        json::print_string(display, coding);
      }
      out.add_json("concept", "valueCoding", coding + "}");
    }
    if (!match.source.empty()) out.add("source", "valueUri", match.source);
    out.close();
  }
  return {.body = std::move(out).done(), .refused = std::nullopt};
}

}  // namespace

Reply translate(const Snapshot& terms, const Ask& ask) {
  const auto scope = Scope::of(terms, ask);
  if (!scope) return scope.error();
  const std::vector<Source> sources = sources_of(ask);
  if (sources.empty())
    return refused({Error::Kind::invalid,
                    "Say what to translate: code and system, coding or codeableConcept.", "code"},
                   scope->is_japanese());
  Translation translation(*scope, ask);
  const auto use = [&](const json::Value& map) {
    for (const Source& source : sources)
      translation.map(map, source);
  };
  if (const Ask::Given* given = ask.find("conceptMap"); given && given->resource) {
    use(*given->resource);
  } else if (const std::string_view url = ask.text("url"); !url.empty()) {
    const std::string_view version = ask.text("conceptMapVersion");
    const std::string canonical =
        version.empty() ? std::string(url) : fmt::format("{}|{}", url, version);
    const Kept* map = scope->terms->concept_map(canonical);
    if (map == nullptr)
      return refused({Error::Kind::not_found,
                      fmt::format("The concept map '{}' is not here.", canonical), "url"},
                     scope->is_japanese());
    use(map->resource());
  } else {
    for (const Kept* map : scope->terms->concept_maps())
      use(map->resource());
  }
  return answer(translation, *scope->terms);
}

}  // namespace tasuki::fhir::terminology
