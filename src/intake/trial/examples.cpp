#include "intake/trial/examples.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "fhir/path/expression.h"
#include "fhir/validate/validate.h"
#include "intake/difference.h"
#include "json/parse.h"

namespace tasuki::intake::trial {
namespace {

namespace path = fhir::path;

// Whose ids the samples' resources bear: a number that no institution has.
constexpr std::string_view sample_facility = "1319999999";

class ExampleRun {
 public:
  ExampleRun(const Mappings& mappings, const Program& program, const fhir::Rulebook* rulebook)
      : mappings_(mappings), program_(program), rulebook_(rulebook) {}

  void run(const Example& example);
  std::vector<Problem> take() { return std::move(problems_); }

 private:
  void say(uint32_t place, std::string message) {
    problems_.push_back({place_of(program_, place),
                         fmt::format("標本「{0}」: {1}", example_->name, std::move(message))});
  }
  std::optional<std::string> bytes_of(const std::string& file);
  void check_state(const Converted& made);
  void check_expectation(const Example::Expectation& wanted, const Converted& made);
  void check_expected(const Converted& made);
  void check_rules(const Converted& made);

  const Mappings& mappings_;
  const Program& program_;
  const fhir::Rulebook* rulebook_;
  const Example* example_ = nullptr;
  std::vector<Problem> problems_;
};

std::optional<std::string> ExampleRun::bytes_of(const std::string& file) {
  std::ifstream stream(mappings_.folder() / file, std::ios::binary);
  if (stream) return std::string(std::istreambuf_iterator<char>(stream), {});
  say(example_->line,
      fmt::format("ファイル {0} を読めません。/ The file {0} cannot be read.", file));
  return std::nullopt;
}

void ExampleRun::run(const Example& example) {
  example_ = &example;
  std::string bytes = example.text;
  if (!example.file.empty()) {
    auto read = bytes_of(example.file);
    if (!read) return;
    bytes = *std::move(read);
  }
  ConvertSettings settings;
  settings.facility = example.facility.empty() ? sample_facility : example.facility;
  settings.facility_name = "標本病院";
  settings.kind = example.kind;
  settings.patient = example.patient;
  if (!example.text.empty()) settings.charset = Charset::utf_8;  // as the mapping's file is
  const Converted made = convert(bytes, settings, mappings_);
  if (made.program != nullptr && made.program != &program_)
    say(example.line, fmt::format("この標本は別の変換規則 {0} が読みます。/ This sample is read by "
                                  "another mapping, {0}.",
                                  made.program->name));
  check_state(made);
  for (const Example::Expectation& wanted : example.expectations)
    check_expectation(wanted, made);
  if (!example.expected_file.empty()) check_expected(made);
  for (const std::string& code : example.findings)
    if (std::ranges::find(made.findings, code, &formats::Finding::code) == made.findings.end())
      say(example.line, fmt::format("所見 {0} がありません。/ There is no finding {0}.", code));
  if (rulebook_ != nullptr && made.state == Converted::State::done) check_rules(made);
}

void ExampleRun::check_state(const Converted& made) {
  constexpr std::string_view states[] = {"done", "held", "refused"};
  const std::string_view state = states[static_cast<size_t>(made.state)];
  const bool same_reason = example_->reason.empty() || example_->reason == made.reason_code;
  if (state == example_->state && same_reason) return;
  say(example_->line,
      fmt::format(
          "{0} {1} のはずが {2} {3} になりました。/ It should be {0} {1} and became {2} {3}: {4}",
          example_->state, example_->reason, state, made.reason_code, made.reason));
}

void ExampleRun::check_expectation(const Example::Expectation& wanted, const Converted& made) {
  const fhir::Definitions& definitions = mappings_.definitions();
  std::optional<path::Expression> expression;
  if (!wanted.path.empty()) {
    auto compiled = path::Expression::compile(definitions, wanted.path);
    if (!compiled)
      return say(wanted.line,
                 fmt::format("FHIRPath「{0}」が正しくありません。/ The FHIRPath '{0}' is "
                             "wrong: {1}",
                             wanted.path, compiled.error().message));
    expression = *std::move(compiled);
  }
  int count = 0, of_type = 0;
  for (const Made& one : made.resources) {
    if (one.resource.text_of("resourceType") != wanted.type) continue;
    ++of_type;
    if (!expression) {
      ++count;
      continue;
    }
    path::Environment environment;
    environment.resource = path::root(definitions, one.resource);
    json::Arena arena;
    const auto holds = expression->holds(environment.resource, environment, arena);
    count += holds && *holds ? 1 : 0;
  }
  if (wanted.count < 0 ? count > 0 : count == wanted.count) return;
  say(wanted.line,
      fmt::format(
          "{0}({1} 件中)で「{2}」が成り立つものは {3} 件でした。期待は {4}。/ Of {1} {0}, {3} "
          "meet '{2}'; wanted: {4}.",
          wanted.type, of_type, wanted.path, count,
          wanted.count < 0 ? std::string("1+") : std::to_string(wanted.count)));
}

// Each resource of the expected Bundle must have been made, with at least what it says: by its id,
// or where it says none by its type, the best match.
void ExampleRun::check_expected(const Converted& made) {
  const auto bytes = bytes_of(example_->expected_file);
  if (!bytes) return;
  const auto document = json::parse(*bytes);
  if (!document)
    return say(example_->line, example_->expected_file + ": " + document.error().message);
  const json::Value* const entries = document->root.find("entry");
  for (const json::Value& entry : entries == nullptr ? document->root.items() : entries->items()) {
    const json::Value* const inner = entry.find("resource");
    const json::Value& wanted = inner == nullptr ? entry : *inner;
    std::optional<std::vector<Difference>> best;
    for (const Made& one : made.resources) {
      if (one.resource.text_of("resourceType") != wanted.text_of("resourceType")) continue;
      auto found = missing(wanted, one.resource);
      if (!best || found.size() < best->size()) best = std::move(found);
    }
    if (!best)
      say(example_->line, fmt::format("{0} が作られていません。/ No {0} was made.",
                                      wanted.text_of("resourceType")));
    for (const Difference& one : best ? *best : std::vector<Difference>())
      say(example_->line, fmt::format("{0}: {1} のはずが {2} です。/ {0} should be {1} and is {2}.",
                                      one.path, one.before, one.after.empty() ? "—" : one.after));
  }
}

void ExampleRun::check_rules(const Converted& made) {
  fhir::Options options;  // a house without the guide's package can still check its mappings
  options.unknown_profile = fhir::Finding::Severity::warning;
  for (const Made& one : made.resources) {
    for (const fhir::Finding& finding : fhir::validate(*rulebook_, one.resource, options)) {
      if (finding.severity != fhir::Finding::Severity::error) continue;
      say(example_->line,
          fmt::format("{}: {} / {}", finding.location, finding.message_ja, finding.message));
    }
  }
}

}  // namespace

std::vector<Problem> run_examples(const Mappings& mappings, const Program& program,
                                  const fhir::Rulebook* rulebook) {
  ExampleRun run(mappings, program, rulebook);
  for (const Example& example : program.examples)
    run.run(example);
  return run.take();
}

}  // namespace tasuki::intake::trial
