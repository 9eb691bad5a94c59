// tests: samples and what must become of them, written in the mapping's own file.
//
//   tests:
//     sample "a corrected result" kind OML-11
//       text "MSH|^~\&|LIS|..."
//       expect 2 Observation "status = 'corrected'"
//       expect no Condition
//     sample "a message nobody can place" file "samples/x.hl7"
//       state held "identity.no-patient"
//       expected "samples/x.json"
#include <charconv>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

// expect TYPE ["PATH"]; expect 2 TYPE ["PATH"]; expect no TYPE ["PATH"]
Result<Example::Expectation> expectation_of(Cursor& cursor, const fhir::Definitions& definitions) {
  Example::Expectation wanted;
  std::string word = TRY(cursor.name("a resource type"));
  int count = -1;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (word == "no" || (failure == std::errc() && end == word.data() + word.size())) {
    wanted.count = word == "no" ? 0 : count;
    word = TRY(cursor.name("a resource type"));
  }
  if (!definitions.resource_type(word))
    return cursor.error(
        fmt::format("資源の型ではありません:「{0}」。/ '{0}' is not a resource type.", word));
  wanted.type = word;
  if (cursor.sees_text()) wanted.path = TRY(cursor.text("a FHIRPath"));
  return wanted;
}

}  // namespace

Result<void> Compiler::examples(const std::vector<Line>& lines, size_t& at) {
  while (at < lines.size() && lines[at].depth > 0) {
    Cursor cursor(lines[at++]);
    Example example;
    example.line = place_number(cursor.line());
    TRY(cursor.expect("sample"));
    example.name = TRY(cursor.text("the sample's name"));
    while (!cursor.at_end()) {
      if (cursor.accept("kind")) {
        example.kind = TRY(cursor.name("an SS-MIX2 kind"));
      } else if (cursor.accept("patient")) {
        example.patient = TRY(cursor.text("a patient id"));
      } else if (cursor.accept("facility")) {
        example.facility = TRY(cursor.text("an institution's number"));
      } else {
        TRY(cursor.expect("file"));
        example.file = TRY(cursor.text("the sample's file"));
      }
    }
    while (at < lines.size() && lines[at].depth > 1) {
      Cursor inner(lines[at++]);
      TRY(example_line(inner, example));
      TRY(inner.end());
    }
    if (example.file.empty() && example.text.empty())
      return cursor.error(
          "標本がありません。`file \"名前\"` か `text \"MSH|...\"` の行を書きます。/ The sample is "
          "missing: `file \"NAME\"`, or lines `text \"MSH|...\"`.");
    program_.examples.push_back(std::move(example));
  }
  return {};
}

Result<void> Compiler::example_line(Cursor& cursor, Example& example) {
  if (cursor.accept("text")) {
    example.text += TRY(cursor.text("a line of the sample")) + "\r";
  } else if (cursor.accept("expect")) {
    const uint32_t line = place_number(cursor.line());
    example.expectations.push_back(TRY(expectation_of(cursor, definitions_)));
    example.expectations.back().line = line;
  } else if (cursor.accept("expected")) {
    example.expected_file = TRY(cursor.text("the file of a Bundle"));
  } else if (cursor.accept("finding")) {
    example.findings.push_back(TRY(cursor.text("a finding's code")));
  } else if (cursor.accept("state")) {
    example.state = TRY(cursor.name("done, held or refused"));
    if (example.state != "done" && example.state != "held" && example.state != "refused")
      return cursor.error(
          "状態は done、held、refused のどれかです。/ A state is done, held or refused.");
    if (cursor.sees_text()) example.reason = TRY(cursor.text("the reason's code"));
  } else {
    return cursor.error(
        "ここに書けるのは text、expect、expected、finding、state です。/ Here stand text, expect, "
        "expected, finding or state.");
  }
  return {};
}

std::string place_of(const Program& program, uint32_t place) {
  const uint32_t file = file_of(place);
  return fmt::format("line {} of {}", line_of(place),
                     file < program.files.size() ? program.files[file] : program.file);
}

}  // namespace tasuki::intake
