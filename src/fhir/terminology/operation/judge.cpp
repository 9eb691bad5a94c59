#include "fhir/terminology/operation/judge.h"

#include <algorithm>

#include <fmt/format.h>

#include "fhir/terminology/operation/display.h"
#include "fhir/terminology/operation/said.h"
#include "fhir/terminology/operation/status.h"

namespace tasuki::fhir::terminology {
namespace {

using Severity = Issue::Severity;

// The parts of a value set that speak of one system, imports included.
void collect(const Composed& set, std::string_view system, std::vector<const Part*>& out) {
  for (const Part& part : set.includes) {
    if (part.url == system) out.push_back(&part);
    for (const Composed* inner : part.sets)
      if (inner != nullptr) collect(*inner, system, out);
  }
}

bool is_newer(const Part* left, const Part* right) {
  if (left->system == nullptr || right->system == nullptr) return left->system != nullptr;
  return is_older(right->system->version(), left->system->version());
}

}  // namespace

Places Places::of_parameters() {
  return {"code", "code", "system", "version", "display"};
}
Places Places::of_coding() {
  return {"Coding", "Coding.code", "Coding.system", "Coding.version", "Coding.display"};
}
Places Places::of_concept(size_t number) {
  const std::string at = fmt::format("CodeableConcept.coding[{}]", number);
  return {at, at + ".code", at + ".system", at + ".version", at + ".display"};
}

// One judgement under way.
class Judge::Case {
 public:
  Case(const Judge& judge, const Subject& subject, const Places& places)
      : terms_(*judge.scope_.terms),
        rules_(judge.scope_.rules),
        scope_(judge.scope_),
        options_(judge.options_),
        subject_(subject),
        places_(places),
        url_(terms_.name_of(subject.system)),
        set_(judge.set_) {
    if (set_ != nullptr && !subject.version.empty() && terms_.versions_of(url_).size() > 1) {
      own_ = compose(*judge.resource_,
                     {terms_, rules_, {std::string(url_), std::string(subject.version)}});
      set_ = own_.get();
    }
  }

  Judged run() && {
    out_.code = subject_.code;
    out_.system = subject_.system;
    const CodeSystem* listed = terms_.code_system(url_, {});
    if (listed == nullptr || listed->is_not_present()) grammar_ = grammar_of(url_);
    if (grammar_ != nullptr) {
      parse_code();
    } else if (is_addressable()) {
      find_system();
      if (system_ != nullptr && !is_unclear_) find_code();
      if (system_ != nullptr && is_unclear_) describe_only();
    }
    if (!missing_value_set()) membership();
    return std::move(out_);
  }

 private:
  void say(Issue issue) { out_.issues.push_back(std::move(issue)); }

  // Of a grammar: the code is its own name.
  void parse_code() {
    out_.version = grammar_->version;
    const auto parsed = grammar_->parse(subject_.code);
    if (parsed) {
      is_possible_ = true;
      out_.display = grammar_->display(subject_.code);
      return;
    }
    if (options_.membership_only) return;
    say(said::against_grammar(subject_.code, url_, grammar_->version, places_.code));
    say(said::grammar_says(subject_.code, parsed.error().message, places_.code));
  }

  // A system that can be looked for at all.
  bool is_addressable() {
    const std::string_view system = subject_.system;
    if (system.empty()) {
      say(said::no_system(places_.whole));
      return false;
    }
    if (terms_.value_set(system) != nullptr && terms_.versions_of(url_).empty()) {
      say(said::system_is_value_set(system, places_.system));
      return false;
    }
    if (!system.contains(':')) {
      say(said::system_is_local(places_.system));
      if (terms_.versions_of(url_).empty()) unknown_system();
      return false;
    }
    if (const CodeSystem* one = terms_.code_system(url_, subject_.version);
        one != nullptr && one->is_supplement()) {
      say(said::system_is_supplement(system, one->canonical(), places_.system));
      out_.caused_by.emplace_back(system);
      return false;
    }
    return true;
  }

  void unknown_system() {
    say(said::unknown_system(subject_.system, subject_.version, places_.system));
    out_.unknown_systems.emplace_back(subject_.system);
  }

  void unknown_version(std::string_view version) {
    say(said::unknown_version(url_, version, terms_.versions_of(url_), places_.system));
    out_.caused_by.push_back(fmt::format("{}|{}", url_, version));
  }

  // The newest of the parts that hold the code; or of all.
  const Part* best(std::vector<const Part*>& parts) const {
    std::ranges::stable_sort(parts, is_newer);
    for (const Part* part : parts)
      if (part->system != nullptr &&
          set_->contains(url_, subject_.code, part->system) == Truth::yes)
        return part;
    return parts.front();
  }

