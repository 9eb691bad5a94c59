// 山田 花子's story, so that every run of the demo has her: two hospitals and a clinic, a married
// name, a changed insurance number, a penicillin allergy, a kidney that slowly fails and, last
// week, an NSAID from the clinic.
#include <algorithm>
#include <array>

#include "life.h"

namespace tasuki::demo {
namespace {

using std::chrono::days;

constexpr std::array hanako_labs{0, 2, 3, 4, 17, 13, 9};  // HbA1c, Cr, eGFR, K, NT-proBNP, Hb, LDL
constexpr double course[9][7] = {
    {7.4, 0.74, 60, 4.2, 410, 12.1, 139}, {7.5, 0.78, 57, 4.2, 450, 12.0, 131},
    {7.4, 0.79, 56, 4.3, 980, 11.7, 126}, {7.3, 0.82, 54, 4.3, 690, 11.6, 122},
    {7.2, 0.84, 52, 4.4, 640, 11.4, 118}, {7.1, 0.88, 49, 4.5, 590, 11.6, 110},
    {7.2, 0.92, 47, 4.6, 610, 11.5, 104}, {7.0, 0.98, 44, 4.7, 720, 11.2, 99},
    {6.8, 1.04, 41, 5.1, 1180, 10.6, 97},
};

const Disease& disease(std::string_view icd10) {
  return *std::ranges::find(diseases(), icd10, &Disease::icd10);
}
const Drug& drug(size_t number) {
  return drugs()[number];
}

class Story {
 public:
  Story(const Person& person, Day today)
      : person_(person), today_(today), order_(person.number * 4096) {}

  void at(Facility facility, std::string_view department_code, std::string_view department) {
    facility_ = facility;
    department_code_ = department_code;
    department_ = department;
  }
  void add(Day day, int minute, What what, bool is_order = false) {
    events_.push_back({.at = {day, minute},
                       .facility = facility_,
                       .department_code = department_code_,
                       .department = department_,
                       .order = is_order ? ++order_ : 0,
                       .what = std::move(what)});
  }
  std::vector<Event> finish() {
    std::ranges::stable_sort(events_, [](const Event& a, const Event& b) {
      return std::pair(a.at.day, a.at.minute) < std::pair(b.at.day, b.at.minute);
    });
    return std::move(events_);
  }

  void hospital() {
    at(Facility::minato, "01", "内科");
    const Day first = today_ - days(5 + 8 * 63);
    add(first, 8 * 60 + 40, Registered{});
    add(first, 8 * 60 + 50, Allergies{});
    add(person_.name_changed, 8 * 60 + 40, Registered{});
    add(person_.insurances.back().from, 8 * 60 + 40, Registered{});
    for (size_t visit = 0; visit < std::size(course); ++visit)
      visit_hospital(first, visit);
  }

  void visit_hospital(Day first, size_t visit) {
    const Day day = first + days(63 * static_cast<int>(visit));
    add(day, 9 * 60, Visit{});
    LabReport report;
    for (size_t i = 0; i < hanako_labs.size(); ++i) {
      report.results.push_back(
          {&lab_items()[static_cast<size_t>(hanako_labs[i])], course[visit][i]});
    }
    add(day, 9 * 60 + 40, std::move(report), true);
    Problems problems;
    problems.all = {{&disease("I10"), Day{std::chrono::year{2009} / 4 / 1}, false, {}},
                    {&disease("E119"), Day{std::chrono::year{2012} / 6 / 15}, false, {}}};
    if (visit >= 1) problems.all.push_back({&disease("N189"), first + days(63), false, {}});
    if (visit >= 3) {
      problems.all.push_back({&disease("I489"), first + days(150), false, {}});
      problems.all.push_back({&disease("I500"), first + days(150), false, {}});
    }
    if (visit <= 1 || visit == 3) add(day, 10 * 60, std::move(problems));
    Prescription prescription;
    prescription.days = 63;
    prescription.drugs = {{&drug(0), 1}, {&drug(2), visit < 2 ? 2 : 1}, {&drug(4), 1}};
    if (visit >= 3)
      prescription.drugs.insert(prescription.drugs.end(),
                                {{&drug(5), 1}, {&drug(6), visit >= 6 ? 2 : 1}});
    add(day, 10 * 60 + 10, std::move(prescription), true);
  }

