#include "record/consent/compile.h"

#include <algorithm>
#include <array>

namespace tasuki::record {

namespace {

constexpr std::string_view institution_system =
    "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";

bool has_code(const json::Value* codeable, std::string_view code) {
  const auto* codings = codeable == nullptr ? nullptr : codeable->find("coding");
  if (codings == nullptr) return false;
  return std::ranges::any_of(codings->items(),
                             [&](const auto& coding) { return coding.text_of("code") == code; });
}

std::string patient_of(const json::Value& consent) {
  const auto* patient = consent.find("patient");
  std::string_view reference =
      patient == nullptr ? std::string_view{} : patient->text_of("reference");
  if (!reference.starts_with("Patient/")) return {};
  reference.remove_prefix(8);
  return std::string(reference.substr(0, reference.find('/')));
}

// A FHIR dateTime of any precision: the moment it begins, or (`end`) the one behind its last. Japan
// time.
std::optional<Instant> moment_of(std::string_view text, bool end) {
  if (const auto instant = parse_instant(text)) return instant;
  using namespace std::chrono;
  int year = 0;
  unsigned month = 0, day = 0;
  const std::string copy(text);
  const int read = std::sscanf(copy.c_str(), "%4d-%2u-%2u", &year, &month, &day);
  if (read < 1 || text.size() > 10) return std::nullopt;
  auto date = std::chrono::year{year} / std::chrono::month{read > 1 ? month : 1} /
              std::chrono::day{read > 2 ? day : 1};
  if (!date.ok()) return std::nullopt;
  sys_days days{date};
  if (end && read == 1)
    days = sys_days{std::chrono::year{year + 1} / January / 1};
  else if (end && read == 2)
    days = sys_days{year_month_day{date + months{1}}};
  else if (end)
    days += std::chrono::days{1};
  return Instant(days) - japan_offset;
}

// One provision, without nesting. False: something in it is not understood (its name in `unknown`).
class ProvisionReader {
 public:
  ProvisionReader(const InstitutionOf& institution_of, Rule& rule, std::string& unknown)
      : institution_of_(institution_of), rule_(rule), unknown_(unknown) {}

  bool read(const json::Value& provision) {
    for (const auto& [name, value] : provision.members()) {
      const bool understood = name == "type" ? value.text() == "permit" || value.text() == "deny"
                              : name == "period"  ? period(value)
                              : name == "actor"   ? actors(value)
                              : name == "purpose" ? purposes(value)
                              : name == "action"  ? actions(value)
                                                  : name == "id";
      if (!understood) {
        unknown_ = std::string("provision.") + std::string(name);
        return false;
      }
    }
    rule_.permit = provision.text_of("type") == "permit";
    return !provision.text_of("type").empty();
  }

 private:
  bool period(const json::Value& value) {
    for (const auto& [name, text] : value.members()) {
      const auto moment = moment_of(text.text(), name == "end");
      if (!moment) return false;
      if (name == "start")
        rule_.from = *moment;
      else if (name == "end")
        rule_.to = *moment;
      else
        return false;
    }
    return true;
  }
  // CST, the custodian: whose records. IRCP and PRCP, the recipients: who may see them
  // (v3-ParticipationType).
  bool actors(const json::Value& value) {
    for (const auto& actor : value.items()) {
      const auto* reference = actor.find("reference");
      const auto number = reference == nullptr ? std::nullopt : institution_of_(*reference);
      if (!number) return false;
      const auto* role = actor.find("role");
      if (has_code(role, "CST"))
        rule_.owners.push_back(*number);
      else if (has_code(role, "IRCP") || has_code(role, "PRCP"))
        rule_.recipients.push_back(*number);
      else
        return false;
    }
    return true;
  }
  bool purposes(const json::Value& value) {
    for (const auto& coding : value.items()) {
      const auto code = coding.text_of("code");
      if (code == "TREAT")
        rule_.purposes.push_back(Purpose::treatment);
      else if (code == "HOPERAT")
        rule_.purposes.push_back(Purpose::operations);
      else if (code == "ETREAT")
        rule_.purposes.push_back(Purpose::emergency);
      else if (code == "PATRQT")
        rule_.purposes.push_back(Purpose::patient_request);
      else
        return false;
    }
    return true;
  }
  // Seeing is one thing here: a rule about access or disclosure is a rule.
  static bool actions(const json::Value& value) {
    return std::ranges::all_of(value.items(), [](const auto& action) {
      return has_code(&action, "access") || has_code(&action, "disclose");
    });
  }

  const InstitutionOf& institution_of_;
  Rule& rule_;
  std::string& unknown_;
};

}  // namespace

CompiledConsent compile_consent(const json::Value& consent, const InstitutionOf& institution_of) {
  CompiledConsent compiled;
  compiled.patient = patient_of(consent);
  const bool rules =
      consent.text_of("status") == "active" && has_code(consent.find("scope"), "patient-privacy");
  if (compiled.patient.empty() || !rules) return compiled;

  Rule rule;
  const auto* provision = consent.find("provision");
  const bool modified = consent.find("modifierExtension") != nullptr;
  if (provision != nullptr && !modified) {
    ProvisionReader reader(institution_of, rule, compiled.strict_because);
    if (reader.read(*provision)) {
      compiled.rules.push_back(std::move(rule));
      return compiled;
    }
  }
  if (compiled.strict_because.empty())
    compiled.strict_because = modified ? "modifierExtension" : "provision";
  Rule strict;
  strict.strictest = true;
  compiled.rules.push_back(std::move(strict));
  return compiled;
}

std::string institution_number(const json::Value& organization) {
  const auto* identifiers = organization.find("identifier");
  if (identifiers == nullptr) return {};
  for (const auto& identifier : identifiers->items()) {
    if (identifier.text_of("system") == institution_system)
      return std::string(identifier.text_of("value"));
  }
  return {};
}

}  // namespace tasuki::record
