// CodeSystem/$lookup and $subsumes. FHIR R4 codesystem-operation-lookup.html,
// codesystem-operation-subsumes.html
#include <algorithm>

#include <fmt/ranges.h>

#include "fhir/terminology/operation/display.h"
#include "fhir/terminology/operation/operation.h"
#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

Reply no_system(const Scope& scope, std::string_view system, std::string_view version) {
  const auto versions = scope.terms->versions_of(scope.terms->name_of(system));
  std::string text =
      version.empty() || versions.empty()
          ? fmt::format("A definition for CodeSystem '{}' could not be found", system)
          : fmt::format(
                "A definition for CodeSystem '{}' version '{}' could not be found. Valid "
                "versions: {}",
                system, version, fmt::join(versions, " or "));
  return refused(Error::Kind::not_found,
                 {.code = "not-found",
                  .kind = "not-found",
                  .text = std::move(text),
                  .ja = fmt::format("コード体系 {} はここにありません。", system),
                  .expression = {}},
                 scope.is_japanese());
}

Reply no_code(const Scope& scope, const CodeSystem& system, std::string_view code) {
  return refused(
      Error::Kind::not_found,
      {.code = "not-found",
       .kind = "invalid-code",
       .text = fmt::format("Unknown code '{}' in the CodeSystem '{}'", code, system.canonical()),
       .ja = fmt::format("コード「{}」は {} にありません。", code, system.url()),
       .expression = "code"},
      scope.is_japanese());
}

struct Wanted {
  std::string_view system, code, version;
};

Wanted wanted_of(const Ask& ask) {
  Wanted wanted{ask.text("system"), ask.text("code"), ask.text("version")};
  if (const Ask::Given* given = ask.find("coding"); given && given->value) {
    wanted = {given->value->text_of("system"), given->value->text_of("code"),
              given->value->text_of("version")};
  }
  if (wanted.system.empty()) wanted.system = ask.text("url");  // instance level
  return wanted;
}

class Lookup {
 public:
  Lookup(const Scope& scope, const Ask& ask, const CodeSystem& system, uint32_t number)
      : scope_(scope), system_(system), number_(number) {
    for (const Ask::Given& one : ask.all())
      if (one.name == "property") wanted_.push_back(one.text);
  }

  Reply run() {
    const Names names(scope_, nullptr, system_, number_, system_.url());
    const std::string_view name = system_.resource().text_of("name");
    out_.add("name", "valueString", name.empty() ? system_.url() : name);
    if (!system_.version().empty()) out_.add("version", "valueString", system_.version());
    out_.add("display", "valueString", names.preferred());
    // R5 and the terminology ecosystem give these too; R4 clients ignore what they do not know.
    out_.add("code", "valueCode", system_.code(number_));
    out_.add("system", "valueUri", system_.url());
    out_.add("abstract", system_.is_abstract(number_));
    if (is_wanted("definition") && !system_.definition(number_).empty())
      out_.add("definition", "valueString", system_.definition(number_));
    if (is_wanted("designation")) designations(names);
    hierarchy();
    if (is_wanted("inactive"))
      property("inactive", "valueBoolean", system_.is_inactive(number_) ? "true" : "false", {});
    properties();
    return {.body = std::move(out_).done(), .refused = std::nullopt};
  }

 private:
  // Without a choice the server chooses: everything.
  bool is_wanted(std::string_view name) const {
    return wanted_.empty() || std::ranges::find(wanted_, "*") != wanted_.end() ||
           std::ranges::find(wanted_, name) != wanted_.end();
  }

  void designations(const Names& names) {
    for (const Word& word : names.words().all()) {
      out_.open("designation");
      const std::string_view language =
          word.language.empty() && word.is_display ? system_.language() : word.language;
      if (!language.empty()) out_.add("language", "valueCode", language);
      std::string use;
      if (word.is_display) {
        use =
            R"({"system":"http://terminology.hl7.org/CodeSystem/hl7TermMaintInfra","code":"preferredForLanguage"})";
      } else if (!word.use_code.empty()) {
        use = R"({"system":)";
        json::print_string(word.use_system, use);
        use += ",\"code\":";
        json::print_string(word.use_code, use);
        use += '}';
      }
      if (!use.empty()) out_.add_json("use", "valueCoding", use);
      out_.add("value", "valueString", word.value);
      out_.close();
    }
  }

  void property(std::string_view code, std::string_view type, std::string_view value,
                std::string_view description) {
    out_.open("property");
    out_.add("code", "valueCode", code);
    const bool is_bare = type == "valueBoolean" || type == "valueInteger" ||
                         type == "valueDecimal" || type == "valueCoding";
    if (is_bare)
      out_.add_json("value", type, value);
    else
      out_.add("value", type, value);
    if (!description.empty()) out_.add("description", "valueString", description);
    out_.close();
  }

