#include "life.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>

namespace tasuki::demo {
namespace {

using std::chrono::days;

struct Trouble {
  const Disease* disease;
  Day start;
  std::vector<std::pair<const Drug*, int>> drugs;
};

// One facility's dealings with one person.
class Course {
 public:
  Course(const Person& person, Facility facility, Dice& dice, Day today)
      : person_(person), facility_(facility), dice_(dice), today_(today) {
    orders_ = person.number * 4096 + static_cast<uint64_t>(facility) * 1024;
  }

  std::vector<Event> run(const std::vector<const Disease*>& chronic,
                         const std::vector<const Disease*>& passing) {
    Day day = today_ - days(dice_.between(500, 1700));
    first_day_ = day;
    add({day, 8 * 60 + 40}, Registered{});
    if (!person_.allergies.empty()) add({day, 8 * 60 + 45}, Allergies{});
    for (const Disease* disease : chronic)
      begin(*disease, day);
    problems({day, 9 * 60 + 30});
    if (!chronic.empty()) {
      while (day < today_) {
        const int until_next = dice_.between(4, 9) * 7;
        visit(day, until_next);
        day += days(until_next);
      }
    }
    pass_all(passing);
    if (dice_.happens(0.12)) admission();
    if (person_.insurances.size() > 1)
      add({person_.insurances.back().from, 8 * 60 + 50}, Registered{});
    std::ranges::stable_sort(events_, [](const Event& a, const Event& b) {
      return std::pair(a.at.day, a.at.minute) < std::pair(b.at.day, b.at.minute);
    });
    return std::move(events_);
  }

 private:
  void add(Moment at, What what, const Disease* disease = nullptr, bool is_order = false) {
    Event event{.at = at, .facility = facility_, .what = std::move(what)};
    if (disease != nullptr) {
      event.department_code = disease->department_code;
      event.department = disease->department;
    }
    if (is_order) event.order = ++orders_;
    events_.push_back(std::move(event));
  }

  void begin(const Disease& disease, Day day) {
    Trouble trouble{&disease, day - days(dice_.between(30, 4000)), {}};
    for (const int drug : disease.drugs) {
      if (trouble.drugs.empty() || dice_.happens(0.4))
        trouble.drugs.emplace_back(&drugs()[static_cast<size_t>(drug)],
                                   drugs()[static_cast<size_t>(drug)].dose);
    }
    troubles_.push_back(std::move(trouble));
  }

  void problems(Moment at) {
    Problems list = all_problems();
    if (!list.all.empty()) add(at, std::move(list), troubles_.front().disease);
  }

  Problems all_problems() const {
    Problems list;
    for (const Trouble& trouble : troubles_)
      list.all.push_back({trouble.disease, trouble.start, false, {}});
    return list;
  }

  void visit(Day day, int until_next) {
    const Disease* disease = troubles_.front().disease;
    const int minute = dice_.between(9 * 60, 11 * 60);
    add({day, minute}, Visit{}, disease);
    if (dice_.happens(0.55)) add({day, minute + 45}, report(day), disease, true);
    Prescription prescription;
    prescription.days = until_next;
    for (const Trouble& trouble : troubles_) {
      prescription.drugs.insert(prescription.drugs.end(), trouble.drugs.begin(),
                                trouble.drugs.end());
    }
    if (!prescription.drugs.empty())
      add({day, minute + 60}, std::move(prescription), disease, true);
  }

  LabReport report(Day day) {
    LabReport report;
    std::vector<int> items(basic_panel().begin(), basic_panel().end());
    for (const Trouble& trouble : troubles_) {
      for (const int item : trouble.disease->lab_items) {
        if (std::ranges::find(items, item) == items.end()) items.push_back(item);
      }
    }
    for (const int item : items)
      report.results.push_back({&lab_items()[static_cast<size_t>(item)], measured(item, day)});
    agree_on_kidneys(report, day);
    return report;
  }

  // A person has values of their own, which drift over years; a disease moves them, treatment moves
  // them back over the first year, and a failing kidney goes on failing. What is left to chance is
  // small: results of one person look alike.
  double measured(int item, Day day) {
    const LabItem& what = lab_items()[static_cast<size_t>(item)];
    const Range range = range_of(what, person_.sex);
    Dice own(person_.number * 1009 + static_cast<uint64_t>(item));
    const double years = static_cast<double>((day - first_day_).count()) / 365;
    double place =
        own.between(-0.25, 0.25) + own.between(-0.04, 0.04) * years + dice_.between(-0.07, 0.07);
    for (const Trouble& trouble : troubles_) {
      if (std::ranges::find(trouble.disease->lab_items, item) == trouble.disease->lab_items.end())
        continue;
      const bool goes_on = trouble.disease->icd10 == "N189";
      const bool is_treated = !trouble.drugs.empty();
      place += trouble.disease->push * (goes_on      ? 0.6 + 0.12 * years
                                        : is_treated ? 0.55 + 0.45 * std::exp(-years * 1.8)
                                                     : 1.0);
    }
    if (what.jlac10.starts_with("3D046")) {  // HbA1c is a little higher at the end of winter
      const auto day_of_year = static_cast<double>(day.time_since_epoch().count() % 365);
      place += 0.1 * std::cos((day_of_year - 50) / 365 * 2 * std::numbers::pi);
    }
    const double value =
        std::max((range.low + range.high) / 2 + (range.high - range.low) * place, range.low * 0.5);
    return rounded(value, what.decimals);
  }

