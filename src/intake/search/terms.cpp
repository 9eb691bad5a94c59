#include "intake/search/terms.h"

#include <algorithm>

#include "formats/hl7v2/message.h"
#include "json/parse.h"

namespace tasuki::intake {
namespace {

using record::MessageTerm;
using Kind = MessageTerm::Kind;

constexpr size_t terms_max = 400;  // of one message

struct Place {
  std::string_view segment;
  int field;
  Kind kind;
};
// HL7 v2.5 4.5.1 (ORC), 4.5.3 (OBR), 7.4.2 (OBX), 4.14 (RXE RXD RXA RXO), 6.5.2 (DG1), 12.4.2
// (PRB), 3.4.6 (AL1), 3.4.7 (IAM), 7.4.3 (SPM).
constexpr Place places[] = {
    {"ORC", 2, Kind::order}, {"ORC", 3, Kind::order}, {"ORC", 4, Kind::order},
    {"OBR", 2, Kind::order}, {"OBR", 3, Kind::order}, {"OBR", 4, Kind::code},
    {"OBX", 3, Kind::code},  {"RXE", 2, Kind::code},  {"RXD", 2, Kind::code},
    {"RXA", 5, Kind::code},  {"RXO", 1, Kind::code},  {"DG1", 3, Kind::code},
    {"PRB", 3, Kind::code},  {"AL1", 3, Kind::code},  {"IAM", 3, Kind::code},
    {"SPM", 4, Kind::code},
};

void take_fields(std::string_view bytes, std::vector<MessageTerm>& terms) {
  const auto message = hl7v2::parse(bytes);
  if (!message) return;
  for (int at = 1; at <= message->segment_count() && terms.size() < terms_max; ++at) {
    const auto segment = message->segment(at);
    for (const Place& place : places) {
      if (segment.name() != place.segment) continue;
      std::string value = segment.field(place.field).component(1).text();
      if (!value.empty()) terms.push_back({place.kind, std::move(value)});
    }
  }
}

void take_causes(const record::StoredMessage& message, std::vector<MessageTerm>& terms) {
  if (!message.reason.empty())
    terms.push_back({Kind::cause, message.reason.substr(0, message.reason.find(':'))});
  const auto report = json::parse(message.report);
  const json::Value* const findings = report ? report->root.find("findings") : nullptr;
  if (findings == nullptr) return;
  for (const json::Value& finding : findings->items())
    if (const auto code = finding.text_of("code"); !code.empty())
      terms.push_back({Kind::cause, std::string(code)});
}

}  // namespace

std::vector<MessageTerm> terms_of(const record::StoredMessage& message) {
  std::vector<MessageTerm> terms;
  if (!message.group.empty()) terms.push_back({Kind::person, message.group});
  if (!message.control_id.empty()) terms.push_back({Kind::control, message.control_id});
  take_causes(message, terms);
  take_fields(message.bytes, terms);
  const auto order = [](const MessageTerm& term) { return std::pair(term.kind, term.value); };
  std::ranges::sort(terms, {}, order);
  terms.erase(std::ranges::unique(terms, {}, order).begin(), terms.end());
  return terms;
}

}  // namespace tasuki::intake
