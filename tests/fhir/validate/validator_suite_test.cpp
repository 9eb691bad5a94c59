// HL7's validator cases: the same verdict as the reference validator. ref/validator-r4
#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "conformance.h"
#include "fhir/terminology/compile.h"
#include "fhir/validate/rulebooks.h"
#include "fhir/xml/xml.h"

namespace tasuki::fhir {
namespace {

// Cases that are not to be met, and why.
const std::map<std::string, std::string> exceptions = {
    {"allergy",
     "a code that only says why it is absent is allowed by R4; the reference asks for a code"},
    {"type-ref-unchecked (profile)",
     "the reference does not look at the type of a reference it cannot resolve; ours is refused"},
    {"list-bad-reference",
     "a version without a type and id is no reference; the reference only warns of it"},
    {"contained-resource-bad-id-ignore", "an option that turns the check of ids off"},
    {"parameters-reference-bad", "an option that fetches what references point to"},
    {"patient-circle1-bad-linked1 (profile)", "an option that fetches what references point to"},
    {"patient-circle1-bad-source1 (profile)", "an option that fetches what references point to"},
    {"patient-circle2-bad-linked (profile)", "an option that fetches what references point to"},
    {"aggregation-apart-good4", "the instance lacks the required Encounter.class"},
    {"aggregation-apart-good4 (profile)", "the instance lacks the required Encounter.class"},
    {"bundle-bad-by-param", "profiles of a bundle's entries given as parameters of the call"},
    {"questionnaireResponse-enableWhenEx-test-fail", "an expression in place of enableWhen (SDC)"},
    {"profile-patient-op3", "obligations, of R5"},
    {"xhtml-ctrl-source1 (profile)",
     "languages and sources inside narratives, of a later extension"},
    {"xhtml-ctrl-no-lang-bad (profile)",
     "languages and sources inside narratives, of a later extension"},
    {"xhtml-ctrl-two-lang-bad (profile)",
     "languages and sources inside narratives, of a later extension"},
    {"xhtml-ctrl-twob-lang-bad (profile)",
     "languages and sources inside narratives, of a later extension"},
    {"xhtml-ctrl-twob-lang-good2 (profile)",
     "languages and sources inside narratives, of a later extension"},
    {"sp-diff-type",
     "what a search parameter is derived from, of a definition that is not brought along"},
    {"vs-bad-props", "the properties of SNOMED CT"},
    {"vs-bad-ecl", "the expression language of SNOMED CT"},
    {"vs-bad-ecl-us", "the expression language of SNOMED CT"},
    {"observation-ucum",
     "a unit that UCUM does not have is warned of, as the official examples have such"},
    {"encounter-period",
     "a day and a moment in it: R5 corrected the rule (start.lowBoundary() <= "
     "end.highBoundary()), and so it is read"},
    {"bundle-with-contained",
     "hyperlinks inside narratives, of a later extension; names of LOINC, which is not at hand"},
    {"profile-version-reference-test-instance",
     "two versions of one canonical in one package, which packages do not have"},
    {"vs-params-2", "expressions inside value sets, of a later extension"},
    {"vs-params-3", "expressions inside value sets, of a later extension"},
    {"vs-params-4", "expressions inside value sets, of a later extension"},
};

Result<json::Document> resource_of(const std::filesystem::path& file) {
  const std::string text = text_of_file(file);
  return file.extension() == ".xml" ? from_xml(r4(), text) : json::parse(text);
}

std::vector<std::string> texts_of(const json::Value& value, std::string_view name) {
  std::vector<std::string> texts;
  const json::Value* list = value.find(name);
  if (list == nullptr) return texts;
  if (list->is_string()) return {std::string(list->text())};
  for (const json::Value& one : list->items())
    texts.emplace_back(one.text());
  return texts;
}

// The definitions a case brings, as a package of their own.
struct CaseRules {
  std::string bytes;
  std::shared_ptr<const Rulebook> rulebook;
  std::map<std::string, std::string> url_of_file;
};

// `profile`: with the profile that is asked for and what it needs, or without.
std::unique_ptr<CaseRules> rules_for(const json::Value& one, const json::Value* profile,
                                     const std::filesystem::path& files) {
  auto rules = std::make_unique<CaseRules>();
  std::vector<std::string> names;
  for (const json::Value* of : {&one, profile, one.find("profile")}) {
    if (of == nullptr) continue;
    for (const char* member : {"supporting", "profiles", "source"}) {
      if (of == one.find("profile") && of != profile && std::string_view(member) == "source")
        continue;
      for (const std::string& name : texts_of(*of, member))
        names.push_back(name);
    }
  }
  Package package;
  package.facts.id = {"case", "1"};
  terminology::Compiler terms;
  std::vector<json::Document>& documents = package.documents;
  for (const std::string& name : names) {
    auto document = resource_of(files / name);
    if (!document) continue;
    rules->url_of_file[name] = document->root.text_of("url");
    if (document->root.text_of("resourceType") == "Bundle") {
      const json::Value* entries = document->root.find("entry");
      for (const json::Value& entry :
           entries == nullptr ? std::span<const json::Value>() : entries->items()) {
        if (const json::Value* resource = entry.find("resource")) {
          json::Document inner;
          inner.root = json::clone(*resource, inner.arena);
          documents.push_back(std::move(inner));
        }
      }
    } else {
      documents.push_back(std::move(*document));
    }
  }
  for (const json::Document& document : documents)
    (void)terms.add(document.root);
  const auto& core_packages = core().packages();
  std::map<std::string, std::optional<Structure>> outside;
  const auto compiled =
      compile_package(r4(), package, [&](std::string_view canonical) -> const Structure* {
        const auto found = core_packages.find("StructureDefinition", canonical, nullptr);
        if (!found) return nullptr;
        auto [place, is_new] = outside.try_emplace(std::string(canonical));
        if (is_new) place->second = read_structure(found.entry->body);
        return place->second ? &*place->second : nullptr;
      });
  for (const Omission& omission : compiled.omissions)
    std::printf("  %s: %s\n", omission.url.c_str(), omission.why.c_str());
  rules->bytes = compiled.bytes;
  const auto image = PackageImage::over(std::as_bytes(std::span(rules->bytes)));
  const auto mapping = terminology::Mapping::over(terms.bytes());
  CHECK(image && mapping);
  std::vector<Packages::Image> images(core_packages.all().begin(), core_packages.all().end());
  images.push_back(*image);
  rules->rulebook =
      std::make_shared<const Rulebook>(r4(), std::make_shared<const Packages>(std::move(images)),
                                       core_terms(), Rulebook::Terms{{"case#1", *mapping}});
  return rules;
}

std::string errors_in(const std::vector<Finding>& findings) {
  std::string words;
  for (const Finding& one : findings) {
    if (one.severity == Finding::Severity::error)
      words += "\n      " + one.location + " [" + one.rule + "] " + one.message;
  }
  return words;
}

void judge(conformance::Tally& tally, const std::string& id, const json::Value& expected,
           const std::string& errors) {
  const std::string_view verdict = expected.text_of("verdict");
  if (verdict == "invalid-by-noncore" || verdict.empty()) return;
  if (const auto known = exceptions.find(id); known != exceptions.end())
    return tally.except(id, known->second);
  if ((verdict == "valid") == errors.empty()) return tally.pass();
  std::string words = "expected " + std::string(verdict) + errors;
  if (verdict == "invalid") {
    if (const json::Value* issues = expected.find("issues")) {
      for (const json::Value& issue : issues->items()) {
        const auto severity = issue.text_of("severity");
        if (severity == "error" || severity == "fatal")
          words += "\n      wanted: " + std::string(issue.text_of("class")) + ": " +
                   std::string(issue.text_of("text").substr(0, 300));
      }
    }
  }
  tally.fail(id, words);
}

TEST(ValidatorSuite, gives_the_same_verdict) {
  const auto folder = reference_folder / "validator-r4";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "validator-r4";
  conformance::Tally tally("validator-r4");
  const auto manifest = json::parse(text_of_file(folder / "manifest.json"));
  ASSERT_TRUE(manifest);
  for (const json::Value& one : manifest->root.items()) {
    const std::string id(one.text_of("id"));
    const auto document = resource_of(folder / "files" / one.text_of("file"));
    const auto rules = rules_for(one, nullptr, folder / "files");
    Options options;
    // The reference validator was told to warn of declared profiles that it cannot find.
    options.unknown_profile = Finding::Severity::warning;
    const json::Value* checks_html = one.find("security-checks");
    options.refuses_html = checks_html != nullptr && checks_html->boolean();
    const std::string base =
        document ? errors_in(validate(*rules->rulebook, document->root, options))
                 : "\n      " + document.error().location + " " + document.error().message;
    judge(tally, id, *one.find("base"), base);
    const json::Value* profile = one.find("profile");
    if (profile == nullptr || !document) continue;
    const auto more = rules_for(one, profile, folder / "files");
    options.profiles = {more->url_of_file[std::string(profile->text_of("source"))]};
    judge(tally, id + " (profile)", *profile,
          errors_in(validate(*more->rulebook, document->root, options)));
  }
  EXPECT_GE(tally.share(), 0.92) << tally.failures();
}

}  // namespace
}  // namespace tasuki::fhir
