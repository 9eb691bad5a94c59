#include "fhir/validate/answers.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "fhir/validate/checker.h"
#include "fhir/validate/compare.h"
#include "fhir/validate/walker.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::fhir {
namespace {

constexpr int items_depth_max = 32;

std::span<const json::Value> parts_of(const json::Value& value, std::string_view name) {
  const json::Value* list = value.find(name);
  return list == nullptr ? std::span<const json::Value>() : list->items();
}

bool truth_in(const json::Value& value, std::string_view name) {
  const json::Value* found = value.find(name);
  return found != nullptr && found->boolean();
}

// The member value[x], answer[x]: its type's name and itself.
const json::Member* choice_of(const json::Value& value, std::string_view stem) {
  for (const json::Member& one : value.members()) {
    if (one.name.size() > stem.size() && one.name.starts_with(stem) &&
        one.name[stem.size()] >= 'A' && one.name[stem.size()] <= 'Z')
      return &one;
  }
  return nullptr;
}

struct AnswerType {
  std::string_view item, json_name, also;
};
constexpr AnswerType answer_types[] = {
    {"boolean", "valueBoolean", ""},
    {"decimal", "valueDecimal", "valueInteger"},
    {"integer", "valueInteger", ""},
    {"date", "valueDate", ""},
    {"dateTime", "valueDateTime", ""},
    {"time", "valueTime", ""},
    {"string", "valueString", ""},
    {"text", "valueString", ""},
    {"url", "valueUri", ""},
    {"attachment", "valueAttachment", ""},
    {"reference", "valueReference", ""},
    {"quantity", "valueQuantity", ""},
    {"choice", "valueCoding", ""},
    {"open-choice", "valueCoding", "valueString"},
};

bool is_same_answer(const json::Value& left, const json::Value& right) {
  if (left.is_object() && right.is_object() && left.find("code") != nullptr)
    return left.text_of("code") == right.text_of("code") &&
           left.text_of("system") == right.text_of("system");
  if (left.is_number() && right.is_number()) return !is_less(left, right) && !is_less(right, left);
  return json::equal(left, right);
}

class Answers {
 public:
  Answers(const json::Value& response, const AskValueSet& ask, Findings& findings)
      : ask_(ask), findings_(findings) {
    const std::string_view status = response.text_of("status");
    is_finished_ = status == "completed" || status == "amended";
    collect(response, 0);
  }

  // The items of one level against the questions of the same level.
  void level(std::span<const json::Value> questions, const json::Value& holder, const Place& place,
             int depth) {
    if (depth > items_depth_max) return;
    std::map<std::string_view, std::vector<std::pair<const json::Value*, int>>> given;
    int at = 0;
    for (const json::Value& item : parts_of(holder, "item")) {
      const std::string_view link = item.text_of("linkId");
      const bool is_known = std::ranges::any_of(
          questions, [&](const json::Value& one) { return one.text_of("linkId") == link; });
      const Place here{&place, "item", at};
      if (!is_known) findings_.add({&here, "linkId", -1}, Problem::link_id_unknown, {shown(link)});
      given[link].emplace_back(&item, at++);
    }
    for (const json::Value& question : questions)
      this->question(question, given[question.text_of("linkId")], place, depth);
  }

 private:
  void collect(const json::Value& holder, int depth) {
    if (depth > 2 * items_depth_max) return;
    for (const json::Value& item : parts_of(holder, "item")) {
      for (const json::Value& answer : parts_of(item, "answer")) {
        if (const json::Member* value = choice_of(answer, "value"))
          answers_[item.text_of("linkId")].push_back(&value->value);
        collect(answer, depth + 1);
      }
      collect(item, depth + 1);
    }
  }

