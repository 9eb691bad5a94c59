#include "server/faces/overview.h"

#include <algorithm>

#include "server/faces/overview_parts.h"
#include "server/faces/person_text.h"

namespace tasuki::server::faces {
namespace {

// What a person knows a facility by on this screen: the first letter of its name that no other has
// taken, and a shape.
struct Shown {
  std::string id, name, mark;
  std::string_view shape;
};

size_t letter_bytes(unsigned char first) {
  if (first < 0x80) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

std::string mark_of(const std::string& name, const std::vector<Shown>& taken) {
  for (size_t at = 0; at < name.size();) {
    const size_t bytes =
        std::min(letter_bytes(static_cast<unsigned char>(name[at])), name.size() - at);
    const std::string letter = name.substr(at, bytes);
    at += bytes;
    if (std::none_of(taken.begin(), taken.end(),
                     [&](const Shown& other) { return other.mark == letter; }))
      return letter;
  }
  return std::to_string(taken.size() + 1);
}

std::vector<Shown> shown_facilities(const Chart& chart, const Facilities& facilities) {
  constexpr std::string_view shapes[] = {"circle", "square", "triangle", "diamond"};
  std::vector<Shown> shown;
  for (const record::LinkedRecord& record : chart.person.records) {
    if (record.withheld) continue;
    if (std::any_of(shown.begin(), shown.end(),
                    [&](const Shown& other) { return other.id == record.organisation; }))
      continue;
    const std::string name = facilities.name(record.organisation);
    shown.push_back({record.organisation, name, mark_of(name, shown),
                     shapes[shown.size() % std::size(shapes)]});
  }
  return shown;
}

void write_facilities(const Chart& chart, const Facilities& facilities, Text& text) {
  text.name("facilities").array();
  for (const Shown& each : shown_facilities(chart, facilities)) {
    text.object()
        .member("id", each.id)
        .member("name", each.name)
        .member("mark", each.mark)
        .member("shape", each.shape);
    text.member("own", each.id == chart.own_facility).end();
  }
  text.end();
}

void write_withheld(const Chart& chart, const Facilities& facilities, Text& text) {
  text.name("withheld").array();
  for (const record::LinkedRecord& record : chart.person.records) {
    if (!record.withheld) continue;
    text.object()
        .name("facility")
        .object()
        .member("id", record.organisation)
        .member("name", facilities.name(record.organisation))
        .end();
    text.member("reason", std::string_view("本人の同意がまだありません")).end();
  }
  text.end();
}

// The newest consent that stands and permits. R4 consent.html
std::string agreed_since(const Chart& chart) {
  for (const ChartItem& item : chart.consents) {
    const json::Value& consent = item.resource();
    if (consent.text_of("status") == "active" && text_at(consent, {"provision", "type"}) != "deny")
      return item.day;
  }
  return {};
}

void write_consent(const Chart& chart, Text& text) {
  const size_t seen =
      static_cast<size_t>(std::count_if(chart.person.records.begin(), chart.person.records.end(),
                                        [](const auto& record) { return !record.withheld; }));
  const std::string since = agreed_since(chart);
  text.name("consent").object().member(
      "state", std::string_view(since.empty() ? "own-facility-only" : "agreed"));
  text.member("facilities", seen).member_or_null("since", since).end();
}

}  // namespace

Result<std::string> overview(record::Session& session, const fhir::Definitions& definitions,
                             const Facilities& facilities, std::string_view person_id) {
  const Chart chart = TRY(load_chart(session, definitions, person_id));
  Text text;
  text.object().name("person");
  write_person(chart.person, {.whole = true}, text);
  text.member("today", chart.today);
  write_facilities(chart, facilities, text);
  write_withheld(chart, facilities, text);
  write_consent(chart, text);
  write_cautions(chart, text);
  write_problems(chart, text);
  write_visits(chart, text);
  write_tests(chart, text);
  write_medicines(chart, text);
  write_labs(chart, text);
  write_arrivals(chart, text);
  text.end();
  return text.take();
}

}  // namespace tasuki::server::faces
