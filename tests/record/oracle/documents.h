// Of the brute-force oracle: invented documents with the edges that searches fall over: every
// precision of dates, open periods, kana in three widths, units that differ, absent values.
#pragma once

#include <string>

#include <fmt/format.h>

#include "record/oracle/random.h"

namespace tasuki::record::oracle {

class Documents {
 public:
  explicit Documents(Random& random) : random_(random) {}

  std::string organization(size_t i) {
    return fmt::format(
        R"({{"resourceType":"Organization","id":"rg{}","active":{},"name":"{}"{}{}}})", i,
        random_.once_in(2), random_.of(words), random_.once_in(2) ? identifier("MR") : "",
        i > 0 && random_.once_in(2)
            ? fmt::format(R"(,"partOf":{{"reference":"Organization/rg{}"}})", random_.below(i))
            : "");
  }
  std::string patient(size_t i) {
    static const char* const genders[] = {"male", "female", "other"};
    std::string names;
    for (size_t n = random_.below(3); n > 0; --n)
      names += fmt::format(R"({}{{"family":"{}","given":["{}"]}})", names.empty() ? "" : ",",
                           random_.of(families), random_.of(givens));
    return fmt::format(
        R"({{"resourceType":"Patient","id":"rp{}"{}{}{}{}{}{}}})", i,
        names.empty() ? "" : R"(,"name":[)" + names + "]",
        maybe(fmt::format(R"(,"gender":"{}")", random_.of(genders))),
        maybe(fmt::format(R"(,"birthDate":"{}")", any_date(random_, 2))),
        random_.once_in(2) ? identifier("JHN") : "",
        maybe(fmt::format(R"(,"address":[{{"city":"{}","state":"東京都"}}])", random_.of(words))),
        maybe(fmt::format(R"(,"managingOrganization":{{"reference":"Organization/rg{}"}})",
                          random_.below(8))));
  }
  std::string encounter(size_t i) {
    static const char* const states[] = {"finished", "planned", "in-progress"};
    return fmt::format(
        R"({{"resourceType":"Encounter","id":"re{}","status":"{}","class":{{"system":"http://c","code":"{}"}},{}{}{}}})",
        i, random_.of(states), random_.of(codes), subject(),
        maybe(R"(,"period":)" + any_period(random_)),
        maybe(fmt::format(R"(,"serviceProvider":{{"reference":"Organization/rg{}"}})",
                          random_.below(8))));
  }
  std::string observation(size_t i) {
    static const char* const states[] = {"final", "amended", "preliminary"};
    std::string value;
    switch (random_.below(4)) {
      case 0:
        value = R"(,"valueQuantity":)" + quantity();
        break;
      case 1:
        value = fmt::format(R"(,"valueString":"{}")", random_.of(words));
        break;
      case 2:
        value = R"(,"valueCodeableConcept":)" + concept_value();
        break;
      default:
        for (size_t n = random_.below(3); n > 0; --n)
          value +=
              fmt::format(R"({}{{"code":{},"valueQuantity":{}}})",
                          value.empty() ? R"(,"component":[)" : ",", concept_value(), quantity());
        if (!value.empty()) value += "]";
    }
    const auto when = random_.once_in(3)
                          ? R"(,"effectivePeriod":)" + any_period(random_)
                          : fmt::format(R"(,"effectiveDateTime":"{}")", any_date(random_, 5));
    return fmt::format(
        R"({{"resourceType":"Observation","id":"ro{}","status":"{}","code":{},{}{}{}{}{}}})", i,
        random_.of(states), concept_value(), subject(), maybe(when), value,
        maybe(R"(,"category":[)" + concept_value() + "]"),
        maybe(fmt::format(R"(,"encounter":{{"reference":"Encounter/re{}"}})", random_.below(40))));
  }
  std::string condition(size_t i) {
    return fmt::format(
        R"({{"resourceType":"Condition","id":"rc{}",{}{}{}{}}})", i, subject(),
        maybe(R"(,"code":)" + concept_value()),
        maybe(random_.once_in(2) ? R"(,"onsetPeriod":)" + any_period(random_)
                                 : fmt::format(R"(,"onsetDateTime":"{}")", any_date(random_, 5))),
        maybe(fmt::format(R"(,"recordedDate":"{}")", any_date(random_, 4))));
  }
  std::string request(size_t i) {
    static const char* const states[] = {"active", "stopped", "completed"};
    return fmt::format(
        R"({{"resourceType":"MedicationRequest","id":"rm{}","status":"{}","intent":"order","medicationCodeableConcept":{},{}{}}})",
        i, random_.of(states), concept_value(), subject(),
        maybe(fmt::format(R"(,"authoredOn":"{}")", any_date(random_, 5))));
  }

  static constexpr const char* codes[] = {"a", "b", "c", "B", "4548-4"};
  static constexpr const char* words[] = {"港区",         "みなと",        "ミナト", "ﾐﾅﾄ病院",
                                          "Minato",       "minato clinic", "高輪",   "髙輪",
                                          "Ｍｉｎａｔｏ", "ガーゼ",        "ｶﾞｰｾﾞ"};

 private:
  static constexpr const char* families[] = {"山田", "ヤマダ", "ﾔﾏﾀﾞ",  "高橋",
                                             "髙橋", "Smith",  "O-Neil"};
  static constexpr const char* givens[] = {"太郎", "たろう", "タロウ", "花子",
                                           "Ann",  "ann",    "Émile"};

  std::string maybe(std::string text) { return random_.once_in(4) ? std::string() : text; }

  std::string subject() {
    return fmt::format(R"("subject":{{"reference":"Patient/rp{}"}})", random_.below(30));
  }
  std::string identifier(const char* type) {
    return fmt::format(
        R"(,"identifier":[{{"type":{{"coding":[{{"system":"http://t","code":"{}"}}]}},"system":"http://{}","value":"{}"}}])",
        type, random_.below(2), random_.below(20));
  }
  std::string concept_value() {
    if (random_.once_in(8)) return fmt::format(R"({{"text":"{}"}})", random_.of(words));
    const auto system =
        random_.once_in(4) ? "" : fmt::format(R"("system":"http://c{}",)", random_.below(2));
    const auto display =
        random_.once_in(3) ? fmt::format(R"(,"display":"{}")", random_.of(words)) : "";
    return fmt::format(R"({{"coding":[{{{}"code":"{}"{}}}]}})", system, random_.of(codes), display);
  }
  std::string quantity() {
    static const char* const units[] = {"ug", "mg", "g", "mm[Hg]"};
    static const char* const numbers[] = {"0.0054", "5.4",  "5.40", "5400", "5",
                                          "120",    "0.12", "7.05", "-3"};
    const auto unit = random_.of(units);
    if (random_.once_in(5))
      return fmt::format(R"({{"value":{},"unit":"{}"}})", random_.of(numbers), unit);
    return fmt::format(
        R"({{"value":{},"unit":"{}","system":"http://unitsofmeasure.org","code":"{}"}})",
        random_.of(numbers), unit, unit);
  }

  Random& random_;
};

}  // namespace tasuki::record::oracle
