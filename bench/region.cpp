#include "region.h"

#include <array>

#include <fmt/format.h>

namespace tasuki::bench::region {
namespace {

constexpr std::array<std::string_view, 60> families{
    "佐藤", "鈴木", "髙橋",   "田中", "伊藤", "渡邊", "山本", "中村", "小林", "加藤",
    "吉田", "山田", "佐々木", "山口", "松本", "井上", "木村", "林",   "斎藤", "清水",
    "山崎", "森",   "池田",   "橋本", "阿部", "石川", "山下", "中島", "石井", "小川",
    "前田", "岡田", "長谷川", "藤田", "後藤", "近藤", "村上", "遠藤", "青木", "坂本",
    "斉藤", "福田", "太田",   "西村", "藤井", "金子", "岡本", "藤原", "中野", "三浦",
    "原田", "中川", "松田",   "竹内", "小野", "田村", "中山", "和田", "石田", "森田"};
constexpr std::array<std::string_view, 40> givens{
    "花子",   "太郎",   "美咲", "健",   "葵",   "蓮",   "陽菜", "翔",     "結衣", "大輝",
    "さくら", "悠真",   "凛",   "湊",   "芽依", "樹",   "紬",   "陸",     "莉子", "颯太",
    "正",     "和子",   "清",   "幸子", "実",   "洋子", "茂",   "恵子",   "勝",   "久美子",
    "進",     "由美子", "誠",   "京子", "修",   "直美", "豊",   "真由美", "稔",   "明美"};
constexpr std::array<std::string_view, 12> cities{"みなと町", "さくら町", "みどり町", "港北",
                                                  "東野",     "西浜",     "南原",     "北丘",
                                                  "川口",     "山手",     "海辺",     "中央"};
constexpr std::array<std::string_view, 30> diseases{
    "I10", "E11", "E785", "J45", "K21", "M545", "N18", "I48", "I50", "J44",
    "F32", "G47", "H25",  "C50", "C61", "C34",  "C18", "K80", "N40", "M17",
    "M81", "E03", "D50",  "B18", "L20", "J30",  "I63", "I21", "G20", "G30"};
constexpr std::array<Test, 24> tests{{
    {"3D046000001906202", "ＨｂＡ１ｃ", "%", 4.9, 6.0, false},
    {"3C015000002327101", "クレアチニン", "mg/dL", 0.46, 0.79, false},
    {"3H015000002326101", "カリウム", "mmol/L", 3.6, 4.8, false},
    {"3H010000002326101", "ナトリウム", "mmol/L", 138, 145, false},
    {"3B035000002327201", "ＡＳＴ", "U/L", 13, 30, false},
    {"3B045000002327201", "ＡＬＴ", "U/L", 7, 23, false},
    {"3B090000002327101", "γ－ＧＴ", "U/L", 9, 32, false},
    {"9A751000000000001", "収縮期血圧", "mm[Hg]", 100, 139, true},
    {"3F077000002327101", "ＬＤＬコレステロール", "mg/dL", 65, 163, false},
    {"3F070000002327101", "ＨＤＬコレステロール", "mg/dL", 48, 103, false},
    {"3F015000002327101", "中性脂肪", "mg/dL", 30, 117, false},
    {"3D010000002227101", "血糖", "mg/dL", 73, 109, false},
    {"2A030000001930101", "ヘモグロビン", "g/dL", 11.6, 14.8, false},
    {"2A010000001930101", "白血球数", "10*3/uL", 3.3, 8.6, false},
    {"2A050000001930101", "血小板数", "10*3/uL", 158, 348, false},
    {"3C020000002327101", "尿酸", "mg/dL", 2.6, 5.5, false},
    {"9A761000000000001", "拡張期血圧", "mm[Hg]", 60, 89, true},
    {"9N001000000000001", "身長", "cm", 145, 180, true},
    {"9N006000000000001", "体重", "kg", 42, 80, true},
    {"9A110000000000001", "脈拍", "/min", 55, 90, true},
    {"3A010000002327101", "総蛋白", "g/dL", 6.6, 8.1, false},
    {"3A015000002327101", "アルブミン", "g/dL", 4.1, 5.1, false},
    {"3C025000002327101", "尿素窒素", "mg/dL", 8, 20, false},
    {"5C070000002306201", "ＣＲＰ", "mg/dL", 0, 0.14, false},
}};

class Bundle {
 public:
  void add(std::string_view type, std::string_view id, std::string_view rest) {
    text_ += fmt::format(
        R"({}{{"resource":{{"resourceType":"{}","id":"{}",{}}},"request":{{"method":"PUT","url":"{}/{}"}}}})",
        text_.ends_with('[') ? "" : ",", type, id, rest, type, id);
  }
  std::string take() { return text_ + "]}"; }