  bool is_met(const json::Value& condition) const {
    const auto found = answers_.find(condition.text_of("question"));
    const bool has_any = found != answers_.end() && !found->second.empty();
    const std::string_view by = condition.text_of("operator");
    const json::Member* wanted = choice_of(condition, "answer");
    if (wanted == nullptr) return true;
    if (by == "exists") return has_any == wanted->value.boolean();
    if (!has_any) return false;
    return std::ranges::any_of(found->second, [&](const json::Value* answer) {
      const bool is_same = is_same_answer(*answer, wanted->value);
      if (by == "=") return is_same;
      if (by == "!=") return !is_same;
      if (by == ">") return is_less(wanted->value, *answer);
      if (by == "<") return is_less(*answer, wanted->value);
      if (by == ">=") return is_same || is_less(wanted->value, *answer);
      return is_same || is_less(*answer, wanted->value);
    });
  }

  bool is_enabled(const json::Value& question) const {
    const auto conditions = parts_of(question, "enableWhen");
    if (conditions.empty()) return true;
    const auto met = [&](const json::Value& one) { return is_met(one); };
    return question.text_of("enableBehavior") == "all" ? std::ranges::all_of(conditions, met)
                                                       : std::ranges::any_of(conditions, met);
  }

  void question(const json::Value& question,
                const std::vector<std::pair<const json::Value*, int>>& items, const Place& place,
                int depth) {
    const std::string_view link = question.text_of("linkId"), type = question.text_of("type");
    const bool is_on = is_enabled(question);
    bool has_content = false;
    for (const auto& [item, at] : items) {
      has_content = has_content || !parts_of(*item, "answer").empty() ||
                    (type == "group" && !parts_of(*item, "item").empty());
    }
    if (!is_on) {
      for (const auto& [item, at] : items) {
        if (!parts_of(*item, "answer").empty() || !parts_of(*item, "item").empty())
          findings_.add({&place, "item", at}, Problem::item_not_enabled, {shown(link)});
      }
      return;
    }
    if (truth_in(question, "required") && type != "display" && !has_content && is_finished_)
      findings_.add(place, Problem::answer_missing, {shown(link)});
    if (items.size() > 1 && !(type == "group" && truth_in(question, "repeats")))
      findings_.add({&place, "item", items[1].second}, Problem::answer_repeats, {shown(link)});
    for (const auto& [item, at] : items) {
      const Place here{&place, "item", at};
      const std::string_view text = item->text_of("text"), asked = question.text_of("text");
      if (!text.empty() && !asked.empty() && text != asked) {
        findings_.add({&here, "text", -1}, Problem::item_text_differs, {shown(link), shown(asked)},
                      Finding::Severity::warning);
      }
      answers(question, *item, here, depth);
    }
  }

  void answers(const json::Value& question, const json::Value& item, const Place& place,
               int depth) {
    const std::string_view link = question.text_of("linkId");
    const auto questions = parts_of(question, "item");
    const auto given = parts_of(item, "answer");
    if (given.size() > 1 && !truth_in(question, "repeats"))
      findings_.add({&place, "answer", 1}, Problem::answer_repeats, {shown(link)});
    int at = 0;
    for (const json::Value& answer : given) {
      const Place here{&place, "answer", at++};
      if (const json::Member* value = choice_of(answer, "value"))
        this->value(question, *value, here);
      level(questions, answer, here, depth + 1);
    }
    // A group's own items stand in it, a question's in its answers.
    if (given.empty() || item.find("item") != nullptr) level(questions, item, place, depth + 1);
  }