  static double rounded(double value, int decimals) {
    const double scale = std::pow(10, decimals);
    return std::round(value * scale) / scale;
  }

  // eGFR follows from creatinine, age and sex (the Japanese Society of Nephrology's equation for
  // adults).
  void agree_on_kidneys(LabReport& report, Day day) const {
    const auto find = [&](std::string_view code) {
      return std::ranges::find_if(
          report.results, [&](const LabResult& one) { return one.item->jlac10.starts_with(code); });
    };
    const auto creatinine = find("3C015"), filtration = find("8A065");
    if (creatinine == report.results.end() || filtration == report.results.end()) return;
    const double age = std::max(18.0, static_cast<double>((day - person_.birth).count()) / 365.25);
    const double adults = 194 * std::pow(creatinine->value, -1.094) * std::pow(age, -0.287) *
                          (person_.sex == 'F' ? 0.739 : 1.0);
    filtration->value = rounded(std::min(adults, 130.0), filtration->item->decimals);
  }

  // A cold, an influenza: one visit in its season, a prescription, and a problem that ends. The
  // list of problems is sent as a whole each time, so what passed earlier is on it too, with its
  // end.
  void pass_all(const std::vector<const Disease*>& passing) {
    std::vector<std::pair<Day, const Disease*>> onsets;
    for (const Disease* disease : passing) {
      if (const auto day = onset(*disease)) onsets.emplace_back(*day, disease);
    }
    std::ranges::sort(onsets);
    Problems list = all_problems();
    for (const auto& [day, disease] : onsets)
      pass(*disease, day, list);
  }

  std::optional<Day> onset(const Disease& disease) {
    for (int try_count = 0; try_count < 40; ++try_count) {
      const Day day = today_ - days(dice_.between(5, 1100));
      const auto month =
          static_cast<int>(static_cast<unsigned>(std::chrono::year_month_day(day).month()));
      const bool in_season = disease.month_from <= disease.month_to
                                 ? month >= disease.month_from && month <= disease.month_to
                                 : month >= disease.month_from || month <= disease.month_to;
      if (in_season) return day;
    }
    return std::nullopt;
  }

  void pass(const Disease& disease, Day day, Problems& list) {
    const int minute = dice_.between(9 * 60, 17 * 60);
    if (events_.empty()) add({day, minute - 10}, Registered{});
    add({day, minute}, Visit{}, &disease);
    list.all.push_back({&disease, day, false, {}});
    add({day, minute + 10}, Problems(list), &disease);
    list.all.back().end = day + days(dice_.between(5, 21));
    Prescription prescription;
    for (const int drug : disease.drugs)
      prescription.drugs.emplace_back(&drugs()[static_cast<size_t>(drug)],
                                      drugs()[static_cast<size_t>(drug)].dose);
    if (!prescription.drugs.empty())
      add({day, minute + 20}, std::move(prescription), &disease, true);
  }

  void admission() {
    if (facility_ == Facility::midori) return;  // a clinic has no beds
    const Day in = today_ - days(dice_.between(40, 700));
    const int stay = dice_.between(3, 20);
    const Disease* disease = troubles_.empty() ? nullptr : troubles_.front().disease;
    const Moment admitted{in, 14 * 60};
    add(admitted, Visit{Visit::Kind::admission, admitted}, disease);
    add({in, 15 * 60},
        Injection{"107290501^ソリタ－Ｔ３号輸液５００ｍＬ", "102559301^アドナ注５０ｍｇ"}, disease,
        true);
    add({in + days(1), 7 * 60}, report(in), disease, true);
    add({in + days(stay), 10 * 60}, Visit{Visit::Kind::discharge, admitted}, disease);
  }

  const Person& person_;
  Facility facility_;
  Dice& dice_;
  Day today_;
  Day first_day_{};
  uint64_t orders_;
  std::vector<Trouble> troubles_;
  std::vector<Event> events_;
};

bool can_have(const Disease& disease, const Person& person, Day today) {
  const int age = static_cast<int>((today - person.birth).count() / 365.25);
  return age >= disease.age_from && age <= disease.age_to &&
         (disease.sex == '*' || disease.sex == person.sex);
}

}  // namespace

std::vector<Event> live(const Person& person, Dice& dice, Day today) {
  std::vector<std::vector<const Disease*>> chronic(3);
  std::vector<std::vector<const Disease*>> passing(3);
  const size_t count = person.registrations.size();
  for (const Disease& disease : diseases()) {
    if (!can_have(disease, person, today) || !dice.happens(disease.share)) continue;
    (disease.is_chronic ? chronic : passing)[dice.next() % count].push_back(&disease);
  }
  std::vector<Event> events;
  for (size_t i = 0; i < count; ++i) {
    const auto part =
        Course(person, person.registrations[i].facility, dice, today).run(chronic[i], passing[i]);
    events.insert(events.end(), part.begin(), part.end());
  }
  std::ranges::stable_sort(events, [](const Event& a, const Event& b) {
    return std::pair(a.at.day, a.at.minute) < std::pair(b.at.day, b.at.minute);
  });
  return events;
}

}  // namespace tasuki::demo