 private:
  std::string text_ = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
};

std::string concept_of(std::string_view system, std::string_view code, std::string_view text) {
  return fmt::format(R"({{"coding":[{{"system":"{}","code":"{}","display":"{}"}}],"text":"{}"}})",
                     system, code, text, text);
}

std::string coded(std::string_view system, std::string_view code) {
  return fmt::format(
      R"({{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/{}","code":"{}"}}]}})",
      system, code);
}

std::string person_of(uint64_t person, uint64_t dice) {
  const auto surname = family(dice), name = given(dice >> 8);
  return fmt::format(
      R"("identifier":[{{"system":"urn:oid:1.2.392.100495.20.3.51.11310000001","value":"{}"}}],"active":true,)"
      R"("name":[{{"use":"official","text":"{} {}","family":"{}","given":["{}"]}}],)"
      R"("telecom":[{{"system":"phone","value":"03-0000-{:04}"}}],"gender":"{}","birthDate":"{}-{:02}-{:02}",)"
      R"("address":[{{"city":"{}","line":["架空{}-{}"],"country":"JP"}}],"managingOrganization":{{"reference":"Organization/o{}"}})",
      patient_number(person), surname, name, surname, name, person % 10000,
      (dice >> 16) % 2 == 0 ? "female" : "male", 1930 + (dice >> 20) % 90, 1 + (dice >> 28) % 12,
      1 + (dice >> 32) % 28, city(dice >> 40), 1 + dice % 9, 1 + dice % 20, person % organisations);
}

std::string observation_of(uint64_t dice, std::string_view subject) {
  const Test& of = test(dice);
  const double share = static_cast<double>((dice >> 24) % 1000) / 1000;
  const double tail = (dice >> 36) % 100 == 0 ? 3 : 1;  // one in a hundred is far out
  const double value = (of.low + (of.high - of.low) * 1.3 * share) * tail;
  return fmt::format(
      R"("status":"{}","category":[{}],"code":{},"subject":{},"effectiveDateTime":"{}T{:02}:{:02}:00+09:00",)"
      R"("performer":[{{"reference":"Practitioner/d{}"}}],)"
      R"("valueQuantity":{{"value":{:.2f},"unit":"{}","system":"http://unitsofmeasure.org","code":"{}"}},)"
      R"("referenceRange":[{{"low":{{"value":{},"unit":"{}"}},"high":{{"value":{},"unit":"{}"}}}}])",
      (dice >> 40) % 33 == 0 ? "amended" : "final",
      coded("observation-category", of.is_vital ? "vital-signs" : "laboratory"),
      concept_of("urn:oid:1.2.392.200119.4.504", of.code, of.name), subject, day(dice >> 8),
      8 + dice % 10, dice % 60, (dice >> 16) % practitioners, value, of.unit, of.unit, of.low,
      of.unit, of.high, of.unit);
}

