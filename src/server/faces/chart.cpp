#include "server/faces/chart.h"

#include <algorithm>
#include <charconv>

#include "base/time.h"
#include "fhir/search/query.h"
#include "json/parse.h"
#include "server/api/parameters.h"

namespace tasuki::server::faces {
namespace {

using namespace std::chrono;

// Bounds of one screen: what is older than this many is found by searching, not by looking.
constexpr size_t page_count = 1000;
constexpr size_t observations_max = 3000;
constexpr size_t others_max = 1000;

struct List {
  std::string_view type;
  std::vector<ChartItem> Chart::*items;
  size_t count_max;
  std::initializer_list<std::initializer_list<std::string_view>>
      days;  // where the day stands, the first that is there
};

std::optional<year_month_day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int y = 0;
  unsigned m = 0, d = 0;
  std::from_chars(text.data(), text.data() + 4, y);
  std::from_chars(text.data() + 5, text.data() + 7, m);
  std::from_chars(text.data() + 8, text.data() + 10, d);
  const year_month_day day{year(y), month(m), std::chrono::day(d)};
  return day.ok() ? std::optional(day) : std::nullopt;
}

std::string format_day(sys_days days) {
  const year_month_day day(days);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string day_in(const json::Value& resource, const List& list) {
  for (const auto& path : list.days) {
    const std::string_view text = text_at(resource, path);
    if (!text.empty()) return day_of(text);
  }
  return {};
}

std::string_view patient_in(const json::Value& resource) {
  std::string_view reference = text_at(resource, {"subject", "reference"});
  if (reference.empty()) reference = text_at(resource, {"patient", "reference"});
  return reference.starts_with("Patient/") ? reference.substr(8) : std::string_view();
}

class Loader {
 public:
  Loader(record::Session& session, const fhir::Definitions& definitions, Chart& chart)
      : session_(session), definitions_(definitions), chart_(chart) {
    for (const record::LinkedRecord& record : chart.person.records) {
      if (record.withheld) continue;
      facility_of_[record.patient] = record.organisation;
      if (!patients_.empty()) patients_ += ',';
      patients_ += "Patient/" + record.patient;
    }
  }

  Result<void> load(const List& list) {
    const auto type = definitions_.resource_type(list.type);
    if (!type || patients_.empty()) return {};
    auto query = TRY(fhir::search::parse(
        definitions_, *type,
        fmt::format("patient={}&_count={}", api::percent_encoded(patients_), page_count)));
    std::vector<ChartItem>& items = chart_.*list.items;
    while (items.size() < list.count_max) {
      const record::SearchResult found = TRY(session_.search(query));
      for (const record::Resource& match : found.matches)
        TRY(add(list, match, items));
      if (found.next.empty()) break;
      query.cursor = found.next;
    }
    std::stable_sort(items.begin(), items.end(), [](const ChartItem& left, const ChartItem& right) {
      return left.day > right.day;
    });
    return {};
  }

 private:
  Result<void> add(const List& list, const record::Resource& match, std::vector<ChartItem>& items) {
    ChartItem item;
    item.document = std::make_unique<json::Document>(TRY(json::parse(match.body)));
    // An error that was entered is kept for proof, not for care. R4
    // valueset-observation-status.html and its like.
    const json::Value& resource = item.document->root;
    if (resource.text_of("status") == "entered-in-error") return {};
    if (has_code(resource.find("verificationStatus"), "entered-in-error")) return {};
    const auto facility = facility_of_.find(patient_in(resource));
    if (facility == facility_of_.end()) return {};
    item.facility = facility->second;
    item.reference = fmt::format("{}/{}", list.type, match.id);
    item.day = day_in(resource, list);
    items.push_back(std::move(item));
    return {};
  }

  record::Session& session_;
  const fhir::Definitions& definitions_;
  Chart& chart_;
  std::string patients_;
  std::map<std::string, std::string, std::less<>> facility_of_;
};

}  // namespace

Result<Chart> load_chart(record::Session& session, const fhir::Definitions& definitions,
                         std::string_view person_id) {
  Chart chart;
  chart.person = TRY(session.person(person_id));
  chart.today = format_day(floor<days>(session.time() + japan_offset));
  chart.own_facility = session.principal().organisation;
  const List lists[] = {
      {"AllergyIntolerance", &Chart::allergies, others_max, {{"recordedDate"}, {"onsetDateTime"}}},
      {"Condition",
       &Chart::problems,
       others_max,
       {{"onsetDateTime"}, {"onsetPeriod", "start"}, {"recordedDate"}}},
      {"Encounter", &Chart::visits, others_max, {{"period", "start"}}},
      {"DiagnosticReport",
       &Chart::reports,
       others_max,
       {{"effectiveDateTime"}, {"effectivePeriod", "start"}, {"issued"}}},
      {"ImagingStudy", &Chart::images, others_max, {{"started"}}},
      {"MedicationRequest", &Chart::medicines, others_max, {{"authoredOn"}}},
      {"Observation",
       &Chart::observations,
       observations_max,
       {{"effectiveDateTime"}, {"effectivePeriod", "start"}, {"effectiveInstant"}, {"issued"}}},
      {"Consent", &Chart::consents, others_max, {{"dateTime"}}},
  };
  Loader loader(session, definitions, chart);
  for (const List& list : lists)
    TRY(loader.load(list));
  return chart;
}

const json::Value* value_at(const json::Value& value,
                            std::initializer_list<std::string_view> path) {
  const json::Value* at = &value;
  for (const std::string_view name : path) {
    if (at->is_array()) at = at->items().empty() ? nullptr : &at->items().front();
    if (at != nullptr) at = at->find(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string_view text_at(const json::Value& value, std::initializer_list<std::string_view> path) {
  const json::Value* found = value_at(value, path);
  return found == nullptr ? std::string_view() : found->text();
}

std::string_view concept_text(const json::Value* codeable) {
  if (codeable == nullptr) return {};
  if (codeable->is_array())
    return codeable->items().empty() ? std::string_view()
                                     : concept_text(&codeable->items().front());
  const std::string_view text = codeable->text_of("text");
  if (!text.empty()) return text;
  const std::string_view display = text_at(*codeable, {"coding", "display"});
  return display.empty() ? text_at(*codeable, {"coding", "code"}) : display;
}

bool has_code(const json::Value* codeable, std::string_view code) {
  if (codeable == nullptr) return false;
  for (const json::Value& each : codeable->items())
    if (has_code(&each, code)) return true;
  const json::Value* codings = codeable->find("coding");
  if (codings == nullptr) return false;
  return std::any_of(codings->items().begin(), codings->items().end(),
                     [&](const json::Value& coding) { return coding.text_of("code") == code; });
}

std::string day_of(std::string_view date_time) {
  if (date_time.size() <= 10) return std::string(date_time);
  const auto instant = parse_instant(date_time);
  return instant ? format_day(floor<days>(*instant + japan_offset))
                 : std::string(date_time.substr(0, 10));
}

std::string add_days(std::string_view day, int64_t count) {
  const auto parsed = parse_day(day);
  if (!parsed || count < -100'000 || count > 100'000) return {};
  return format_day(sys_days(*parsed) + days(count));
}

int64_t days_between(std::string_view from, std::string_view to) {
  const auto first = parse_day(from), second = parse_day(to);
  return first && second ? (sys_days(*second) - sys_days(*first)).count() : 0;
}

}  // namespace tasuki::server::faces
