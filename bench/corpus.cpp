#include "corpus.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>

#include <fmt/format.h>

namespace tasuki::bench {
namespace {

struct Item {
  std::string_view code, name, unit;
  double low, high;
};
constexpr std::array<Item, 15> items{{
    {"3D046000001906202", "ＨｂＡ１ｃ", "%", 4.9, 6.0},
    {"3C015000002327101", "クレアチニン", "mg/dL", 0.46, 0.79},
    {"3H015000002326101", "カリウム", "mmol/L", 3.6, 4.8},
    {"3H010000002326101", "ナトリウム", "mmol/L", 138, 145},
    {"3B035000002327201", "ＡＳＴ", "U/L", 13, 30},
    {"3B045000002327201", "ＡＬＴ", "U/L", 7, 23},
    {"3B090000002327101", "γ－ＧＴ", "U/L", 9, 32},
    {"3F077000002327101", "ＬＤＬコレステロール", "mg/dL", 65, 163},
    {"3F070000002327101", "ＨＤＬコレステロール", "mg/dL", 48, 103},
    {"3F015000002327101", "中性脂肪", "mg/dL", 30, 117},
    {"3D010000002227101", "血糖", "mg/dL", 73, 109},
    {"2A030000001930101", "ヘモグロビン", "g/dL", 11.6, 14.8},
    {"2A010000001930101", "白血球数", "10*3/uL", 3.3, 8.6},
    {"2A050000001930101", "血小板数", "10*3/uL", 158, 348},
    {"3C020000002327101", "尿酸", "mg/dL", 2.6, 5.5},
}};
constexpr std::array<std::string_view, 8> families{"佐藤", "鈴木", "髙橋", "田中",
                                                   "伊藤", "渡邊", "山本", "中村"};
constexpr std::array<std::string_view, 8> givens{"花子", "太郎", "美咲", "健",
                                                 "葵",   "蓮",   "陽菜", "翔"};

std::string observation_of(uint64_t n, const Item& item, std::string_view subject) {
  const double value =
      item.low + (item.high - item.low) * 1.3 * static_cast<double>(n * 2654435761U % 1000) / 1000;
  return fmt::format(
      R"({{"resourceType":"Observation","meta":{{"profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Observation_LabResult"]}},)"
      R"("status":"final","category":[{{"coding":[{{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS","code":"laboratory","display":"検体検査"}}]}}],)"
      R"("code":{{"coding":[{{"system":"urn:oid:1.2.392.200119.4.504","code":"{}","display":"{}"}}],"text":"{}"}},)"
      R"("subject":{{"reference":"{}"}},"effectiveDateTime":"20{:02}-{:02}-{:02}T09:{:02}:00+09:00",)"
      R"("valueQuantity":{{"value":{:.2f},"unit":"{}","system":"http://unitsofmeasure.org","code":"{}"}},)"
      R"("referenceRange":[{{"low":{{"value":{},"unit":"{}"}},"high":{{"value":{},"unit":"{}"}},"text":"{}-{}"}}]}})",
      item.code, item.name, item.name, subject, 20 + n % 6, 1 + n / 7 % 12, 1 + n / 3 % 28, n % 60,
      value, item.unit, item.unit, item.low, item.unit, item.high, item.unit, item.low, item.high);
}

std::string condition_of(uint64_t n, std::string_view subject) {
  return fmt::format(
      R"({{"resourceType":"Condition","clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},)"
      R"("verificationStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}}]}},)"
      R"("code":{{"coding":[{{"system":"http://jpfhir.jp/fhir/core/mhlw/CodeSystem/ICD10-2013-full","code":"I10"}}],"text":"高血圧症"}},)"
      R"("subject":{{"reference":"{}"}},"onsetDateTime":"20{:02}-04-01"}})",
      subject, 10 + n % 10);
}

