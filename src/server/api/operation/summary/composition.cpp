#include "server/api/operation/summary/composition.h"

#include "base/markup.h"
#include "json/print.h"

namespace tasuki::server::api::summary {
namespace {

constexpr std::string_view loinc = "http://loinc.org";

// Quoted JSON of a Narrative around what stands in the div.
void append_narrative(std::string_view inside, std::string& out) {
  out += R"({"status":"generated","div":)";
  json::print_string(
      fmt::format(R"(<div xmlns="http://www.w3.org/1999/xhtml" lang="ja" xml:lang="ja">{}</div>)",
                  inside),
      out);
  out += '}';
}

void append_coding(std::string_view system, std::string_view code, std::string_view display,
                   std::string& out) {
  out += fmt::format(R"({{"coding":[{{"system":"{}","code":"{}","display":"{}"}}])", system, code,
                     display);
}

std::string section_inside(const Section& section) {
  const SectionKind& kind = *section.kind;
  if (section.entries.empty())
    return fmt::format(
        R"(<p>{}の情報はありません。</p><p lang="en" xml:lang="en">No information about: {}.</p>)",
        kind.title_ja, kind.title_en);
  std::string inside = "<ul>";
  for (const SectionEntry& entry : section.entries) {
    inside += "<li>";
    append_markup(entry.line.empty() ? std::string_view("(記載なし)") : entry.line, inside);
    inside += "</li>";
  }
  return inside + "</ul>";
}

// Nothing known is said, not left out: emptyReason (IPS 2.0, ips-comp-1).
void append_section(const Head& head, const fhir::Definitions& definitions, const Section& section,
                    std::string& out) {
  const SectionKind& kind = *section.kind;
  out += fmt::format(R"({{"title":"{} {}","code":)", kind.title_ja, kind.title_en);
  append_coding(loinc, kind.code, kind.display, out);
  out += R"(},"text":)";
  append_narrative(section_inside(section), out);
  if (section.entries.empty()) {
    out += R"(,"emptyReason":)";
    append_coding("http://terminology.hl7.org/CodeSystem/list-empty-reason", "unavailable",
                  "Unavailable", out);
    out += R"(,"text":"情報がありません。"}})";
    return;
  }
  std::string_view separator = R"(,"entry":[)";
  for (const SectionEntry& entry : section.entries) {
    out += fmt::format(R"({}{{"reference":"{}/{}/{}"}})", separator, head.base,
                       definitions.name(entry.resource.type), entry.resource.id);
    separator = ",";
  }
  out += "]}";
}

std::string title_inside(const Head& head) {
  std::string inside = "<h1>患者サマリー ";
  append_markup(head.name, inside);
  return inside +
         fmt::format(R"(</h1><p>作成 {}。閲覧が許されている記録から自動で作成しました。</p>)"
                     R"(<p lang="en" xml:lang="en">International Patient Summary, made )"
                     R"(automatically from the records that the reader may see.</p>)",
                     format_instant(head.time).substr(0, 16));
}

}  // namespace

std::string composition_text(const Head& head, const fhir::Definitions& definitions,
                             std::span<const Section> sections) {
  std::string out = fmt::format(
      R"({{"resourceType":"Composition","id":"{}","meta":{{"profile":["{}"]}},"language":"ja","text":)",
      head.id, composition_profile);
  append_narrative(title_inside(head), out);
  out += R"(,"status":"final","type":)";
  append_coding(loinc, "60591-5", "Patient summary Document", out);
  out += fmt::format(
      R"(}},"subject":{{"reference":"{}/{}"}},"date":"{}","author":[{{"reference":"{}","display":"Tasuki"}}],)"
      R"("title":"患者サマリー International Patient Summary","confidentiality":"N")",
      head.base, head.patient, format_instant(head.time), head.author_url);
  if (!head.facility.empty())
    out += fmt::format(
        R"(,"custodian":{{"type":"Organization","identifier":{{"system":)"
        R"("http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no","value":"{}"}}}})",
        head.facility);
  std::string_view separator = R"(,"section":[)";
  for (const Section& section : sections) {
    out += separator;
    separator = ",";
    append_section(head, definitions, section, out);
  }
  return out + "]}";
}

}  // namespace tasuki::server::api::summary
