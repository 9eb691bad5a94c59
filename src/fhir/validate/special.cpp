// What the standard says in words about single types, where no invariant of R4 says it.
#include <algorithm>

#include <fmt/core.h>

#include "fhir/ucum/ucum.h"
#include "fhir/validate/answers.h"
#include "fhir/validate/checker.h"
#include "fhir/validate/walker.h"

namespace tasuki::fhir {
namespace {

// "http://...", "urn:oid:...": a scheme and something after it.
bool is_whole_uri(std::string_view text) {
  const size_t colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 && colon + 1 < text.size() &&
         text.find(' ') == std::string_view::npos;
}

size_t bytes_of_base64(std::string_view text) {
  const auto digits = static_cast<size_t>(std::ranges::count_if(text, [](char letter) {
    return letter != '=' && letter != ' ' && letter != '\n' && letter != '\r' && letter != '\t';
  }));
  return digits * 3 / 4;
}

}  // namespace

void Checker::special(const json::Value& value, const Place& place, const Scope& scope) {
  const std::string_view type = definitions_.name(scope.type);
  if (type == "Bundle") bundle(value, place, scope);
  if (type == "StructureDefinition") structure_definition(value, place, scope);
  if (type == "ConceptMap") concept_map(value, place, scope);
  if (type == "ValueSet") value_set(value, place, scope);
  if (type == "CodeSystem") code_system(value, place);
  if (type == "Questionnaire") check_questions(value, place, *findings_);
  if (type == "QuestionnaireResponse") answers(value, place, scope);
  const json::Value* url = value.find("url");
  const bool is_definition = url != nullptr && definitions_.element(scope.type, "url") != nullptr;
  if (is_definition && url->is_string() && !is_whole_uri(url->text()) &&
      !url->text().starts_with('#')) {
    findings_->add({&place, "url", -1}, Problem::canonical_relative, {shown(url->text())},
                   Finding::Severity::error, {});
  }
}

void Checker::special_value(const Instance& one, const Holder& holder, const Scope& scope) {
  const std::string_view type = definitions_.name(one.type);
  if (type == "Extension") return extension(one, holder, scope);
  if (type == "Attachment") return attachment(one);
  if (type == "Reference") return reference_in_bundle(one, scope);
  if (type == "Coding" || path::is_a(definitions_, one.type, quantity_)) return coded(one, scope);
  // RFC 3986 as the system: the value is a URI of its own. datatypes.html#Identifier
  if (type == "Identifier" && one.value->text_of("system") == "urn:ietf:rfc:3986") {
    const std::string_view value = one.value->text_of("value");
    if (!value.empty() && !is_whole_uri(value)) {
      findings_->add({&one.place, "value", -1}, Problem::identifier_not_uri, {shown(value)},
                     Finding::Severity::error, {});
    }
  }
}

// A code that its own code system does not have is wrong wherever it stands. terminologies.html#4.1
// Guides carry parts of national masters under the masters' own addresses and call them complete:
// of those a miss is a warning.
void Checker::coded(const Instance& one, const Scope& scope) {
  const std::string_view system = one.value->text_of("system"), code = one.value->text_of("code");
  if (system.empty() || code.empty()) return;
  const Place here{&one.place, "code", -1};
  if (system == ucum::system) {
    const auto unit = ucum::parse(code);
    if (!unit) {  // a warning: thirty of the official examples write "Tab", "mcg" or "month"
      findings_->add(here, Problem::unit_unknown, {shown(code), unit.error().message},
                     Finding::Severity::warning, {});
    }
    return;
  }
  const bool is_coding = definitions_.name(one.type) == "Coding";
  if (!is_coding && !is_of_hl7(system)) return;  // units come from anywhere
  const terminology::Terminology& terms = terms_of(scope);
  const auto truth = terms.is_code(system, code);
  if (truth == terminology::Truth::yes && is_coding) return display(one, terms);
  if (truth == terminology::Truth::no) {
    findings_->add(
        here, Problem::code_not_in_system, {shown(code), shown(system)},
        is_coding && is_of_hl7(system) ? Finding::Severity::error : Finding::Severity::warning, {});
  }
}

// A name that is not the code's may be the sign of a wrong code. A warning: houses abbreviate, and
// a newer edition renames. datatypes.html#Coding, "display"
void Checker::display(const Instance& one, const terminology::Terminology& terms) {
  const std::string_view said = one.value->text_of("display");
  if (said.empty() || is_silent()) return;
  const auto verdict = terms.validate({}, {.system = one.value->text_of("system"),
                                           .code = one.value->text_of("code"),
                                           .version = one.value->text_of("version"),
                                           .display = said});
  for (const terminology::Reason& reason : verdict.reasons) {
    if (reason.kind != "invalid-display") continue;
    findings_->add({&one.place, "display", -1}, Problem::display_differs,
                   {reason.message, reason.message_ja}, Finding::Severity::warning, {});
  }
}

// datatypes.html#Attachment: size is that of the data before it was written in base64.
void Checker::attachment(const Instance& one) {
  const json::Value *data = one.value->find("data"), *size = one.value->find("size");
  if (data == nullptr || size == nullptr || !data->is_string() || !size->is_number()) return;
  const std::string is = std::to_string(bytes_of_base64(data->text()));
  if (is != size->text()) {
    findings_->add({&one.place, "size", -1}, Problem::attachment_size, {size->text(), is},
                   Finding::Severity::error, {});
  }
}

// security.html#narrative: what looks like a tag in a plain text.
void Checker::embedded_html(const Instance& one) {
  const Primitive kind = definitions_.primitive(one.type);
  if (kind == Primitive::xhtml || kind == Primitive::markdown || !one.value->is_string()) return;
  const std::string_view text = one.value->text();
  for (size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    const bool is_tag =
        (next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '/' || next == '!';
    if (is_tag && text.find('>', at) != std::string_view::npos) {
      findings_->add(one.place, Problem::embedded_html, {shown(text)}, Finding::Severity::error,
                     {});
      return;
    }
  }
}

// valueset.html: compose.include.system is an absolute address.
void Checker::value_set(const json::Value& value, const Place& place, const Scope& scope) {
  const json::Value* compose = value.find("compose");
  if (compose == nullptr) return;
  const Place compose_place{&place, "compose", -1};
  for (const char* part : {"include", "exclude"}) {
    const json::Value* list = compose->find(part);
    int at = 0;
    for (const json::Value& one :
         list == nullptr ? std::span<const json::Value>() : list->items()) {
      const Place here{&compose_place, part, at++};
      const std::string_view system = one.text_of("system");
      if (!system.empty() && !is_whole_uri(system)) {
        findings_->add({&here, "system", -1}, Problem::system_relative, {shown(system)},
                       Finding::Severity::error, {});
      }
      filters(one, here, scope);
    }
  }
}

// codesystem.html#content, #supplements
void Checker::code_system(const json::Value& value, const Place& place) {
  const std::string_view content = value.text_of("content");
  if (content == "not-present" && value.find("concept") != nullptr) {
    findings_->add({&place, "content", -1}, Problem::not_present_concepts, {},
                   Finding::Severity::error, {});
  }
  if (!value.text_of("supplements").empty() && !content.empty() && content != "supplement") {
    findings_->add({&place, "content", -1}, Problem::supplement_content, {},
                   Finding::Severity::error, {});
  }
}

}  // namespace tasuki::fhir