  const CodeSystem* standing_in() const {
    for (const std::string_view version :
         {VersionRules::find(rules_.forces, url_), subject_.version,
          VersionRules::find(rules_.defaults, url_), VersionRules::find(rules_.checks, url_)})
      if (!version.empty())
        if (const CodeSystem* one = terms_.code_system(url_, version)) return one;
    return terms_.code_system(url_, {});
  }

  void find_system() {
    if (terms_.versions_of(url_).empty()) {
      unknown_system();
      return;
    }
    std::vector<const Part*> parts;
    if (set_ != nullptr) collect(*set_, url_, parts);
    const bool is_known_version =
        subject_.version.empty() || terms_.code_system(url_, subject_.version) != nullptr;
    if (parts.empty()) {
      system_ = standing_in();
      if (!is_known_version) unknown_version(subject_.version);
    } else {
      choose(parts, is_known_version);
    }
    const std::string_view check = VersionRules::find(rules_.checks, url_);
    if (system_ != nullptr && !check.empty() && !matches_version(check, system_->version()))
      say(said::version_not_allowed(url_, system_->version(), check, places_.version));
    if (system_ != nullptr) out_.version = system_->version();
  }

  void choose(std::vector<const Part*>& parts, bool is_known_version) {
    if (!subject_.version.empty()) {
      for (const Part* part : parts)
        if (part->system != nullptr && part->system->version() == subject_.version) {
          system_ = only_ = part->system;
          return;
        }
    }
    const Part& part = *best(parts);
    if (!is_known_version) unknown_version(subject_.version);
    if (part.system == nullptr) {
      is_unclear_ = true;
      out_.is_decided = false;
      if (part.version != subject_.version || is_known_version) unknown_version(part.version);
      system_ = standing_in();
    } else {
      system_ = part.system;
    }
    if (!subject_.version.empty())
      say(said::differing_version(part, url_, subject_.version, places_.version));
  }

  void find_code() {
    const auto number = system_->find(subject_.code);
    if (!number) {
      unknown_code();
      return;
    }
    number_ = number;
    describe(*number);
    const std::string_view written = system_->code(*number);
    if (written != subject_.code) {
      out_.normalized = written;
      say(said::differs_by_case(subject_.code, written, system_->canonical(), places_.code));
    }
    if (options_.membership_only) return;
    judge_display(*number);
  }

  void describe_only() {
    if (const auto number = system_->find(subject_.code)) {
      number_ = number;
      describe(*number);
    } else {
      unknown_code();
    }
  }

  void describe(uint32_t number) {
    const Names names(scope_, set_, *system_, number, url_);
    out_.display = names.preferred();
    out_.inactive = system_->is_inactive(number);
    out_.status = system_->status(number);
    if (!out_.inactive || options_.membership_only) return;
    const bool has_status = !out_.status.empty() && out_.status != "inactive";
    say(said::needs_review(subject_.code, has_status ? out_.status + " and inactive" : "inactive",
                           places_.whole));
  }

  void judge_display(uint32_t number) {
    if (subject_.display.empty()) return;
    const Names names(scope_, set_, *system_, number, url_);
    if (auto issue = names.judge(subject_.display, options_.display_is_lenient)) {
      issue->expression = places_.display;
      out_.issues.push_back(*std::move(issue));
    }
  }

  void unknown_code() {
    if (options_.membership_only) return;
    if (system_->is_fragment()) {
      is_possible_ = true;
      say(said::not_in_fragment(subject_.code, url_, system_->version(), places_.code));
      return;
    }
    if (system_->is_not_present()) {
      say(said::system_has_no_content(url_, places_.system));
      out_.unknown_systems.emplace_back(url_);
      return;
    }
    say(said::unknown_code(subject_.code, url_, system_->version(), places_.code));
  }

  // A value set that imports one that is not here decides nothing.
  bool missing_value_set() {
    if (set_ == nullptr) return false;
    for (const Problem& problem : set_->problems) {
      if (problem.kind != Problem::Kind::unknown_value_set) continue;
      out_.is_decided = false;
      if (!options_.is_part_of_concept) say(said::unknown_value_set(problem));
      return true;
    }
    return false;
  }