void add_person(Bundle& bundle, uint64_t person) {
  const auto dice = [&](uint64_t part) { return scatter(person, part); };
  const auto id = person_id(person);
  const auto subject = fmt::format(R"({{"reference":"Patient/{}"}})", id);
  const auto doctor = [&](uint64_t part) {
    return fmt::format(R"({{"reference":"Practitioner/d{}"}})", dice(part) % practitioners);
  };
  bundle.add("Patient", id, person_of(person, dice(0)));
  for (uint64_t i = 0; i < 4; ++i) {
    const auto on = day(dice(10 + i));
    bundle.add(
        "Encounter", fmt::format("{}-e{}", id, i),
        fmt::format(
            R"("status":"finished","class":{{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"{}"}},)"
            R"("subject":{},"participant":[{{"individual":{}}}],"period":{{"start":"{}T09:00:00+09:00","end":"{}T09:40:00+09:00"}},)"
            R"("serviceProvider":{{"reference":"Organization/o{}"}})",
            i == 0 ? "IMP" : "AMB", subject, doctor(20 + i), on, on, dice(30 + i) % organisations));
  }
  for (uint64_t i = 0; i < 3; ++i) {
    const auto which = disease(dice(40 + i));
    bundle.add(
        "Condition", fmt::format("{}-c{}", id, i),
        fmt::format(
            R"("clinicalStatus":{},"verificationStatus":{},"code":{},"subject":{},"onsetDateTime":"{}")",
            coded("condition-clinical", dice(44 + i) % 4 == 0 ? "resolved" : "active"),
            coded("condition-ver-status", "confirmed"),
            concept_of("http://jpfhir.jp/fhir/core/mhlw/CodeSystem/ICD10-2013-full", which,
                       fmt::format("病名{}", which)),
            subject, day(dice(48 + i))));
    bundle.add(
        "MedicationRequest", fmt::format("{}-m{}", id, i),
        fmt::format(
            R"("status":"{}","intent":"order","medicationCodeableConcept":{},"subject":{},"requester":{},"authoredOn":"{}T10:14:00+09:00")",
            dice(52 + i) % 3 == 0 ? "completed" : "active",
            concept_of("http://medis.or.jp/CodeSystem/master-HOT9",
                       fmt::format("1038{:05}", dice(56 + i) % 300),
                       fmt::format("架空錠{}号", dice(56 + i) % 300)),
            subject, doctor(60 + i), day(dice(64 + i))));
  }
  bundle.add(
      "AllergyIntolerance", id + "-a",
      fmt::format(
          R"("clinicalStatus":{},"criticality":"{}","code":{{"text":"架空の食物{}"}},"patient":{})",
          coded("allergyintolerance-clinical", "active"), dice(70) % 5 == 0 ? "high" : "low",
          dice(71) % 50, subject));
  std::string results;
  for (uint64_t i = 0; i < 19; ++i) {
    bundle.add("Observation", fmt::format("{}-o{}", id, i), observation_of(dice(100 + i), subject));
    results += fmt::format(R"({}{{"reference":"Observation/{}-o{}"}})", i == 0 ? "" : ",", id, i);
  }
  bundle.add(
      "DiagnosticReport", id + "-r",
      fmt::format(
          R"("status":"final","code":{{"text":"検体検査報告"}},"subject":{},"effectiveDateTime":"{}","result":[{}])",
          subject, day(dice(72)), results));
}

}  // namespace

uint64_t scatter(uint64_t seed, uint64_t number) {
  uint64_t z = (seed * 0x100000001b3U + number + 1) * 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

std::string common_bundle() {
  Bundle bundle;
  for (uint64_t i = 0; i < organisations; ++i)
    bundle.add("Organization", fmt::format("o{}", i), fmt::format(R"("name":"架空医院{}")", i));
  for (uint64_t i = 0; i < practitioners; ++i) {
    bundle.add(
        "Practitioner", fmt::format("d{}", i),
        fmt::format(R"("name":[{{"family":"{}","given":["{}"]}}])", family(i * 7), given(i * 3)));
  }
  return bundle.take();
}

std::string people_bundle(uint64_t first, uint64_t count) {
  Bundle bundle;
  for (uint64_t person = first; person < first + count; ++person)
    add_person(bundle, person);
  return bundle.take();
}

std::string person_id(uint64_t person) {
  return fmt::format("p{}", person);
}
std::string patient_number(uint64_t person) {
  return fmt::format("{:010}", person);
}
std::string_view family(uint64_t number) {
  return families[number % families.size()];
}
std::string_view given(uint64_t number) {
  return givens[number % givens.size()];
}
std::string_view city(uint64_t number) {
  return cities[number % cities.size()];
}
const Test& test(uint64_t number) {
  return number % 2 == 0 ? tests[number / 2 % 8] : tests[number / 2 % tests.size()];
}
std::string_view disease(uint64_t number) {
  return diseases[number % diseases.size()];
}
std::string day(uint64_t number) {
  return fmt::format("{}-{:02}-{:02}", 2015 + number % 10, 1 + number / 10 % 12,
                     1 + number / 120 % 28);
}

}  // namespace tasuki::bench::region