  void hierarchy() {
    if (is_wanted("parent"))
      for (const uint32_t one : system_.parents(number_))
        property("parent", "valueCode", system_.code(one), system_.display(one));
    if (is_wanted("child"))
      for (const uint32_t one : system_.children(number_))
        property("child", "valueCode", system_.code(one), system_.display(one));
  }

  void properties() {
    for (const image::Property& one : system_.properties(number_)) {
      const std::string_view code = system_.text(one.code);
      if (!is_wanted(code) || code == "parent" || code == "child" || code == "inactive") continue;
      const std::string_view value = system_.text(one.value);
      constexpr std::string_view types[] = {"valueCode",    "valueCoding",  "valueString",
                                            "valueInteger", "valueBoolean", "valueDateTime",
                                            "valueDecimal"};
      const std::string_view type = types[static_cast<size_t>(one.kind) % std::size(types)];
      if (one.kind != image::ValueKind::coding) {
        property(code, type, value, {});
        continue;
      }
      std::string text = "{\"system\":";
      json::print_string(system_.text(one.system), text);
      text += ",\"code\":";
      json::print_string(value, text);
      property(code, type, text + '}', system_.text(one.display));
    }
  }

  const Scope& scope_;
  const CodeSystem& system_;
  uint32_t number_;
  std::vector<std::string> wanted_;
  ParametersText out_;
};

Reply look_up_in(const Scope& scope, const Grammar& grammar, std::string_view code) {
  if (const auto parsed = grammar.parse(code); !parsed)
    return refused(
        Error::Kind::not_found,
        {.code = "not-found",
         .kind = "invalid-code",
         .text = parsed.error().message,
         .ja = fmt::format("コード「{}」は {} の書き方に合いません。", code, grammar.url),
         .expression = "code"},
        scope.is_japanese());
  ParametersText out;
  out.add("name", "valueString", grammar.name);
  if (!grammar.version.empty()) out.add("version", "valueString", grammar.version);
  out.add("display", "valueString", grammar.display(code));
  out.add("code", "valueCode", code);
  out.add("system", "valueUri", grammar.url);
  out.add("abstract", false);
  return {.body = std::move(out).done(), .refused = std::nullopt};
}

}  // namespace

Reply lookup(const Snapshot& terms, const Ask& ask) {
  const auto scope = Scope::of(terms, ask);
  if (!scope) return scope.error();
  const Wanted wanted = wanted_of(ask);
  if (wanted.system.empty() || wanted.code.empty())
    return refused({Error::Kind::invalid, "Say which code: code and system, or coding.", "code"},
                   scope->is_japanese());
  const CodeSystem* system = scope->terms->code_system(wanted.system, wanted.version);
  const Grammar* grammar = grammar_of(scope->terms->name_of(wanted.system));
  if (grammar != nullptr && (system == nullptr || system->is_not_present()))
    return look_up_in(*scope, *grammar, wanted.code);
  if (system == nullptr) return no_system(*scope, wanted.system, wanted.version);
  const auto number = system->find(wanted.code);
  if (!number) return no_code(*scope, *system, wanted.code);
  return Lookup(*scope, ask, *system, *number).run();
}

Reply subsumes(const Snapshot& terms, const Ask& ask) {
  const auto scope = Scope::of(terms, ask);
  if (!scope) return scope.error();
  Wanted a = wanted_of(ask), b = a;
  a.code = ask.text("codeA");
  b.code = ask.text("codeB");
  for (auto [name, side] : {std::pair{"codingA", &a}, std::pair{"codingB", &b}})
    if (const Ask::Given* given = ask.find(name); given && given->value)
      *side = {given->value->text_of("system"), given->value->text_of("code"),
               given->value->text_of("version")};
  if (a.code.empty() || b.code.empty() || a.system.empty())
    return refused({Error::Kind::invalid,
                    "Say which codes: codeA, codeB and system, or codingA and codingB.", "codeA"},
                   scope->is_japanese());
  if (scope->terms->name_of(a.system) != scope->terms->name_of(b.system))
    return refused({Error::Kind::invalid, "Both codes must be of one code system.", "codingB"},
                   scope->is_japanese());
  const CodeSystem* system = scope->terms->code_system(a.system, a.version);
  if (system == nullptr) return no_system(*scope, a.system, a.version);
  const auto left = system->find(a.code), right = system->find(b.code);
  if (!left || !right) return no_code(*scope, *system, left ? b.code : a.code);
  const std::string_view outcome = *left == *right                    ? "equivalent"
                                   : system->is_within(*right, *left) ? "subsumes"
                                   : system->is_within(*left, *right) ? "subsumed-by"
                                                                      : "not-subsumed";
  ParametersText out;
  out.add("outcome", "valueCode", outcome);
  return {.body = std::move(out).done(), .refused = std::nullopt};
}

}  // namespace tasuki::fhir::terminology
