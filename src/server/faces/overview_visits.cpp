// Visits and tests: what the lifelines draw.
#include <algorithm>

#include "server/faces/overview_parts.h"

namespace tasuki::server::faces {
namespace {

std::string_view visit_kind(const json::Value& encounter) {
  const std::string_view code = text_at(encounter, {"class", "code"});
  if (code == "EMER") return "emergency";
  return code == "IMP" || code == "ACUTE" || code == "NONAC" ? "inpatient" : "outpatient";
}

std::string_view department_of(const json::Value& encounter) {
  const std::string_view service = concept_text(encounter.find("serviceType"));
  return service.empty() ? text_at(encounter, {"location", "location", "display"}) : service;
}

struct Test {
  std::string_view kind;
  std::string day, text, facility, reference;
  size_t count = 0;
};

std::string_view report_kind(const json::Value& report) {
  const json::Value* category = report.find("category");
  if (has_code(category, "LAB") || has_code(category, "LP29693-6")) return "lab";
  for (const std::string_view code : {"RAD", "LP29684-5", "IMG", "CT", "MR", "RUS", "NMR", "XRC"})
    if (has_code(category, code)) return "image";
  return "physiology";
}

// The laboratory's results of one day at one facility are one test on the lifeline.
std::vector<Test> lab_days(const Chart& chart) {
  std::vector<Test> tests;
  std::map<std::pair<std::string, std::string>, size_t> known;
  for (const ChartItem& item : chart.observations) {
    if (!is_lab(item) || item.day.empty()) continue;
    const auto [at, fresh] = known.try_emplace({item.day, item.facility}, tests.size());
    if (fresh) tests.push_back({"lab", item.day, "検体検査", item.facility, item.reference, 0});
    ++tests[at->second].count;
  }
  return tests;
}

std::vector<Test> tests_of(const Chart& chart) {
  std::vector<Test> tests = lab_days(chart);
  for (const ChartItem& item : chart.reports) {
    const std::string_view kind = report_kind(item.resource());
    if (kind == "lab") continue;  // its results stand there already
    tests.push_back({kind, item.day, std::string(concept_text(item.resource().find("code"))),
                     item.facility, item.reference, 1});
  }
  for (const ChartItem& item : chart.images) {
    std::string_view text = item.resource().text_of("description");
    if (text.empty()) text = text_at(item.resource(), {"modality", "code"});
    tests.push_back({"image", item.day, std::string(text), item.facility, item.reference, 1});
  }
  std::stable_sort(tests.begin(), tests.end(),
                   [](const Test& left, const Test& right) { return left.day > right.day; });
  return tests;
}

struct Arrival {
  std::string_view kind, title;
  std::string day, facility, text;
  size_t count = 0;
};
constexpr size_t arrivals_max = 12;

// What came in of one kind on one day from one facility, as one line.
class Arrivals {
 public:
  void add(std::string_view kind, std::string_view title, const ChartItem& item,
           std::string_view text) {
    if (item.day.empty()) return;
    const auto [at, fresh] =
        known_.try_emplace({std::string(kind), item.day, item.facility}, all_.size());
    if (fresh) all_.push_back({kind, title, item.day, item.facility, std::string(text), 0});
    ++all_[at->second].count;
  }
  std::vector<Arrival> newest() {
    std::stable_sort(all_.begin(), all_.end(), [](const Arrival& left, const Arrival& right) {
      return left.day > right.day;
    });
    if (all_.size() > arrivals_max) all_.resize(arrivals_max);
    return std::move(all_);
  }

 private:
  std::vector<Arrival> all_;
  std::map<std::tuple<std::string, std::string, std::string>, size_t> known_;
};

std::string arrival_text(const Arrival& arrival) {
  if (arrival.kind == "lab") return fmt::format("{}項目", arrival.count);
  if (arrival.count == 1) return arrival.text;
  return arrival.text.empty() ? fmt::format("{}件", arrival.count)
                              : fmt::format("{} ほか{}件", arrival.text, arrival.count - 1);
}

}  // namespace

bool is_lab(const ChartItem& observation) {
  const json::Value* category = observation.resource().find("category");
  return has_code(category, "laboratory");
}

void write_visits(const Chart& chart, Text& text) {
  text.name("visits").array();
  for (const ChartItem& item : chart.visits) {
    const json::Value& encounter = item.resource();
    if (encounter.text_of("status") == "cancelled") continue;
    text.object().member("kind", visit_kind(encounter)).member_or_null("start", item.day);
    text.member_or_null("end", day_of(text_at(encounter, {"period", "end"})))
        .member("department", department_of(encounter));
    text.member("facility", item.facility).member("reference", item.reference).end();
  }
  text.end();
}

void write_tests(const Chart& chart, Text& text) {
  text.name("tests").array();
  for (const Test& test : tests_of(chart)) {
    text.object()
        .member("kind", test.kind)
        .member_or_null("date", test.day)
        .member("text", test.text)
        .member("count", test.count);
    text.member("facility", test.facility).member("reference", test.reference).end();
  }
  text.end();
}

void write_arrivals(const Chart& chart, Text& text) {
  Arrivals arrivals;
  for (const ChartItem& item : chart.observations)
    if (is_lab(item)) arrivals.add("lab", "検査結果", item, {});
  for (const ChartItem& item : chart.medicines)
    arrivals.add("prescription", "処方", item,
                 concept_text(item.resource().find("medicationCodeableConcept")));
  for (const ChartItem& item : chart.visits)
    arrivals.add("visit", "受診", item, department_of(item.resource()));
  for (const ChartItem& item : chart.problems)
    arrivals.add("problem", "病名", item, concept_text(item.resource().find("code")));
  for (const ChartItem& item : chart.reports)
    if (report_kind(item.resource()) != "lab")
      arrivals.add("document", "報告書", item, concept_text(item.resource().find("code")));
  text.name("arrivals").array();
  for (const Arrival& arrival : arrivals.newest()) {
    text.object()
        .member("kind", arrival.kind)
        .member("title", arrival.title)
        .member("text", arrival_text(arrival));
    text.member("date", arrival.day).member("facility", arrival.facility).end();
  }
  text.end();
}

}  // namespace tasuki::server::faces
