#include "record/consent/consents.h"

#include "base/check.h"
#include "json/parse.h"
#include "record/consent/compile.h"

namespace tasuki::record {

namespace {

constexpr size_t consents_at_once = 10'000;

// Kept as "<owner> <rules>": the owner decides whether the Consent may speak for the patient's
// record.
struct KeptConsent {
  std::string owner;
  std::vector<Rule> rules;
};

Result<KeptConsent> parse_kept(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos)
    return Error{Error::Kind::internal, "A kept consent cannot be read.", {}};
  return KeptConsent{std::string(text.substr(0, space)), TRY(parse_rules(text.substr(space + 1)))};
}

// A facility speaks for its own patients only: otherwise whoever knows an id could let himself in.
bool may_speak(const KeptConsent& consent, const RecordEntry& record) {
  return consent.owner == record.owner || consent.owner == "person/" + record.person;
}

InstitutionOf institutions(Inside& inside, store::Reader& reader) {
  return [&inside, &reader](const json::Value& reference) -> std::optional<std::string> {
    if (const auto* identifier = reference.find("identifier")) {
      const auto value = identifier->text_of("value");
      if (!value.empty()) return std::string(value);
    }
    const auto text = reference.text_of("reference");
    const auto type = inside.definitions().resource_type("Organization");
    if (!text.starts_with("Organization/") || !type) return std::nullopt;
    const auto current = reader.current({inside.kind_of(*type), std::string(text.substr(13))});
    if (!current || !*current || (*current)->deleted) return std::nullopt;
    const auto document = json::parse((*current)->body);
    if (!document) return std::nullopt;
    auto number = institution_number(document->root);
    return number.empty() ? std::nullopt : std::optional(std::move(number));
  };
}

Result<std::vector<Rule>> rules_of_record(store::Reader& reader, const std::string& patient,
                                          const RecordEntry& record) {
  std::vector<Rule> rules;
  for (const auto& item : TRY(reader.items(table::consents, patient + "|"))) {
    auto kept = TRY(parse_kept(item.value));
    if (may_speak(kept, record)) std::ranges::move(kept.rules, std::back_inserter(rules));
  }
  return rules;
}

}  // namespace

Result<void> keep_consent(Inside& inside, store::Writer& writer, std::string_view id,
                          std::string_view owner, const json::Value* consent, Affected& affected) {
  const auto touch = [&](const std::string& patient) -> Result<void> {
    const auto entry = TRY(record_entry(writer, patient));
    if (entry) affected.persons.insert(entry->person);
    return {};
  };
  const auto before = TRY(writer.item(table::consent_patients, id));
  if (before) {
    TRY(writer.remove_item(table::consents, *before + "|" + std::string(id)));
    TRY(writer.remove_item(table::consent_patients, id));
    TRY(touch(*before));
  }
  if (consent == nullptr) return {};
  const auto compiled = compile_consent(*consent, institutions(inside, writer));
  if (compiled.rules.empty()) return {};
  TRY(writer.set_item(table::consents, compiled.patient + "|" + std::string(id),
                      std::string(owner) + " " + print_rules(compiled.rules)));
  TRY(writer.set_item(table::consent_patients, id, compiled.patient));
  return touch(compiled.patient);
}

Result<void> Inside::refresh_policies(const Affected& affected) {
  return refreshing_.with([&](int&) -> Result<void> {
    const auto reader = store_->read();
    for (const auto subject : affected.orphans)
      policies_.set({subject}, {});
    for (const auto& person : affected.persons) {
      std::vector<uint64_t> subjects;
      std::vector<Rule> rules;
      for (const auto& patient : TRY(patients_of(*reader, person))) {
        const auto entry = TRY(record_entry(*reader, patient));
        if (!entry) continue;
        subjects.push_back(entry->subject);
        auto own = TRY(rules_of_record(*reader, patient, *entry));
        std::ranges::move(own, std::back_inserter(rules));
      }
      policies_.set(subjects, std::move(rules));
    }
    return {};
  });
}

// At the start: only persons somebody has agreed or refused for are looked at.
Result<void> Inside::load_policies() {
  policies_.clear();
  Affected affected;
  const auto reader = store_->read();
  std::string after, last_patient;
  for (;;) {
    const auto items = TRY(reader->items(table::consents, "", after, consents_at_once));
    for (const auto& item : items) {
      const auto patient = item.key.substr(0, item.key.find('|'));
      if (patient == last_patient) continue;
      last_patient = patient;
      const auto entry = TRY(record_entry(*reader, patient));
      if (entry) affected.persons.insert(entry->person);
    }
    if (items.size() < consents_at_once) break;
    after = items.back().key;
  }
  return refresh_policies(affected);
}

}  // namespace tasuki::record
