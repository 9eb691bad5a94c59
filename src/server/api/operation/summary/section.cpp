#include "server/api/operation/summary/section.h"

#include <set>

#include "fhir/search/query.h"
#include "json/parse.h"
#include "server/api/parameters.h"
#include "server/faces/chart.h"
#include "server/faces/reading.h"

namespace tasuki::server::api::summary {
namespace {

using faces::concept_text;
using faces::has_code;
using faces::text_at;
using json::Value;

constexpr size_t page_size = 500;
constexpr size_t looked_through_max = 3000;  // of one source
constexpr size_t entries_max = 200;          // of one section
// A completed order is still being taken for some time: long prescriptions are of 90 days, twice
// refilled.
constexpr int64_t completed_days = 180;

struct Look {
  std::string_view today;
  std::set<std::string> seen;  // of the newest of each: what was there before
};

using Wanted = bool (*)(const Value& resource, Look& look);
using Line = std::string (*)(const Value& resource);

// ---- what belongs in

bool is_stated_medicine(const Value& statement, Look&) {
  const auto status = statement.text_of("status");
  return status == "active" || status == "intended" || status == "on-hold" || status == "unknown";
}

bool is_ordered_medicine(const Value& request, Look& look) {
  const auto status = request.text_of("status");
  if (status == "active" || status == "on-hold" || status == "unknown") return true;
  const std::string day = faces::day_of(request.text_of("authoredOn"));
  return status == "completed" && day >= faces::add_days(look.today, -completed_days);
}

bool is_believed(const Value& resource) {
  const Value* verification = resource.find("verificationStatus");
  return !has_code(verification, "refuted") && !has_code(verification, "entered-in-error");
}

bool is_allergy(const Value& allergy, Look&) {
  return is_believed(allergy);
}

bool is_over(const Value& condition) {
  const Value* status = condition.find("clinicalStatus");
  return has_code(status, "inactive") || has_code(status, "resolved") ||
         has_code(status, "remission");
}
bool is_problem(const Value& condition, Look&) {
  return is_believed(condition) && !is_over(condition);
}
bool is_past_illness(const Value& condition, Look&) {
  return is_believed(condition) && is_over(condition);
}

bool was_done(const Value& resource, Look&) {
  const auto status = resource.text_of("status");
  return status != "not-done" && status != "entered-in-error" && status != "preparation";
}

bool is_in_use(const Value& statement, Look&) {
  return statement.text_of("status") == "active";
}

bool is_report(const Value& report, Look&) {
  const auto status = report.text_of("status");
  return status != "entered-in-error" && status != "cancelled" && status != "registered";
}

// Sources give the newest first: one result a code, with its unit.
bool is_newest(const Value& observation, Look& look) {
  const auto status = observation.text_of("status");
  if (status == "entered-in-error" || status == "cancelled") return false;
  const std::string name = fmt::format(
      "{}|{}|{}", text_at(observation, {"code", "coding", "system"}),
      text_at(observation, {"code", "coding", "code"}), concept_text(observation.find("code")));
  return look.seen.insert(name).second;
}

// ---- one line of each

std::string dated(std::string text, std::string_view date) {
  const std::string day = faces::day_of(date);
  return day.empty() ? text : fmt::format("{}({})", text, day);
}

std::string first_date(const Value& resource, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const Value* value = resource.find(name);
    if (value == nullptr) continue;
    return std::string(value->is_object() ? value->text_of("start") : value->text());
  }
  return {};
}

std::string medicine_line(const Value& medicine) {
  std::string text = faces::medicine_text(medicine);
  const Value* usage = faces::value_at(medicine, {"dosageInstruction"});
  if (usage == nullptr) usage = medicine.find("dosage");
  if (usage != nullptr && !usage->items().empty()) {
    const auto said = usage->items().front().text_of("text");
    if (!said.empty()) text += " " + std::string(said);
  }
  return dated(std::move(text), first_date(medicine, {"authoredOn", "effectivePeriod",
                                                      "effectiveDateTime", "dateAsserted"}));
}

std::string allergy_line(const Value& allergy) {
  std::string text(concept_text(allergy.find("code")));
  const auto reaction = concept_text(faces::value_at(allergy, {"reaction", "manifestation"}));
  if (!reaction.empty()) text += ": " + std::string(reaction);
  if (allergy.text_of("criticality") == "high") text += " 【重篤の恐れ High risk】";
  return text;
}

std::string condition_line(const Value& condition) {
  return dated(std::string(concept_text(condition.find("code"))),
               first_date(condition, {"onsetDateTime", "onsetPeriod", "recordedDate"}));
}

std::string vaccination_line(const Value& immunization) {
  return dated(std::string(concept_text(immunization.find("vaccineCode"))),
               first_date(immunization, {"occurrenceDateTime", "recorded"}));
}

std::string procedure_line(const Value& procedure) {
  return dated(std::string(concept_text(procedure.find("code"))),
               first_date(procedure, {"performedDateTime", "performedPeriod"}));
}

std::string device_line(const Value& statement) {
  return std::string(text_at(statement, {"device", "display"}));
}

std::string report_line(const Value& report) {
  std::string text(concept_text(report.find("code")));
  if (const auto said = report.text_of("conclusion"); !said.empty())
    text += ": " + std::string(said);
  return dated(std::move(text),
               first_date(report, {"effectiveDateTime", "effectivePeriod", "issued"}));
}

std::string observation_line(const Value& observation) {
  std::string text(concept_text(observation.find("code")));
  if (const std::string value = faces::value_text(observation); !value.empty())
    text += fmt::format(" {} {}", value, text_at(observation, {"valueQuantity", "unit"}));
  while (text.ends_with(' '))
    text.pop_back();
  return dated(std::move(text),
               first_date(observation, {"effectiveDateTime", "effectivePeriod", "issued"}));
}

// ---- the table

// clang-format off
constexpr SectionKind medications{"10160-0", "History of Medication use Narrative", "お薬", "Medication summary", true};
constexpr SectionKind allergies{"48765-2", "Allergies and adverse reactions Document", "アレルギー・不耐性", "Allergies and intolerances", true};
constexpr SectionKind problems{"11450-4", "Problem list - Reported", "現在の病名・問題", "Problems", true};
constexpr SectionKind immunizations{"11369-6", "History of Immunization note", "予防接種", "Immunizations", false};
constexpr SectionKind results{"30954-2", "Relevant diagnostic tests/laboratory data note", "検査結果", "Results", false};
constexpr SectionKind procedures{"47519-4", "History of Procedures note", "手術・処置", "Procedures", false};
constexpr SectionKind devices{"46264-8", "History of medical device use", "医療機器", "Medical devices", false};
constexpr SectionKind vital_signs{"8716-3", "Vital signs note", "バイタルサイン", "Vital signs", false};
constexpr SectionKind past_illness{"11348-0", "History of Past illness note", "既往歴", "Past illnesses", false};
constexpr SectionKind social{"29762-2", "Social history note", "生活歴", "Social history", false};

struct Source {
  const SectionKind& section;
  std::string_view type, query;
  Wanted wanted;
  Line line;
};
constexpr Source sources[] = {
    {medications,   "MedicationStatement", "",                                   is_stated_medicine,  medicine_line},
    {medications,   "MedicationRequest",   "_sort=-authoredon",                  is_ordered_medicine, medicine_line},
    {allergies,     "AllergyIntolerance",  "",                                   is_allergy,          allergy_line},
    {problems,      "Condition",           "",                                   is_problem,          condition_line},
    {immunizations, "Immunization",        "_sort=-date",                        was_done,            vaccination_line},
    {results,       "DiagnosticReport",    "_sort=-date",                        is_report,           report_line},
    {results,       "Observation",         "category=laboratory&_sort=-date",    is_newest,           observation_line},
    {procedures,    "Procedure",           "_sort=-date",                        was_done,            procedure_line},
    {devices,       "DeviceUseStatement",  "",                                   is_in_use,           device_line},
    {vital_signs,   "Observation",         "category=vital-signs&_sort=-date",   is_newest,           observation_line},
    {past_illness,  "Condition",           "",                                   is_past_illness,     condition_line},
    {social,        "Observation",         "category=social-history&_sort=-date", is_newest,          observation_line},
};
// clang-format on

class SectionLoader {
 public:
  SectionLoader(record::Session& session, const fhir::Definitions& definitions,
                std::span<const std::string> patients, std::string_view today)
      : session_(session), definitions_(definitions), today_(today) {
    for (const std::string& id : patients)
      patients_ += (patients_.empty() ? "Patient/" : ",Patient/") + id;
  }

