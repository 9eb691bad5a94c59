// Medicines, with the days that are left of each. JP Core JP_MedicationRequest: the supply's days
// stand in dispenseRequest.expectedSupplyDuration, the start in authoredOn or the PeriodOfUse
// extension.
#include <algorithm>
#include <charconv>

#include "server/faces/overview_parts.h"
#include "server/faces/reading.h"

namespace tasuki::server::faces {
namespace {

constexpr int64_t days_supposed = 90;  // an order without days counts as current for this long
constexpr size_t medicines_max = 300;

constexpr std::string_view period_of_use =
    "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_MedicationDosage_PeriodOfUse";

const json::Value* dosage_of(const json::Value& request) {
  const json::Value* dosages = request.find("dosageInstruction");
  return dosages == nullptr || dosages->items().empty() ? nullptr : &dosages->items().front();
}

std::string usage_of(const json::Value* dosage) {
  if (dosage == nullptr) return {};
  const std::string_view code = concept_text(value_at(*dosage, {"timing", "code"}));
  return std::string(code.empty() ? dosage->text_of("text") : code);
}

std::string dose_of(const json::Value* dosage) {
  if (dosage == nullptr) return {};
  const json::Value* quantity = value_at(*dosage, {"doseAndRate", "doseQuantity"});
  if (quantity == nullptr) return {};
  return std::string(text_at(*quantity, {"value"})) + std::string(quantity->text_of("unit"));
}

int64_t whole_days(const json::Value* duration) {
  if (duration == nullptr) return 0;
  const std::string_view unit =
      duration->text_of("code").empty() ? duration->text_of("unit") : duration->text_of("code");
  if (unit != "d" && unit != "日" && !unit.empty()) return 0;
  const std::string_view text = text_at(*duration, {"value"});
  double count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count > 0 && count < 10'000 ? static_cast<int64_t>(count) : 0;
}

int64_t supply_days(const json::Value& request, const json::Value* dosage) {
  const int64_t supply =
      whole_days(value_at(request, {"dispenseRequest", "expectedSupplyDuration"}));
  if (supply > 0 || dosage == nullptr) return supply;
  return whole_days(value_at(*dosage, {"timing", "repeat", "boundsDuration"}));
}

std::string start_of(const ChartItem& item, const json::Value* dosage) {
  const json::Value* extensions = dosage == nullptr ? nullptr : dosage->find("extension");
  if (extensions != nullptr) {
    for (const json::Value& extension : extensions->items())
      if (extension.text_of("url") == period_of_use)
        return day_of(text_at(extension, {"valuePeriod", "start"}));
  }
  const std::string bounds =
      dosage == nullptr ? std::string()
                        : day_of(text_at(*dosage, {"timing", "repeat", "boundsPeriod", "start"}));
  return bounds.empty() ? item.day : bounds;
}

struct Medicine {
  std::string text, usage, dose, start, end;
  bool active = false;
  const ChartItem* item = nullptr;
};

Medicine medicine_of(const Chart& chart, const ChartItem& item) {
  const json::Value& request = item.resource();
  const json::Value* dosage = dosage_of(request);
  Medicine medicine{medicine_text(request),
                    usage_of(dosage),
                    dose_of(dosage),
                    start_of(item, dosage),
                    {},
                    false,
                    &item};
  const int64_t days = supply_days(request, dosage);
  if (days > 0) medicine.end = add_days(medicine.start, days - 1);
  const std::string_view status = request.text_of("status");
  const bool standing = status == "active" || status == "completed" || status == "unknown";
  const std::string last =
      medicine.end.empty() ? add_days(medicine.start, days_supposed) : medicine.end;
  medicine.active =
      standing && !medicine.start.empty() && medicine.start <= chart.today && chart.today <= last;
  return medicine;
}

void write(const Chart& chart, const Medicine& medicine, Text& text) {
  text.object()
      .member("text", medicine.text)
      .member("usage", medicine.usage)
      .member("dose", medicine.dose);
  text.member_or_null("start", medicine.start).member_or_null("end", medicine.end).name("daysLeft");
  if (medicine.end.empty()) {
    text.null();
  } else {
    text.value(std::max<int64_t>(0, days_between(chart.today, medicine.end) + 1));
  }
  text.member("active", medicine.active).member_or_null("ordered", medicine.item->day);
  text.member("facility", medicine.item->facility)
      .member("reference", medicine.item->reference)
      .end();
}

}  // namespace

void write_medicines(const Chart& chart, Text& text) {
  text.name("medicines").array();
  size_t count = 0;
  for (const ChartItem& item : chart.medicines) {
    const std::string_view status = item.resource().text_of("status");
    if (status == "cancelled" || status == "draft") continue;
    if (++count > medicines_max) break;
    write(chart, medicine_of(chart, item), text);
  }
  text.end();
}

}  // namespace tasuki::server::faces