std::string prescription_of(uint64_t n, std::string_view subject) {
  return fmt::format(
      R"({{"resourceType":"MedicationRequest","identifier":[{{"system":"http://jpfhir.jp/fhir/core/mhlw/IdSystem/Medication-RPGroupNumber","value":"1"}},)"
      R"({{"system":"urn:oid:1.2.392.100495.20.3.11","value":"{:015}"}}],"status":"active","intent":"order",)"
      R"("medicationCodeableConcept":{{"coding":[{{"system":"http://medis.or.jp/CodeSystem/master-HOT9","code":"103835401","display":"アムロジピン錠５ｍｇ"}}],"text":"アムロジピン錠５ｍｇ"}},)"
      R"("subject":{{"reference":"{}"}},"authoredOn":"20{:02}-05-10T10:14:00+09:00","dosageInstruction":[{{"text":"内服・経口・１日１回朝食後",)"
      R"("timing":{{"code":{{"coding":[{{"system":"http://jami.jp/CodeSystem/MedicationUsage","code":"1011000400000000"}}]}}}},)"
      R"("doseAndRate":[{{"doseQuantity":{{"value":1,"unit":"錠","system":"http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUnitMERIT9Code","code":"TAB"}}}}]}}],)"
      R"("dispenseRequest":{{"expectedSupplyDuration":{{"value":28,"unit":"日","system":"http://unitsofmeasure.org","code":"d"}}}}}})",
      n, subject, 20 + n % 6);
}

void add_entry(Bundle& bundle, std::string_view type, std::string_view full_url,
               const std::string& resource) {
  if (bundle.resources++ > 0) bundle.text += ',';
  bundle.resource_bytes += resource.size();
  bundle.text +=
      fmt::format(R"({{"fullUrl":"{}","resource":{},"request":{{"method":"POST","url":"{}"}}}})",
                  full_url, resource, type);
}

std::string uuid_of(uint64_t n, uint64_t part) {
  return fmt::format("urn:uuid:{:08x}-0000-4000-8000-{:012x}", n & 0xffffffff, part);
}

}  // namespace

std::string patient(uint64_t n, std::string_view id) {
  const std::string_view family = families[n % families.size()];
  const std::string_view given = givens[n / 8 % givens.size()];
  return fmt::format(
      R"({{"resourceType":"Patient",{}"meta":{{"profile":["http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient"]}},)"
      R"("identifier":[{{"system":"urn:oid:1.2.392.100495.20.3.51.11310000001","value":"{:010}"}}],)"
      R"("name":[{{"extension":[{{"url":"http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation","valueCode":"IDE"}}],"use":"official","text":"{} {}","family":"{}","given":["{}"]}}],)"
      R"("telecom":[{{"system":"phone","value":"03-0000-{:04}","use":"home"}}],"gender":"{}","birthDate":"19{:02}-{:02}-{:02}",)"
      R"("address":[{{"text":"東京都みなと町架空{}-{}-{}","postalCode":"100-0000","country":"JP"}}]}})",
      id.empty() ? std::string() : fmt::format(R"("id":"{}",)", id), n, family, given, family,
      given, n % 10000, n % 2 == 0 ? "female" : "male", 30 + n % 60, 1 + n % 12, 1 + n % 28,
      1 + n % 5, 1 + n % 20, 1 + n % 9);
}

std::string observation(uint64_t n, std::string_view subject) {
  return observation_of(n, items[n % items.size()],
                        subject.empty() ? fmt::format("Patient/bench-{}", n % 1000) : subject);
}

Bundle transaction_bundle(uint64_t n, size_t patients) {
  Bundle bundle;
  bundle.text = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
  for (uint64_t i = 0; i < patients; ++i) {
    const std::string subject = uuid_of(n, i * 100);
    add_entry(bundle, "Patient", subject, patient(1'000'000 + n * patients + i, ""));
    add_entry(bundle, "Condition", uuid_of(n, i * 100 + 1), condition_of(n, subject));
    add_entry(bundle, "MedicationRequest", uuid_of(n, i * 100 + 2),
              prescription_of(n * patients + i, subject));
    for (uint64_t k = 0; k < items.size(); ++k) {
      add_entry(bundle, "Observation", uuid_of(n, i * 100 + 3 + k),
                observation_of(n * 31 + k, items[k], subject));
    }
  }
  bundle.text += "]}";
  return bundle;
}