  Result<void> load(const Source& source, std::vector<SectionEntry>& entries) {
    const auto type = *definitions_.resource_type(source.type);
    // Devices in use are found by subject, which R4 calls patient there too.
    std::string text = fmt::format("patient={}&_count={}", percent_encoded(patients_), page_size);
    if (!source.query.empty()) text += "&" + std::string(source.query);
    auto query = TRY(fhir::search::parse(definitions_, type, text));
    Look look{.today = today_, .seen = {}};
    for (size_t looked_at = 0; looked_at < looked_through_max; looked_at += page_size) {
      record::SearchResult page = TRY(session_.search(query));
      for (record::Resource& match : page.matches)
        TRY(take(source, std::move(match), look, entries));
      if (page.next.empty() || entries.size() >= entries_max) break;
      query.cursor = page.next;
    }
    return {};
  }

 private:
  static Result<void> take(const Source& source, record::Resource resource, Look& look,
                           std::vector<SectionEntry>& entries) {
    const json::Document document = TRY(json::parse(resource.body));
    const bool wanted = document.root.text_of("status") != "entered-in-error" &&
                        entries.size() < entries_max && source.wanted(document.root, look);
    if (wanted) entries.push_back({std::move(resource), source.line(document.root)});
    return {};
  }

  record::Session& session_;
  const fhir::Definitions& definitions_;
  const std::string_view today_;
  std::string patients_;
};

}  // namespace

Result<std::vector<Section>> load_sections(record::Session& session,
                                           const fhir::Definitions& definitions,
                                           std::span<const std::string> patients,
                                           std::string_view today) {
  SectionLoader loader(session, definitions, patients, today);
  std::vector<Section> sections;
  for (const Source& source : sources) {
    if (sections.empty() || sections.back().kind != &source.section)
      sections.push_back({.kind = &source.section, .entries = {}});
    TRY(loader.load(source, sections.back().entries));
  }
  std::erase_if(sections, [](const Section& section) {
    return section.entries.empty() && !section.kind->required;
  });
  return sections;
}

}  // namespace tasuki::server::api::summary