  void admission() {
    at(Facility::sakura, "08", "循環器科");
    const Day in = today_ - days(358);
    add(in, 13 * 60, Registered{});
    add(in, 13 * 60 + 5, Allergies{});
    const Moment admitted{in, 13 * 60 + 30};
    add(in, 13 * 60 + 30, Visit{Visit::Kind::admission, admitted});
    add(in, 14 * 60,
        Injection{"107290501^ソリタ－Ｔ３号輸液５００ｍＬ", "102559301^フロセミド注２０ｍｇ"},
        true);
    LabReport report;
    report.results = {{&lab_items()[17], 2480}, {&lab_items()[2], 0.95},  {&lab_items()[4], 4.1},
                      {&lab_items()[13], 11.2}, {&lab_items()[16], 0.42}, {&lab_items()[3], 46}};
    add(in, 14 * 60 + 20, std::move(report), true);
    Problems problems;
    problems.all = {{&disease("I500"), in, false, {}}, {&disease("I489"), in, false, {}}};
    add(in + days(1), 10 * 60, std::move(problems));
    report = LabReport{{{&lab_items()[17], 720},
                        {&lab_items()[2], 0.86},
                        {&lab_items()[4], 4.4},
                        {&lab_items()[3], 51}}};
    add(in + days(12), 7 * 60, std::move(report), true);
    Prescription discharge;
    discharge.drugs = {{&drug(5), 1}, {&drug(6), 1}};
    add(in + days(15), 9 * 60 + 30, std::move(discharge), true);
    add(in + days(15), 10 * 60 + 30, Visit{Visit::Kind::discharge, admitted});
  }

  void clinic() {
    at(Facility::midori, "11", "整形外科");
    const Day first = today_ - days(400);
    add(first, 16 * 60, Registered{});
    Problems problems;
    problems.all = {{&disease("M179"), first, false, {}}};
    add(first, 16 * 60 + 20, std::move(problems));
    for (const int ago : {400, 310, 200, 95, 8}) {
      const Day day = today_ - days(ago);
      add(day, 16 * 60 + 10, Visit{});
      Prescription prescription;
      if (ago == 8) {
        prescription.drugs = {
            {&drug(8), 1},
            {&drug(9), 1}};  // ロキソプロフェン beside a failing kidney and an anticoagulant
      } else {
        prescription.drugs = {{&drug(25), 1}, {&drug(23), 1}};
      }
      add(day, 16 * 60 + 30, std::move(prescription), true);
    }
  }

 private:
  const Person& person_;
  Day today_;
  uint64_t order_;
  Facility facility_ = Facility::minato;
  std::string_view department_code_ = "01", department_ = "内科";
  std::vector<Event> events_;
};

}  // namespace

Person hanako(Day today) {
  Person person;
  person.number = 1;
  person.name = {"山田", "花子", "ヤマダ", "ハナコ"};
  person.name_until = Name{"佐藤", "花子", "サトウ", "ハナコ"};
  person.name_changed = today - days(430);
  person.sex = 'F';
  person.birth = Day{std::chrono::year{1952} / 3 / 14};
  person.postcode = "999-0003";
  person.phone = "03-0000-1952";
  person.allergies = {"ペニシリン系抗菌薬"};
  person.insurances = {{"06", "組合管掌健康保険", "06139992", full_width("12"),
                        full_width("345678"), today - days(2000), today - days(241)},
                       {"C0",
                        "国民健康保険",
                        std::string("13812") + check_digit("13812"),
                        full_width("7"),
                        full_width("1952314"),
                        today - days(240),
                        {}}};
  person.registrations = {
      {Facility::minato, "0000012345", person.name, "東京都みなと町架空町３丁目１４番１５号"},
      {Facility::sakura, "00098765", person.name, "東京都みなと町架空町３－１４－１５"},
      {Facility::midori, "004321", {"山田", "花子", "ﾔﾏﾀﾞ", "ﾊﾅｺ"}, "東京都みなと町架空町3-14-15"},
  };
  person.agreed = true;
  return person;
}

Person namesake_of_hanako(Day today) {
  Person person = hanako(today);
  person.number = 2;
  person.name = {"山田", "華子", "ヤマダ", "ハナコ"};
  person.name_until.reset();
  person.postcode = "999-0041";
  person.phone = "03-0000-7788";
  person.allergies.clear();
  person.insurances = {{"C0",
                        "国民健康保険",
                        std::string("13877") + check_digit("13877"),
                        full_width("21"),
                        full_width("40077"),
                        today - days(2000),
                        {}}};
  person.registrations = {
      {Facility::minato, "0000012399", person.name, "東京都みなと町灯台前１丁目２番９号"}};
  return person;
}

std::vector<Event> life_of_hanako(const Person& person, Day today) {
  Story story(person, today);
  story.hospital();
  story.admission();
  story.clinic();
  return story.finish();
}

}  // namespace tasuki::demo
