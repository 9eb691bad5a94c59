#include "intake/standing/persons_seen.h"

#include <algorithm>
#include <utility>

#include "intake/stored.h"
#include "record/rehearse.h"

namespace tasuki::intake {
namespace {

// The rules' evidence is "kana name equal +11.0; birth date differs -7.0": for people without the
// weights.
constexpr std::pair<std::string_view, std::string_view> spoken[] = {
    {"kana name", "カナ氏名"},
    {"kanji name", "漢字氏名"},
    {"birth date", "生年月日"},
    {"sex", "性別"},
    {"insured number", "被保険者番号"},
    {"identifier", "番号"},
    {"phone", "電話"},
    {"address", "住所"},
    {" equal", "同じ"},
    {" close", "近い"},
    {" differs", "ちがう"},
};

std::string in_words(std::string_view evidence) {
  std::string made;
  while (!evidence.empty()) {
    const size_t end = std::min(evidence.find("; "), evidence.size());
    const std::string_view part = evidence.substr(0, end);
    evidence.remove_prefix(std::min(end + 2, evidence.size()));
    std::string said;
    for (const auto& [english, japanese] : spoken)
      if (part.contains(english)) said.append(said.empty() ? "" : " ").append(japanese);
    made.append(made.empty() ? "" : "・").append(said);
  }
  return made;
}

}  // namespace

Result<void> PersonsLooker::take(const record::StoredMessage& message) {
  if (message.group.empty() || patients_.contains(message.group)) return {};
  if (patients_.size() == patients_max) {
    seen_.whole = false;
    return {};
  }
  const Converted made = convert_stored(message, delivered_of(message.report), feed_, mappings_);
  for (const Made& one : made.resources) {
    if (one.resource.text_of("resourceType") != "Patient") continue;
    patients_.insert(message.group);
    return take(one.id, one.resource);
  }
  return {};
}

Result<void> PersonsLooker::take(std::string_view id, const json::Value& patient) {
  const auto link = TRY(record::nearest_person(session_, id, patient));
  if (link.band == record::Band::link) {
    ++seen_.linked;
    ++seen_.why_linked[in_words(link.evidence)];
  } else if (link.band == record::Band::ask) {
    ++seen_.asked;
    ++seen_.why_asked[in_words(link.evidence)];
  } else {
    ++seen_.apart;
  }
  return {};
}

}  // namespace tasuki::intake
