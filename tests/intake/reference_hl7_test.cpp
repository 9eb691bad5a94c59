// HL7 v2 messages nobody here wrote (ref/hl7v2): each is read to the last field, becomes valid
// resources or waits with a reason that names its place; and what another tool made of it agrees
// with ours in the core: who it is, what was measured, with which value.
#include <algorithm>
#include <filesystem>
#include <set>

#include "conformance.h"
#include "fixture.h"
#include "formats/hl7v2/message.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using State = Converted::State;

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::recursive_directory_iterator(folder, missing))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

fs::path reference() {
  return fs::path(TASUKI_REFERENCE_FOLDER) / "hl7v2";
}

// As sent, line ends apart: HL7 v2.5 2.5 ends a segment by CR alone.
std::string lines_of(std::string_view bytes) {
  std::string lines;
  for (const char c : bytes) {
    if (c != '\r' && c != '\n')
      lines += c;
    else if (!lines.ends_with('\r'))
      lines += '\r';
  }
  while (lines.ends_with('\r') || lines.ends_with('\x1c') || lines.ends_with(' '))
    lines.pop_back();
  return lines;
}

// What the standard asks of any message that we could publish: a type and a patient.
bool is_addressed(const hl7v2::Message& message) {
  return !message.type().empty() &&
         !message.first("PID").field(3).repetition(1).component(1).text().empty();
}

std::string fault_of(std::string_view bytes) {
  const auto message = hl7v2::parse(bytes);
  const Converted made = convert(bytes, test::hospital(), *test::mappings());
  if (!message) return made.state == State::refused && !made.reason.empty() ? "" : "not refused";
  std::string sent(message->text());
  if (lines_of(hl7v2::print(*message)) != lines_of(sent)) return "is not printed as it was read";
  uint32_t listed = 0;
  for (const auto& field : made.coverage.not_carried)
    listed += field.count;
  if (made.coverage.carried + listed != made.coverage.fields) return "has fields nobody tells of";
  if (!is_addressed(*message))
    return made.state != State::done && !made.reason.empty() ? ""
                                                             : "is published without a patient";
  return made.state == State::done ? "" : made.reason_code + ": " + made.reason;
}

TEST(ReferenceHl7, every_message_is_read_and_becomes_valid_resources) {
  if (!fs::exists(reference())) GTEST_SKIP() << "the reference set hl7v2 is absent";
  conformance::Tally tally("hl7v2-messages");
  for (const fs::path& file : files_below(reference())) {
    const std::string bytes = test::bytes_of(file);
    size_t number = 0;
    for (const std::string_view message : split_messages(bytes)) {
      const std::string fault = fault_of(message);
      const std::string id = file.filename().string() + "#" + std::to_string(++number);
      if (fault.empty())
        tally.pass();
      else if (fault.starts_with("mapping.none"))
        tally.except(id, "moves of accounts and visits between numbers wait for a person");
      else if (fault.starts_with("mapping.key-empty"))
        tally.except(id,
                     "an order or result without any number waits: HL7 v2.5 4.5.3.2 asks for OBR-2 "
                     "or OBR-3");
      else
        tally.fail(id, fault);
    }
  }
  EXPECT_GE(tally.passed(), 550u);
  EXPECT_GE(tally.share(), 0.995) << tally.failures();
}

// 8.50 and 8.5 are one value where tools are compared.
std::string decimal_text(std::string_view number) {
  std::string text(number);
  if (text.contains('.')) {
    text.resize(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

// What a resource says at its core, as texts that can be compared across tools.
void add_core(const json::Value& resource, std::set<std::string>& core) {
  const std::string type(resource.text_of("resourceType"));
  const auto add = [&](std::string_view what, std::string_view text) {
    if (!text.empty()) core.insert(type + "." + std::string(what) + "=" + std::string(text));
  };
  const auto codes = [&](std::string_view what, const json::Value* concept_) {
    const json::Value* const codings = concept_ == nullptr ? nullptr : concept_->find("coding");
    for (const json::Value& coding :
         codings == nullptr ? std::span<const json::Value>() : codings->items())
      add(what, coding.text_of("code"));
  };
  if (type == "Patient") {
    add("gender", resource.text_of("gender"));
    add("birthDate", resource.text_of("birthDate"));
    const json::Value* const names = resource.find("name");
    for (const json::Value& name :
         names == nullptr ? std::span<const json::Value>() : names->items())
      add("family", name.text_of("family"));
  }
  if (type == "Observation") {
    codes("code", resource.find("code"));
    codes("value", resource.find("valueCodeableConcept"));
    add("value", resource.text_of("valueString"));
    if (const json::Value* const quantity = resource.find("valueQuantity"))
      if (const json::Value* const value = quantity->find("value"))
        add("value", decimal_text(value->text()));
  }
}

TEST(ReferenceHl7, agrees_at_the_core_with_what_another_tool_made) {
  if (!fs::exists(reference())) GTEST_SKIP() << "the reference set hl7v2 is absent";
  conformance::Tally tally("hl7v2-core-fields");
  for (const fs::path& file : files_below(reference() / "cdc-reportstream")) {
    if (file.extension() != ".fhir") continue;
    fs::path source = file;
    source.replace_extension(".hl7");
    if (!fs::exists(source)) continue;
    const std::string text = test::bytes_of(file);
    const auto expected = json::parse(text);
    const auto all = convert_all(test::bytes_of(source), test::hospital(), *test::mappings());
    if (!expected || all.size() != 1 || all.front().state != State::done) continue;
    std::set<std::string> wanted, made;
    if (const json::Value* const entries = expected->root.find("entry"))
      for (const json::Value& entry : entries->items())
        if (const json::Value* const resource = entry.find("resource")) add_core(*resource, wanted);
    for (const Made& one : all.front().resources)
      add_core(one.resource, made);
    // Questions asked with an order stand in its ServiceRequest as notes, not as Observations.
    const bool is_result =
        all.front().kind.starts_with("ORU") || all.front().kind.starts_with("OUL");
    for (const std::string& one : wanted) {
      if (!is_result && one.starts_with("Observation.")) continue;
      if (made.contains(one))
        tally.pass();
      else
        tally.fail(file.filename().string(), one);
    }
  }
  EXPECT_GE(tally.passed(), 30u);
  EXPECT_GE(tally.share(), 0.95) << tally.failures();
}

}  // namespace
}  // namespace tasuki::intake
