#include "fhir/terminology/operation/judge.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "fhir/terminology/operation/display.h"
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
  void say(Severity severity, std::string_view code, std::string_view kind, std::string expression,
           std::string text, std::string ja) {
    out_.issues.push_back(
        {severity, code, kind, std::move(text), std::move(ja), std::move(expression)});
  }

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
    say(Severity::error, "code-invalid", "invalid-code", places_.code,
        fmt::format("Unknown code '{}' in the CodeSystem '{}' version '{}'", subject_.code, url_,
                    grammar_->version),
        fmt::format("コード「{}」は {} の書き方に合いません。", subject_.code, url_));
    say(Severity::information, "code-invalid", "invalid-code", places_.code,
        fmt::format("Error processing '{}': {}", subject_.code, parsed.error().message),
        parsed.error().message);
  }

  // A system that can be looked for at all.
  bool is_addressable() {
    const std::string_view system = subject_.system;
    if (system.empty()) {
      say(Severity::warning, "invalid", "invalid-data", places_.whole,
          "Coding has no system. A code with no system has no defined meaning, and it cannot be "
          "validated. A system should be provided",
          "システムのないコードには決まった意味がありません。system を書いてください。");
      return false;
    }
    if (terms_.value_set(system) != nullptr && terms_.versions_of(url_).empty()) {
      say(Severity::error, "invalid", "invalid-data", places_.system,
          fmt::format("The Coding references a value set, not a code system ('{}')", system),
          fmt::format("「{}」は値セットで、コード体系ではありません。", system));
      return false;
    }
    if (!system.contains(':')) {
      say(Severity::error, "invalid", "invalid-data", places_.system,
          "Coding.system must be an absolute reference, not a local reference",
          "system は絶対 URI でなければなりません。");
      if (terms_.versions_of(url_).empty()) unknown_system();
      return false;
    }
    if (const CodeSystem* one = terms_.code_system(url_, subject_.version);
        one != nullptr && one->is_supplement()) {
      say(Severity::error, "invalid", "invalid-data", places_.system,
          fmt::format("CodeSystem {} is a supplement, so can't be used as a value in "
                      "Coding.system",
                      one->canonical()),
          fmt::format("「{}」は補足(supplement)なので、system には使えません。", system));
      out_.caused_by.emplace_back(system);
      return false;
    }
    return true;
  }

  void unknown_system() {
    std::string text;
    if (subject_.version.empty())
      text = fmt::format(
          "A definition for CodeSystem '{}' could not be found, so the code cannot be validated",
          subject_.system);
    else
      text = fmt::format(
          "A definition for CodeSystem '{}' version '{}' could not be found, so the code cannot be "
          "validated. No versions of this code system are known",
          subject_.system, subject_.version);
    say(Severity::error, "not-found", "not-found", places_.system, std::move(text),
        fmt::format("コード体系 {} はここにないので、確かめられません。", subject_.system));
    out_.unknown_systems.emplace_back(subject_.system);
  }

  void unknown_version(std::string_view version) {
    say(Severity::error, "not-found", "not-found", places_.system,
        fmt::format("A definition for CodeSystem '{}' version '{}' could not be found, so the code "
                    "cannot be validated. Valid versions: {}",
                    url_, version, fmt::join(terms_.versions_of(url_), " or ")),
        fmt::format("コード体系 {} の版 {} はありません。あるのは {} です。", url_, version,
                    fmt::join(terms_.versions_of(url_), "、")));
    out_.caused_by.push_back(fmt::format("{}|{}", url_, version));
  }

  void differing_version(const Part& part) {
    const bool is_open = part.version.empty() && !part.version_was_ruled;
    const std::string_view known = part.system != nullptr ? part.system->version() : part.version;
    std::string text;
    if (is_open)
      text = fmt::format(
          "The code system '{}' version '{}' for the versionless include in the ValueSet include "
          "is different to the one in the value ('{}')",
          url_, known, subject_.version);
    else if (part.version_was_ruled)
      text = fmt::format(
          "The code system '{}' version '{}' resulting from the version '{}' in the ValueSet "
          "include is different to the one in the value ('{}')",
          url_, part.ruled_version, part.version, subject_.version);
    else
      text = fmt::format(
          "The code system '{}' version '{}' in the ValueSet include is different to the one in "
          "the value ('{}')",
          url_, part.version, subject_.version);
    say(is_open ? Severity::warning : Severity::error, "invalid", "vs-invalid", places_.version,
        std::move(text),
        fmt::format("値セットが使う {} の版は {} で、渡された版 {} と違います。", url_, known,
                    subject_.version));
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
      say(Severity::error, "exception", "version-error", places_.version,
          fmt::format("The version '{}' is not allowed for system '{}': required to be '{}' by a "
                      "version-check parameter",
                      system_->version(), url_, check),
          fmt::format("{} は版 {} に限るという指定なので、版 {} は使えません。", url_, check,
                      system_->version()));
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
    if (!subject_.version.empty()) differing_version(part);
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
      say(Severity::information, "business-rule", "code-rule", places_.code,
          fmt::format("The code '{}' differs from the correct code '{}' by case. Although the code "
                      "system '{}' is case insensitive, implementers are strongly encouraged to "
                      "use the correct case anyway",
                      subject_.code, written, system_->canonical()),
          fmt::format("コード「{}」の正しい書き方は「{}」です。", subject_.code, written));
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
    say(Severity::warning, "business-rule", "code-comment", places_.whole,
        fmt::format("The concept '{}' has a status of {} and its use should be reviewed",
                    subject_.code, has_status ? out_.status + " and inactive" : "inactive"),
        fmt::format("コード「{}」は使われなくなっています。", subject_.code));
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
      say(Severity::warning, "code-invalid", "invalid-code", places_.code,
          fmt::format("Unknown Code '{}' in the CodeSystem '{}' version '{}' - note that the code "
                      "system is labeled as a fragment, so the code may be valid in some other "
                      "fragment",
                      subject_.code, url_, system_->version()),
          fmt::format("コード「{}」は {} の手元にある部分にはありません。", subject_.code, url_));
      return;
    }
    if (system_->is_not_present()) {
      say(Severity::error, "not-found", "not-found", places_.system,
          fmt::format("The CodeSystem '{}' has no content here, so the code cannot be validated",
                      url_),
          fmt::format("コード体系 {} の中身がここにないので、確かめられません。", url_));
      out_.unknown_systems.emplace_back(url_);
      return;
    }
    say(Severity::error, "code-invalid", "invalid-code", places_.code,
        system_->version().empty()
            ? fmt::format("Unknown code '{}' in the CodeSystem '{}'", subject_.code, url_)
            : fmt::format("Unknown code '{}' in the CodeSystem '{}' version '{}'", subject_.code,
                          url_, system_->version()),
        fmt::format("コード「{}」は {} にありません。", subject_.code, url_));
  }

  // A value set that imports one that is not here decides nothing.
  bool missing_value_set() {
    if (set_ == nullptr) return false;
    for (const Problem& problem : set_->problems) {
      if (problem.kind != Problem::Kind::unknown_value_set) continue;
      out_.is_decided = false;
      if (!options_.is_part_of_concept)
        say(Severity::error, "not-found", "not-found", {}, problem.message,
            fmt::format("値セット {} はここにありません。", problem.url));
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
    if (number_ && out_.inactive && (options_.active_only || !set_->inactive_too)) inactive_rule();
    not_in();
  }

  // Nothing says no, and something that would have to be asked is not here.
  Truth unclear() {
    if (!out_.unknown_systems.empty()) return Truth::no;
    for (const Problem& problem : set_->problems) {
      if (problem.kind != Problem::Kind::unknown_system &&
          problem.kind != Problem::Kind::unknown_version)
        continue;
      say(Severity::warning, "not-found", "vs-invalid", {},
          fmt::format("Unable to check whether the code is in the value set '{}' because the code "
                      "system {} was not found",
                      set_->canonical(), problem.url),
          fmt::format("コード体系 {} がここにないので、値セットに入るか確かめられません。",
                      problem.url));
      out_.caused_by.push_back(problem.url);
      break;
    }
    return Truth::no;
  }

  Truth allowed() {
    if (options_.active_only && out_.inactive) return Truth::no;
    if (!options_.abstract_is_allowed && number_ && system_->is_abstract(*number_)) {
      say(Severity::error, "business-rule", "code-rule", places_.code,
          fmt::format("The concept '{}' is abstract, and may not be used here", subject_.code),
          fmt::format("「{}」は分類のためのコードで、ここには使えません。", subject_.code));
      return Truth::no;
    }
    return Truth::yes;
  }

  void inactive_rule() {
    say(Severity::error, "business-rule", "code-rule", places_.code,
        fmt::format("The concept '{}' is valid but is not active", subject_.code),
        fmt::format("コード「{}」は正しいのですが、有効ではありません。", subject_.code));
  }

  void not_in() {
    const std::string version =
        subject_.version.empty() ? std::string() : fmt::format("|{}", subject_.version);
    const std::string display =
        subject_.display.empty() ? std::string() : fmt::format(" ('{}')", subject_.display);
    const bool quiet = options_.is_part_of_concept;
    say(quiet ? Severity::information : Severity::error, "code-invalid",
        quiet ? "this-code-not-in-vs" : "not-in-vs", places_.code,
        fmt::format("The provided code '{}{}#{}{}' was not found in the value set '{}'",
                    subject_.system, version, subject_.code, display, set_->canonical()),
        fmt::format("コード「{}」({})は値セット {} にありません。", subject_.code, subject_.system,
                    set_->url));
  }

  // The value set itself may mark one of its codes as going away.
  void listed_status() {
    if (options_.membership_only) return;
    std::vector<const Part*> parts;
    collect(*set_, url_, parts);
    for (const Part* part : parts) {
      const Listed* listed = part->is_listed ? part->find(subject_.code) : nullptr;
      if (listed == nullptr || !is_marked_deprecated(*listed->given)) continue;
      say(Severity::warning, "business-rule", "code-comment", places_.code,
          fmt::format("The presence of the concept '{}' in the system '{}' in the value set {} is "
                      "marked with a status of deprecated and its use should be reviewed",
                      subject_.code, url_, set_->canonical()),
          fmt::format("値セット {} は、コード「{}」をなくしていくものとしています。", set_->url,
                      subject_.code));
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
  std::string text =
      fmt::format("The System URI could not be determined for the code '{}' in the ValueSet '{}'",
                  code, set_->canonical());
  if (!found.empty())
    text += fmt::format(": value set expansion has multiple matches: [{}]", fmt::join(found, ", "));
  return std::unexpected(
      Issue{Severity::error, "not-found", "cannot-infer", std::move(text),
            fmt::format("コード「{}」がどのコード体系のものか決まりません。", code), place});
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
