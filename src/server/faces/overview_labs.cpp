// The laboratory flowsheet: one row an analyte, whichever facility measured it. Same analyte in
// another unit is another row, because the numbers cannot be compared. Values are the source's
// digits, never formatted again.
#include <algorithm>

#include "server/faces/overview_parts.h"
#include "server/faces/reading.h"

namespace tasuki::server::faces {
namespace {

constexpr size_t rows_max = 60;
constexpr size_t results_max = 200;  // of one row, the newest

// JLAC10: analyte 5, identification 4, material 3, method 3, result 2. What is measured in what;
// the method may differ between facilities, and clinicians read the row as one.
constexpr size_t jlac10_row_digits = 12;

struct Row {
  std::string code, text, unit;
  const json::Value* range = nullptr;
  std::vector<const ChartItem*> results;  // newest first
};

const json::Value* jlac10_of(const json::Value& observation) {
  const json::Value* codings = value_at(observation, {"code", "coding"});
  if (codings == nullptr) return nullptr;
  for (const json::Value& coding : codings->items()) {
    const std::string_view system = coding.text_of("system");
    const bool known = system == "urn:oid:1.2.392.200119.4.504" ||
                       system == "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
    if (known && coding.text_of("code").size() >= jlac10_row_digits) return &coding;
  }
  return nullptr;
}

std::string unit_of(const json::Value& observation) {
  const json::Value* quantity = observation.find("valueQuantity");
  if (quantity == nullptr) return {};
  const std::string_view unit = quantity->text_of("unit");
  return std::string(unit.empty() ? quantity->text_of("code") : unit);
}

std::string key_of(const ChartItem& item, const std::string& unit) {
  const json::Value& observation = item.resource();
  const json::Value* jlac10 = jlac10_of(observation);
  if (jlac10 != nullptr)
    return fmt::format("jlac10|{}|{}", jlac10->text_of("code").substr(0, jlac10_row_digits), unit);
  const std::string_view system = text_at(observation, {"code", "coding", "system"}),
                         code = text_at(observation, {"code", "coding", "code"});
  if (code.empty()) return fmt::format("text|{}|{}", concept_text(observation.find("code")), unit);
  // A local code means something at its facility only.
  return fmt::format("{}|{}|{}|{}", item.facility, system, code, unit);
}

std::string_view flag_of(const json::Value& observation) {
  const std::string_view code = text_at(observation, {"interpretation", "coding", "code"});
  return code == "N" ? std::string_view() : code;
}

std::vector<Row> rows_of(const Chart& chart) {
  std::vector<Row> rows;
  std::map<std::string, size_t> known;
  for (const ChartItem& item : chart.observations) {
    const json::Value& observation = item.resource();
    if (!is_lab(item) || item.day.empty() || observation.text_of("status") == "cancelled") continue;
    if (value_text(observation).empty()) continue;
    const std::string unit = unit_of(observation);
    const auto [at, fresh] = known.try_emplace(key_of(item, unit), rows.size());
    if (fresh) {
      const json::Value* jlac10 = jlac10_of(observation);
      const std::string_view code = jlac10 == nullptr
                                        ? text_at(observation, {"code", "coding", "code"})
                                        : jlac10->text_of("code");
      rows.push_back({std::string(code),
                      std::string(concept_text(observation.find("code"))),
                      unit,
                      nullptr,
                      {}});
    }
    Row& row = rows[at->second];
    if (row.range == nullptr) row.range = value_at(observation, {"referenceRange"});
    if (row.results.size() < results_max) row.results.push_back(&item);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return left.results.size() > right.results.size();
  });
  if (rows.size() > rows_max) rows.resize(rows_max);
  return rows;
}

void write_range(const json::Value* range, Text& text) {
  text.name("range");
  if (range == nullptr) {
    text.null();
    return;
  }
  const auto wrapped = [&](std::initializer_list<std::string_view> path) {
    if (!range->is_array()) return text_at(*range, path);
    return range->items().empty() ? std::string_view() : text_at(range->items().front(), path);
  };
  const std::string_view low = wrapped({"low", "value"}), high = wrapped({"high", "value"});
  std::string shown(wrapped({"text"}));
  if (shown.empty() && !(low.empty() && high.empty())) shown = fmt::format("{}-{}", low, high);
  text.object().member("low", low).member("high", high).member("text", shown).end();
}

}  // namespace

void write_labs(const Chart& chart, Text& text) {
  text.name("labs").array();
  for (const Row& row : rows_of(chart)) {
    text.object().member("code", row.code).member("text", row.text).member("unit", row.unit);
    write_range(row.range, text);
    text.name("results").array();
    for (auto at = row.results.rbegin(); at != row.results.rend(); ++at) {
      const json::Value& observation = (*at)->resource();
      text.object()
          .member("date", (*at)->day)
          .member("value", value_text(observation))
          .member("flag", flag_of(observation));
      text.member("facility", (*at)->facility).member("reference", (*at)->reference).end();
    }
    text.end().end();
  }
  text.end();
}

}  // namespace tasuki::server::faces