  void membership() {
    if (set_ == nullptr) {
      out_.is_in = number_.has_value() || is_possible_;
      return;
    }
    Truth truth = is_unclear_ ? Truth::unknown : set_->contains(url_, subject_.code, only_);
    if (subject_.system.empty()) truth = Truth::no;
    if (truth == Truth::yes && system_ == nullptr && grammar_ == nullptr) truth = Truth::no;
    if (truth == Truth::unknown && is_possible_) truth = Truth::yes;
    if (truth == Truth::unknown && !is_unclear_) truth = unclear();
    if (truth == Truth::yes) truth = allowed();
    out_.is_in = truth == Truth::yes;
    if (out_.is_in) listed_status();
    if (truth != Truth::no) return;
    if (number_ && out_.inactive && (options_.active_only || !set_->inactive_too))
      say(said::is_not_active(subject_.code, places_.code));
    not_in();
  }

  // Nothing says no, and something that would have to be asked is not here.
  Truth unclear() {
    if (!out_.unknown_systems.empty()) return Truth::no;
    for (const Problem& problem : set_->problems) {
      if (problem.kind != Problem::Kind::unknown_system &&
          problem.kind != Problem::Kind::unknown_version)
        continue;
      say(said::cannot_be_asked(*set_, problem));
      out_.caused_by.push_back(problem.url);
      break;
    }
    return Truth::no;
  }

  Truth allowed() {
    if (options_.active_only && out_.inactive) return Truth::no;
    if (!options_.abstract_is_allowed && number_ && system_->is_abstract(*number_)) {
      say(said::is_abstract(subject_.code, places_.code));
      return Truth::no;
    }
    return Truth::yes;
  }

  void not_in() {
    const std::string version =
        subject_.version.empty() ? std::string() : fmt::format("|{}", subject_.version);
    const std::string display =
        subject_.display.empty() ? std::string() : fmt::format(" ('{}')", subject_.display);
    const bool quiet = options_.is_part_of_concept;
    say({quiet ? Severity::information : Severity::error, "code-invalid",
         quiet ? "this-code-not-in-vs" : "not-in-vs",
         fmt::format("The provided code '{}{}#{}{}' was not found in the value set '{}'",
                     subject_.system, version, subject_.code, display, set_->canonical()),
         fmt::format("コード「{}」({})は値セット {} にありません。", subject_.code, subject_.system,
                     set_->url),
         places_.code});
  }

  // The value set itself may mark one of its codes as going away.
  void listed_status() {
    if (options_.membership_only) return;
    std::vector<const Part*> parts;
    collect(*set_, url_, parts);
    for (const Part* part : parts) {
      const Listed* listed = part->is_listed ? part->find(subject_.code) : nullptr;
      if (listed == nullptr || !is_marked_deprecated(*listed->given)) continue;
      say(said::marked_deprecated(*set_, subject_.code, url_, places_.code));
      return;
    }
  }

  const Terminology& terms_;
  const VersionRules& rules_;
  const Scope& scope_;
  const JudgeOptions& options_;
  const Subject& subject_;
  const Places& places_;
  std::string_view url_;  // the system under its own name
  const Composed* set_;
  std::shared_ptr<const Composed> own_;
  const CodeSystem* system_ = nullptr;
  const CodeSystem* only_ = nullptr;  // the version the coding itself names
  const Grammar* grammar_ = nullptr;
  std::optional<uint32_t> number_;
  bool is_unclear_ = false;   // the value set names a version that is not here
  bool is_possible_ = false;  // not in the fragment at hand
  Judged out_;
};

Judged Judge::judge(const Subject& subject, const Places& places) const {
  return Case(*this, subject, places).run();
}

std::expected<std::string, Issue> Judge::infer_system(std::string_view code,
                                                      const std::string& place) const {
  std::vector<std::string_view> found;
  std::vector<const Composed*> open{set_};
  while (!open.empty()) {  // ends: imports do not run in circles
    const Composed* one = open.back();
    open.pop_back();
    for (const Part& part : one->includes) {
      const bool is_new = std::ranges::find(found, part.url) == found.end();
      if (!part.url.empty() && is_new && set_->contains(part.url, code) == Truth::yes)
        found.push_back(part.url);
      for (const Composed* inner : part.sets)
        if (inner != nullptr) open.push_back(inner);
    }
  }
  if (found.size() == 1) return std::string(found.front());
  return std::unexpected(said::cannot_infer(*set_, code, found, place));
}

void Judge::add_status_checks(const CodeSystem* system, std::vector<Issue>& issues) const {
  for (const Standing& one : standings_of(set_, system))
    issues.push_back({Severity::information,
                      "business-rule",
                      "status-check",
                      fmt::format("Reference to {} {} {}", one.word, one.type, one.canonical),
                      fmt::format("{} の状態は {} です。", one.canonical, one.word),
                      {}});
}

}  // namespace tasuki::fhir::terminology