  void value(const json::Value& question, const json::Member& value, const Place& place) {
    const std::string_view link = question.text_of("linkId"), type = question.text_of("type");
    const Place here{&place, "value", -1};
    const auto* known = std::ranges::find(answer_types, type, &AnswerType::item);
    const bool has_type = known != std::end(answer_types) &&
                          (value.name == known->json_name || value.name == known->also);
    const auto options = parts_of(question, "answerOption");
    const bool is_option_of_other_type = type == "choice" && !options.empty() &&
                                         choice_of(options.front(), "value") != nullptr &&
                                         choice_of(options.front(), "value")->name == value.name;
    if (!has_type && !is_option_of_other_type) {
      return findings_.add(here, Problem::answer_type, {shown(link), type, value.name.substr(5)});
    }
    const bool is_open = type == "open-choice" && value.name == "valueString";
    if (is_open) return;
    if (!options.empty()) {
      const bool is_there = std::ranges::any_of(options, [&](const json::Value& option) {
        const json::Member* one = choice_of(option, "value");
        return one != nullptr && is_same_answer(one->value, value.value);
      });
      if (!is_there)
        findings_.add(here, Problem::answer_not_option,
                      {shown(link), shown(json::print(value.value))});
    } else if (const auto set = question.text_of("answerValueSet"); !set.empty()) {
      if (ask_(set, value.value) == false)
        findings_.add(here, Problem::answer_not_option,
                      {shown(link), shown(json::print(value.value))});
    }
  }

  const AskValueSet& ask_;
  Findings& findings_;
  bool is_finished_ = false;
  std::map<std::string_view, std::vector<const json::Value*>> answers_;
};

void questions_in(const json::Value& holder, int depth, std::set<std::string_view>& out) {
  if (depth > items_depth_max) return;
  for (const json::Value& item : parts_of(holder, "item")) {
    out.insert(item.text_of("linkId"));
    questions_in(item, depth + 1, out);
  }
}

void conditions_in(const json::Value& holder, const std::set<std::string_view>& all,
                   const Place& place, int depth, Findings& findings) {
  if (depth > items_depth_max) return;
  int at = 0;
  for (const json::Value& item : parts_of(holder, "item")) {
    const Place here{&place, "item", at++};
    std::set<std::string_view> inner{item.text_of("linkId")};
    questions_in(item, depth, inner);
    int number = 0;
    for (const json::Value& condition : parts_of(item, "enableWhen")) {
      const Place when{&here, "enableWhen", number++};
      const std::string_view question = condition.text_of("question");
      if (!all.contains(question) || inner.contains(question))
        findings.add({&when, "question", -1}, Problem::enable_when_unknown, {shown(question)});
    }
    conditions_in(item, all, here, depth + 1, findings);
  }
}

}  // namespace

void check_answers(const json::Value& questionnaire, const json::Value& response,
                   const Place& place, const AskValueSet& ask, Findings& findings) {
  Answers(response, ask, findings).level(parts_of(questionnaire, "item"), response, place, 0);
}

void check_questions(const json::Value& questionnaire, const Place& place, Findings& findings) {
  std::set<std::string_view> all;
  questions_in(questionnaire, 0, all);
  conditions_in(questionnaire, all, place, 0, findings);
}

void Checker::answers(const json::Value& value, const Place& place, const Scope& scope) {
  const std::string_view canonical = value.text_of("questionnaire");
  if (canonical.empty()) return;
  const AskValueSet ask = [&](std::string_view set,
                              const json::Value& coding) -> std::optional<bool> {
    const auto truth =
        terms_of(scope).contains(set, coding.text_of("system"), coding.text_of("code"));
    if (truth == terminology::Truth::unknown) return std::nullopt;
    return truth == terminology::Truth::yes;
  };
  if (canonical.starts_with('#')) {
    for (const json::Value& one : parts_of(value, "contained")) {
      if (one.text_of("id") == canonical.substr(1))
        check_answers(one, value, place, ask, *findings_);
    }
    return;
  }
  const auto found = rulebook_.packages().find("Questionnaire", canonical, scope.package);
  const auto questionnaire =
      found ? json::parse(found.entry->body) : Result<json::Document>(Error{});
  if (!questionnaire) {
    findings_->add({&place, "questionnaire", -1}, Problem::questionnaire_unknown,
                   {shown(canonical)}, Finding::Severity::warning, {});
    return;
  }
  check_answers(questionnaire->root, value, place, ask, *findings_);
}

}  // namespace tasuki::fhir
