#include "messages.h"

#include <algorithm>
#include <initializer_list>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace tasuki::demo {
namespace {

struct Field {
  size_t number;
  std::string text;
};

// "OBX" and its fields by the standard's numbers; the fields between stay empty.
std::string segment(std::string_view name, std::initializer_list<Field> fields) {
  std::string text(name);
  size_t at = 0;
  for (const Field& field : fields) {
    text.append(field.number - at, '|');
    text += field.text;
    at = field.number;
  }
  text.erase(text.find_last_not_of('|') + 1);
  return text + '\r';
}

std::string day_text(Day day) {
  const std::chrono::year_month_day date(day);
  return fmt::format("{:04}{:02}{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::string time_text(Moment moment) {
  return fmt::format("{}{:02}{:02}", day_text(moment.day), moment.minute / 60 % 24,
                     moment.minute % 60);
}

std::string xpn(const Name& name) {
  return fmt::format("{}^{}^^^^^L^I~{}^{}^^^^^L^P", name.family, name.given, name.kana_family,
                     name.kana_given);
}

constexpr std::string_view doctor_ideographic = "607^医師^一郎^^^^^^^L^^^^^I";

class Writer {
 public:
  Writer(const Event& event, const Person& person, const Registration& registration,
         const Sender& sender, uint64_t serial)
      : event_(event),
        person_(person),
        registration_(registration),
        sender_(sender),
        serial_(serial) {}

  Message write() {
    message_.control_id =
        fmt::format("{}{:08}{:05}", static_cast<int>(event_.facility) + 1, person_.number, serial_);
    std::visit([this](const auto& what) { tell(what); }, event_.what);
    return std::move(message_);
  }

 private:
  void open(std::string_view type, std::string_view kind, bool has_date = true) {
    message_.kind = kind;
    message_.has_date = has_date;
    message_.text += fmt::format("MSH|^~\\&|EMR|{}|TASUKI|TASUKI|{}00||{}|{}|P|2.5||||||{}||{}",
                                 info(event_.facility).organisation, time_text(event_.at), type,
                                 message_.control_id, sender_.charset, sender_.escapes);
    message_.text.erase(message_.text.find_last_not_of('|') + 1);
    message_.text += '\r';
  }
  void add(std::string_view name, std::initializer_list<Field> fields) {
    message_.text += segment(name, fields);
  }

  void evn() { add("EVN", {{2, time_text(event_.at)}, {6, time_text(event_.at)}}); }

  void pid() {
    const bool before = person_.name_until && event_.at.day < person_.name_changed;
    const Name& name = before ? *person_.name_until : registration_.name;
    add("PID", {{1, "0001"},
                {3, registration_.patient_number + "^^^^PI"},
                {5, xpn(name)},
                {7, day_text(person_.birth)},
                {8, std::string(1, person_.sex)},
                {11, fmt::format("^^^^{}^JPN^H^{}", person_.postcode, registration_.address)},
                {13, fmt::format("^PRN^PH^^^^^^^^^{}", person_.phone)}});
  }

  void pv1(bool inpatient, std::string_view admitted = {}, std::string_view discharged = {}) {
    add("PV1", {{1, "0001"},
                {2, inpatient ? "I" : "O"},
                {3, inpatient ? "32^302^1^^^N" : fmt::format("{}^^^^^C", event_.department_code)},
                {7, std::string(doctor_ideographic)},
                {10, std::string(event_.department_code)},
                {36, discharged.empty() ? "" : "01"},
                {44, std::string(admitted)},
                {45, std::string(discharged)}});
  }

  void tell(const Registered&) {
    open("ADT^A08^ADT_A01", "ADT-00", false);
    evn();
    pid();
    pv1(false);
    if (!person_.allergies.empty() && event_.facility == Facility::minato) {
      add("AL1", {{1, "1"},
                  {2, "DA^薬剤アレルギー^HL70127"},
                  {3, fmt::format("1^{}^99XYZ", person_.allergies.front())},
                  {4, "SV^重度^HL70128"},
                  {5, "アナフィラキシー"},
                  {6, "20190610"}});
    }
    size_t number = 0;
    for (const Insurance& insurance : person_.insurances) {
      if (insurance.from > event_.at.day) continue;
      add("IN1",
          {{1, std::to_string(++number)},
           {2, fmt::format("{}^{}^JHSD0001", insurance.kind_code, insurance.kind)},
           {3, insurance.insurer},
           {10, insurance.symbol},
           {11, insurance.number},
           {12, day_text(insurance.from)},
           {13, insurance.to && *insurance.to < event_.at.day ? day_text(*insurance.to) : ""},
           {17, "SEL^本人^HL70063"}});
    }
  }

  void tell(const Allergies&) {
    open("ADT^A60^ADT_A60", "ADT-61", false);
    evn();
    pid();
    pv1(false);
    const bool is_sakura = event_.facility == Facility::sakura;
    int number = 0;
    for (const std::string_view allergy : person_.allergies) {
      const bool is_food = allergy == "そば";
      add("IAM", {{1, std::to_string(++number)},
                  {2, is_food ? "FA^食物アレルギー^HL70127" : "DA^薬剤アレルギー^HL70127"},
                  {3, fmt::format("{}^{}^99XYZ", number,
                                  is_sakura && person_.number == 1 ? "造影剤" : allergy)},
                  {4, is_sakura ? "MO^中等度^HL70128" : "SV^重度^HL70128"},
                  {5, is_sakura ? "発疹" : "アナフィラキシー"},
                  {6, "A^追加^HL70206"},
                  {9, "AL^アレルギー^HL70204"},
                  {11, "20190610"},
                  {17, "C^確認済^HL70438"}});
    }
  }

  void tell(const Visit& visit) {
    switch (visit.kind) {
      case Visit::Kind::outpatient:
        open("ADT^A04^ADT_A01", "ADT-12");
        evn();
        pid();
        return pv1(false, time_text(event_.at));
      case Visit::Kind::admission:
        open("ADT^A01^ADT_A01", "ADT-22");
        evn();
        pid();
        return pv1(true, time_text(visit.admitted));
      case Visit::Kind::discharge:
        open("ADT^A03^ADT_A03", "ADT-52");
        evn();
        pid();
        return pv1(true, time_text(visit.admitted), time_text(event_.at));
    }
  }

  void tell(const Problems& problems) {
    open("PPR^ZD1^PPR_ZD1", "PPR-01", false);
    pid();
    pv1(false);
    for (const Problem& problem : problems.all) {
      const Disease& disease = *problem.disease;
      add("PRB", {{1, "AD"},
                  {2, time_text(event_.at)},
                  {3, fmt::format("{}^{}^MDCDX2", disease.number, disease.name)},
                  {4, fmt::format("{}-{}", disease.number, day_text(problem.start))},
                  {7, day_text(problem.start)},
                  {9, problem.end ? day_text(*problem.end) : ""},
                  {10, fmt::format("{}^^I10^O^外来時^JHSD0004^2013", disease.icd10)},
                  {13, problem.suspected ? "1^疑い^JHSD0005" : ""},
                  {16, day_text(problem.start)},
                  {17, std::string(disease.name)}});
      add("ZPR", {{1, "1"}, {2, fmt::format("{}^{}^MDCDX2", disease.number, disease.name)}});
    }
  }

  std::string order() const { return fmt::format("{:015}", event_.order); }

  void orc(std::string_view control, const std::string& rp, bool inpatient) {
    add("ORC", {{1, std::string(control)},
                {2, order()},
                {4, rp},
                {9, time_text(event_.at)},
                {12, std::string(doctor_ideographic)},
                {17, fmt::format("{}^{}^99RNK", event_.department_code, event_.department)},
                {21, std::string(info(event_.facility).name)},
                {29, inpatient ? "I^入院患者オーダ^HL70482" : "O^外来患者オーダ^HL70482"}});
  }

  void tell(const Prescription& prescription) {
    open("RDE^O11^RDE_O11", "OMP-01");
    pid();
    pv1(prescription.is_inpatient);
    int rp = 0;
    for (const auto& [drug, dose] : prescription.drugs) {
      orc("NW", fmt::format("{}_{:02}", order(), ++rp), prescription.is_inpatient);
      dose_of(*drug, dose, prescription.days);
    }
  }

  void dose_of(const Drug& drug, int dose, int until_next) {
    const std::string unit = fmt::format("{}^{}^MR9P", drug.unit_code, drug.unit);
    const bool as_needed = drug.days == 0;
    const int taken_days = until_next > 0 && drug.days >= 28 ? until_next : drug.days;
    const bool is_external = drug.usage.code.starts_with('2');
    const int total = is_external ? (drug.unit_code == "MAI" ? taken_days : 1)
                      : as_needed
                          ? dose * 10
                          : dose * drug.usage.times_a_day * taken_days / drug.usage.every_days;
    add("RXE", {{2, fmt::format("{}^{}^HOT9", drug.hot9, drug.name)},
                {3, is_external ? "\"\"" : std::to_string(dose)},
                {5, is_external ? "\"\"" : unit},
                {10, std::to_string(total)},
                {11, unit},
                {19, is_external || as_needed || drug.usage.every_days > 1
                         ? ""
                         : fmt::format("{}^{}&{}&MR9P", dose * drug.usage.times_a_day,
                                       drug.unit_code, drug.unit)},
                {21, "OHP^外来処方^MR9P~OHO^院外処方^MR9P"},
                {27, is_external ? "23^外用^JHSP0003"
                     : as_needed ? "22^頓用^JHSP0003"
                                 : "21^内服^JHSP0003"}});
    add("TQ1", {{1, "1"},
                {3, fmt::format("{}&{}&JAMISDP01", drug.usage.code, drug.usage.text) +
                        (drug.usage.supplement.empty()
                             ? ""
                             : fmt::format("~{}&JAMISDP01", drug.usage.supplement))},
                {6, as_needed ? "" : fmt::format("{}^D&日&ISO+", taken_days)},
                {7, day_text(event_.at.day)},
                {14, as_needed ? "10" : ""}});
    add("RXR", {{1, fmt::format("{}^{}^HL70162", drug.route_code, drug.route)}});
  }

  void tell(const Injection& injection) {
    open("RDE^O11^RDE_O11", "OMP-02");
    pid();
    pv1(true);
    orc("NW", fmt::format("{}_01_001", order()), true);
    add("RXE", {{2, "00^一般^JHSI0002"},
                {3, "510"},
                {5, "ML^ミリリットル^MR9P"},
                {6, "INJ^注射剤^MR9P"},
                {21, "IHP^入院処方^MR9P~FTP^定時処方^JHSI0001"},
                {23, "102"},
                {24, "ml/hr^ミリリッター／時間^ISO+"}});
    add("TQ1", {{1, "1"},
                {7, time_text(event_.at)},
                {8, time_text({event_.at.day, event_.at.minute + 300})}});
    add("RXR", {{1, "IV^静脈内^HL70162"}, {3, "IVP^点滴ポンプ^HL70164"}});
    add("RXC",
        {{1, "B"}, {2, fmt::format("{}^HOT9", injection.base)}, {3, "1"}, {4, "HON^本^MR9P"}});
    add("RXC", {{1, "A"},
                {2, fmt::format("{}^HOT9", injection.additive)},
                {3, "1"},
                {4, "AMP^アンプル^MR9P"}});
  }

  void tell(const LabReport& report) {
    open(sender_.uses_oul ? "OUL^R22^OUL_R22" : "ORU^R01^ORU_R01", "OML-11");
    pid();
    pv1(false);
    std::vector<std::string_view> materials;
    for (const LabResult& result : report.results) {
      if (std::ranges::find(materials, result.item->material_code) == materials.end())
        materials.push_back(result.item->material_code);
    }
    int group = 0;
    for (const std::string_view material : materials)
      group_of(report, material, ++group);
  }

  void group_of(const LabReport& report, std::string_view material, int group) {
    const Moment taken{event_.at.day, event_.at.minute - 30};
    const auto first = std::ranges::find_if(
        report.results, [&](const LabResult& r) { return r.item->material_code == material; });
    const std::string filler = fmt::format("{}{:02}", order().substr(4), group);
    const std::string specimen = fmt::format("{}^{}^JC10", material, first->item->material);
    if (sender_.uses_oul) {
      add("SPM", {{1, std::to_string(group)}, {2, filler}, {4, specimen}, {17, time_text(taken)}});
    } else {
      orc("SC", order(), false);
    }
    add("OBR",
        {{1, std::to_string(group)},
         {2, order()},
         {3, filler},
         {4, "E001^検体検査^99LAB"},
         {7, time_text(taken)},
         {15, sender_.uses_oul ? "" : fmt::format("{}&{}&JC10", material, first->item->material)},
         {16, std::string(doctor_ideographic)},
         {22, time_text(event_.at)},
         {25, "F"}});
    if (sender_.uses_oul) orc("SC", order(), false);
    int number = 0;
    for (const LabResult& result : report.results) {
      if (result.item->material_code == material) obx(result, ++number, taken);
    }
  }

  void obx(const LabResult& result, int number, Moment taken) {
    const LabItem& item = *result.item;
    const Range range = range_of(item, person_.sex);
    const std::string_view flag = result.value > range.high  ? "H"
                                  : result.value < range.low ? "L"
                                                             : "";
    add("OBX",
        {{1, std::to_string(number)},
         {2, "NM"},
         {3, fmt::format("{}^{}^JC10", item.jlac10, item.name)},
         {5, fmt::format("{:.{}f}", result.value, item.decimals)},
         {6, item.unit.empty() ? "" : fmt::format("{}^{}^ISO+", item.unit, item.unit)},
         {7, fmt::format("{:.{}f}-{:.{}f}", range.low, item.decimals, range.high, item.decimals)},
         {8, std::string(flag)},
         {11, "F"},
         {14, time_text(taken)}});
  }

  const Event& event_;
  const Person& person_;
  const Registration& registration_;
  const Sender& sender_;
  uint64_t serial_;
  Message message_;
};

}  // namespace

Message message_of(const Event& event, const Person& person, const Registration& registration,
                   const Sender& sender, uint64_t serial) {
  return Writer(event, person, registration, sender, serial).write();
}

}  // namespace tasuki::demo
