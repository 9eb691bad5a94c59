#include "intake/workbench/codes.h"

#include <algorithm>
#include <charconv>

#include "formats/hl7v2/message.h"
#include "intake/mapping/values.h"
#include "json/parse.h"

namespace tasuki::intake::workbench {
namespace {

constexpr size_t page = 200;
constexpr size_t kinds_max = 20'000;  // of codes, either way: what a region has

std::string most_frequent(const std::map<std::string, uint64_t>& counts) {
  const auto found =
      std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; });
  return found == counts.end() ? std::string() : found->first;
}

class Gathering {
 public:
  void take(const record::StoredMessage& message, std::string_view facility);
  Codes finish();

 private:
  void take_observation(const hl7v2::Segment& segment, std::string_view facility);
  void take_finding(const json::Value& finding, const hl7v2::Message& message,
                    std::string_view facility, bool is_held);

  std::map<std::pair<std::string, std::string>, Unmapped> unmapped_;
  std::map<std::string, Usage> known_;
  uint64_t messages_ = 0;
};

void add(const hl7v2::Segment& observation, std::string_view facility, Usage& usage) {
  const hl7v2::Field code = observation.field(3);
  for (const int part : {2, 5}) {
    const std::string name = code.component(part).text();
    if (!name.empty()) {
      ++usage.names[name];
      break;
    }
  }
  if (const std::string unit = observation.field(6).component(1).text(); !unit.empty())
    ++usage.units[unit];
  usage.facilities.emplace(facility);
  ++usage.count;
  double value = 0;
  const auto decimal = decimal_of(observation.field(5).component(1).text());
  if (decimal && usage.values.size() < Usage::values_max &&
      std::from_chars(decimal->data(), decimal->data() + decimal->size(), value).ec == std::errc())
    usage.values.push_back(value);
}

// A standard code with what it was sent with: JC10 in OBX-3.3 or 3.6.
void Gathering::take_observation(const hl7v2::Segment& segment, std::string_view facility) {
  for (const int first : {1, 4}) {
    const std::string system = segment.field(3).component(first + 2).text(),
                      code = segment.field(3).component(first).text();
    if (system != "JC10" || code.empty() || known_.size() >= kinds_max) continue;
    add(segment, facility, known_["http://medis.or.jp/CodeSystem/master-JLAC10-17digits|" + code]);
  }
}

// "OBX[3]-3" or "OBX-3": the segment that a finding speaks of.
hl7v2::Segment segment_of(const hl7v2::Message& message, std::string_view location) {
  const auto all = message.all(location.substr(0, std::min<size_t>(3, location.size())));
  size_t ordinal = 1;
  if (location.size() > 4 && location[3] == '[')
    std::from_chars(location.data() + 4, location.data() + location.size(), ordinal);
  return ordinal >= 1 && ordinal <= all.size() ? all[ordinal - 1] : hl7v2::Segment();
}

void Gathering::take_finding(const json::Value& finding, const hl7v2::Message& message,
                             std::string_view facility, bool is_held) {
  const std::string table(finding.text_of("table")), code(finding.text_of("value"));
  const std::string_view location = finding.text_of("location");
  if (table.empty() || code.empty() || unmapped_.size() >= kinds_max) return;
  Unmapped& found = unmapped_[{table, code}];
  found.table = table;
  found.code = code;
  found.waiting += is_held ? 1 : 0;
  const hl7v2::Segment segment = segment_of(message, location);
  if (segment && segment.name() == "OBX") {
    add(segment, facility, found.usage);
    return;
  }
  ++found.usage.count;
  found.usage.facilities.emplace(facility);
  int field = 0;
  const size_t dash = location.rfind('-');
  if (dash != std::string_view::npos)
    std::from_chars(location.data() + dash + 1, location.data() + location.size(), field);
  const std::string name = segment ? segment.field(field).component(2).text() : std::string();
  if (!name.empty()) ++found.usage.names[name];
}

void Gathering::take(const record::StoredMessage& message, std::string_view facility) {
  ++messages_;
  const auto parsed = hl7v2::parse(message.bytes);
  if (!parsed) return;
  for (const hl7v2::Segment& segment : parsed->all("OBX"))
    take_observation(segment, facility);
  if (message.report.find("code.not-in-table") == std::string::npos) return;
  const auto report = json::parse(message.report);
  const json::Value* const findings = report ? report->root.find("findings") : nullptr;
  if (findings == nullptr) return;
  for (const json::Value& finding : findings->items())
    if (finding.text_of("code") == "code.not-in-table")
      take_finding(finding, *parsed, facility, message.state == record::MessageState::held);
}

Codes Gathering::finish() {
  Codes codes;
  codes.messages = messages_;
  for (auto& [key, unmapped] : unmapped_) {
    unmapped.suggestions = suggest(unmapped.usage, known_);
    codes.unmapped.push_back(std::move(unmapped));
  }
  std::ranges::stable_sort(codes.unmapped, [](const Unmapped& left, const Unmapped& right) {
    return std::pair(left.waiting, left.usage.count) > std::pair(right.waiting, right.usage.count);
  });
  return codes;
}

}  // namespace

std::string Usage::name() const {
  return most_frequent(names);
}

std::string Usage::unit() const {
  return most_frequent(units);
}

Spread spread_of(std::vector<double> values) {
  if (values.empty()) return {};
  std::ranges::sort(values);
  return {values.front(), values[values.size() / 2], values.back()};
}

Result<Codes> codes_of(record::Door& door, const std::vector<std::string>& feeds,
                       uint64_t messages_max) {
  Gathering gathering;
  uint64_t left = messages_max;
  bool is_whole = true;
  for (const std::string& feed : feeds) {
    auto session = door.session({.id = "system:workbench",
                                 .name = "コード対応",
                                 .role = record::Role::system,
                                 .organisation = {},
                                 .person = {}},
                                record::Purpose::operations);
    record::MessageSearch search;
    search.feed = feed;
    search.with_bytes = true;
    search.count_max = page;
    search.newest_first = true;
    for (bool more = true; more;) {
      const auto messages = TRY(session.messages(search));
      for (const record::StoredMessage& message : messages)
        gathering.take(message, feed);
      more = messages.size() == page;
      if (!messages.empty()) search.before = messages.back().number;
      left -= std::min<uint64_t>(left, messages.size());
      if (more && left == 0) {
        is_whole = more = false;
      }
    }
  }
  Codes codes = gathering.finish();
  codes.is_whole = is_whole;
  return codes;
}

}  // namespace tasuki::intake::workbench