namespace {

constexpr size_t long_bytes = 8192;

// Five hundred people who come again and are nobody's namesakes: identity is not what is measured.
std::string head(uint64_t n, std::string_view type) {
  constexpr std::string_view families[] = {"佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本",
                                           "中村", "小林", "加藤", "吉田", "山田", "松本"};
  constexpr std::string_view givens[] = {"一郎", "花子", "健", "恵",   "誠", "由美",
                                         "清",   "幸子", "実", "和子", "勇"};
  const uint64_t patient = n % 500;
  return fmt::format(
      "\x0bMSH|^~\\&|LIS|1310000001|TASUKI|1310000001|202605011030{:02}||{}|L{}|P|2.5||||||UNICODE "
      "UTF-8\rPID|1||{:010}^^^^PI||{}^{}^^^^^L^I||{}{:02}{:02}|M\rPV1|1|O|01^^^^^C\r",
      n % 60, type, n, patient, families[patient % 13], givens[patient % 11], 1930 + patient % 73,
      1 + patient % 12, 1 + patient % 28);
}

// Text up to the length wanted, different in each message.
std::string filled(std::string message, uint64_t n, std::string_view end) {
  for (uint64_t line = 0; message.size() + end.size() + 120 < long_bytes; ++line) {
    message += fmt::format("{:05}: 右肺下葉に径{}mmの結節影を認める。前回{}と比べ著変なし。",
                           n * 31 + line, 1 + (n + line) % 30, (n * 7 + line) % 365);
  }
  return message.append(end);
}

}  // namespace

std::string long_report(uint64_t n) {
  std::string message = head(n, "ORU^R01^ORU_R01");
  message +=
      fmt::format("ORC|RE|B{}|B{}\rOBR|1|B{}|B{}|1^生化学^99LAB|||202605010900\r", n, n, n, n);
  for (uint64_t i = 0; i < 8; ++i) {
    const Item& item = items[i];
    message += fmt::format("OBX|{}|NM|{}^{}^JC10||{:.1f}|{}|{}-{}|N|||F|||202605010930\r", i + 1,
                           item.code, item.name, item.low, item.unit, item.low, item.high);
  }
  message += "OBX|9|TX|9A000000000000000^所見^JC10||";
  return filled(std::move(message), n, "||||||F|||202605010930\r\x1c\r");
}

std::string long_note(uint64_t n) {
  std::string message = head(n, "ZNT^Z01^ZNT_Z01");
  message += fmt::format("TXA|1|CN|TX|202605011000||||||||D{}|||||AU\rOBX|1|TX|1^記録^99DOC||", n);
  return filled(std::move(message), n, "||||||F\r\x1c\r");
}

std::vector<std::string> demo_messages(const std::filesystem::path& generator,
                                       const std::filesystem::path& folder) {
  if (!std::filesystem::exists(generator)) return {};
  const std::string command = fmt::format("'{}' --people 1500 --seed 7 --out '{}' >/dev/null",
                                          generator.string(), folder.string());
  if (std::system(command.c_str()) != 0)
    return {};  // NOLINT(concurrency-mt-unsafe): before any thread
  std::vector<std::string> framed;
  std::ifstream file(folder / "minato-hosp.mllp", std::ios::binary);
  std::string all((std::istreambuf_iterator<char>(file)), {});
  for (size_t start = 0; start < all.size();) {
    const size_t end = all.find("\x1c\r", start);
    if (end == std::string::npos) break;
    framed.push_back(all.substr(start, end + 2 - start));
    start = end + 2;
  }
  return framed;
}

std::vector<std::vector<std::string>> lanes_by_patient(const std::vector<std::string>& framed,
                                                       size_t lanes) {
  std::vector<std::vector<std::string>> sorted(lanes);
  for (const std::string& message : framed) {
    const size_t segment = message.find("\rPID|");
    const size_t from = segment == std::string::npos ? 0 : segment + 5;
    const std::string_view key =
        std::string_view(message).substr(from, message.find('^', from) - from);
    const size_t bar = key.rfind('|');
    sorted[std::hash<std::string_view>()(key.substr(bar == std::string_view::npos ? 0 : bar + 1)) %
           lanes]
        .push_back(message);
  }
  return sorted;
}

}  // namespace tasuki::bench
