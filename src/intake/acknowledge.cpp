#include "intake/acknowledge.h"

#include <optional>

#include "base/scan.h"
#include "base/uuid.h"
#include "formats/hl7v2/acknowledge.h"

namespace tasuki::intake {
namespace {

using hl7v2::Level;
using hl7v2::Verdict;

constexpr size_t faults_max = 20;

// What MSH-15 and MSH-16 ask for: the commit answer where wanted, else the application's. Over MLLP
// the message is both stored and processed when the answer leaves, so that one answer can stand for
// either.
std::optional<Level> level_of(const hl7v2::Message& message, Verdict verdict) {
  for (const Level level : {Level::original, Level::commit, Level::application}) {
    if (hl7v2::wants_answer(message, level, verdict)) return level;
  }
  return std::nullopt;
}

std::string control_id() {
  return random_uuid().substr(0, 20);
}  // MSH-10 holds 20 characters

// MSH and the line behind it, which is EVN where MSH-9 may leave the event out: all that an
// acceptance repeats, and no line ends within a two-byte character.
std::string_view head_of(std::string_view bytes) {
  const size_t first = find_one_of<'\r', '\n'>(bytes, bytes.find("MSH"));
  const size_t second = bytes.find_first_not_of("\r\n", first);
  return bytes.substr(0, find_one_of<'\r', '\n'>(bytes, second));
}

std::string answer(std::string_view bytes, Verdict verdict, std::vector<hl7v2::Fault> faults,
                   Instant now) {
  const auto message = hl7v2::parse(verdict == Verdict::accepted ? head_of(bytes) : bytes);
  if (!message) return hl7v2::reject_unreadable(bytes, message.error(), control_id(), now);
  const auto level = level_of(*message, verdict);
  if (!level) return {};
  return hl7v2::acknowledge(*message, {*level, verdict, std::move(faults), control_id(), now});
}

}  // namespace

std::string acknowledge(std::string_view bytes, const Converted& converted, Instant now) {
  if (converted.state != Converted::State::refused)
    return answer(bytes, Verdict::accepted, {}, now);
  std::vector<hl7v2::Fault> faults;
  for (const Finding& finding : converted.findings) {
    if (finding.severity != formats::Finding::Severity::error || faults.size() == faults_max)
      continue;
    faults.push_back({.location = finding.location, .text = finding.message});
  }
  if (faults.empty()) faults.push_back({.location = {}, .text = converted.reason});
  return answer(bytes, Verdict::rejected, std::move(faults), now);
}

std::string acknowledge_failure(std::string_view bytes, std::string_view reason, Instant now) {
  return answer(bytes, Verdict::error, {{.location = {}, .text = std::string(reason)}}, now);
}

}  // namespace tasuki::intake
