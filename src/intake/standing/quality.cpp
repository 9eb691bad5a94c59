#include "intake/standing/quality.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/utf8.h"
#include "formats/hl7v2/message.h"
#include "intake/as_of.h"
#include "intake/mapping/values.h"
#include "intake/stored.h"
#include "json/parse.h"

namespace tasuki::intake {
namespace {

using json::Value;

constexpr size_t messages_a_page = 200;
constexpr size_t kept_apart_max = 2'000;  // of fields and of codes
constexpr size_t example_bytes_max = 60;
constexpr size_t examples_max = 3, example_lines_max = 14;
constexpr auto tomorrow = std::chrono::hours(24);

template <class Map, class Key>
auto* seen(Map& map, const Key& key) {
  if (map.size() >= kept_apart_max && !map.contains(key))
    return static_cast<decltype(&map[key])>(nullptr);
  return &map[key];
}

class Looker {
 public:
  Looker(const FeedSettings& feed, const Mappings& mappings, const PlausibleRanges& ranges)
      : feed_(feed), mappings_(mappings), ranges_(ranges) {}

  void take(const record::StoredMessage& message) {
    Quality& all = quality_;
    if (all.last == 0) {  // the newest comes first
      all.last = message.number;
      all.until = message.received;
    }
    all.first = message.number;
    all.since = message.received;
    add(message, all.measures);
    take_report(message);
    take_fields(message);
  }

  Quality finish() {
    std::ranges::sort(quality_.delays);
    return std::move(quality_);
  }

 private:
  void take_report(const record::StoredMessage& message) {
    const auto report = json::parse(message.report);
    if (!report) return;
    const Value& said = report->root;
    const bool is_done = said.text_of("state") == "done";
    if (auto* const kind = seen(quality_.kinds, message.kind)) {
      ++kind->messages;
      kind->done += is_done ? 1 : 0;
    }
    if (!is_done) count(quality_.reasons, said.text_of("code"), said.text_of("reason"));
    if (const Value* const findings = said.find("findings"))
      for (const Value& finding : findings->items()) {
        count(quality_.findings, finding.text_of("code"), finding.text_of("message"));
        if (finding.find("table") == nullptr) continue;
        const std::pair code(std::string(finding.text_of("table")),
                             std::string(finding.text_of("value")));
        if (auto* const known = seen(quality_.codes, code)) ++known->count;
      }
    if (const Value* const coverage = said.find("coverage"))
      if (const Value* const fields = coverage->find("notCarried"))
        for (const Value& field : fields->items())
          if (auto* const known = seen(quality_.fields, std::string(field.text_of("field"))))
            ++known->left_out;  // in so many messages
    if (is_done) take_example(message);
  }

  static void count(std::map<std::string, FindingSeen>& counts, std::string_view code,
                    std::string_view words) {
    auto* const known = seen(counts, std::string(code));
    if (known == nullptr) return;
    if (++known->count == 1) known->message = words;
  }

  void take_fields(const record::StoredMessage& message) {
    const auto parsed = hl7v2::parse(message.bytes, feed_.charset);
    if (!parsed) return;
    for (int at = 1; at <= parsed->segment_count(); ++at) {
      const auto segment = parsed->segment(at);
      if (segment.name() == "OBX") take_result(segment);
      for (int number = segment.name() == "MSH" ? 3 : 1; number <= segment.field_count();
           ++number) {
        const auto field = segment.field(number);
        if (field.empty()) continue;
        auto* const known = seen(quality_.fields, fmt::format("{}-{}", segment.name(), number));
        if (known == nullptr) continue;
        if (++known->sent == 1)
          known->example = masked(utf8::head(field.written(), example_bytes_max));
      }
    }
    take_time(*parsed, message.received);
  }

  void take_result(const hl7v2::Segment& segment) {
    if (segment.field(2).written() != "NM" || segment.field(5).empty()) return;
    ++quality_.numbers;
    if (segment.field(6).empty()) ++quality_.without_unit;
    if (const PlausibleRange* const range = range_of(segment)) judge(segment, *range);
  }

  // By the standard code it was sent with, else the one that its own code means.
  const PlausibleRange* range_of(const hl7v2::Segment& segment) const {
    const auto code = segment.field(3);
    const std::string unit = segment.field(6).component(1).text();
    for (const int first : {1, 4})
      if (const auto* const range =
              ranges_.find(code.component(first + 2).text(), code.component(first).text(), unit))
        return range;
    const Table* const table = mappings_.table("lab-items");
    const Row* const row = table == nullptr ? nullptr : table->find(code.component(1).text());
    return row == nullptr ? nullptr : ranges_.find("JC10", row->to, unit);
  }

  void judge(const hl7v2::Segment& segment, const PlausibleRange& range) {
    const auto text = decimal_of(segment.field(5).component(1).text());
    double value = 0;
    if (!text ||
        std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc())
      return;
    ++quality_.judged;
    if (value >= range.low && value <= range.high) return;
    ImplausibleSeen& seen = quality_.implausible[&range];
    seen.lowest = seen.count == 0 ? value : std::min(seen.lowest, value);
    seen.highest = seen.count == 0 ? value : std::max(seen.highest, value);
    ++seen.count;
  }

  void take_time(const hl7v2::Message& message, Instant received) {
    const auto when = moment_of(as_of(message));
    if (!when) return;
    if (*when > received + tomorrow) {
      ++quality_.in_the_future;
      return;
    }
    quality_.delays.push_back(std::max<int64_t>(
        0, std::chrono::duration_cast<std::chrono::seconds>(received - *when).count()));
  }

  // One of each kind that says most, up to three kinds.
  void take_example(const record::StoredMessage& message) {
    const bool is_new = std::ranges::none_of(
        quality_.examples, [&](const ExamplePage& page) { return page.kind == message.kind; });
    if (!is_new || quality_.examples.size() == examples_max) return;
    const Converted made = convert_stored(message, delivered_of(message.report), feed_, mappings_);
    ExamplePage page{.kind = message.kind, .lines = {}};
    for (const Made& one : made.resources) {
      const auto line = line_of(one.resource);
      if (!line.empty() && page.lines.size() < example_lines_max) page.lines.push_back(line);
    }
    if (page.lines.size() > 1) quality_.examples.push_back(std::move(page));
  }

  // "Observation 総蛋白 7.1 g/dL final"; a patient's own words are masked.
  static std::string line_of(const Value& resource) {
    const auto type = resource.text_of("resourceType");
    if (type == "Patient" || type == "Organization" || type == "Practitioner") return {};
    std::string line(type);
    const auto say = [&line](std::string_view text) {
      if (!text.empty()) line.append("  ").append(text);
    };
    for (const std::string_view element : {"code", "medicationCodeableConcept", "type", "class"})
      if (const Value* const concept_ = resource.find(element)) say(name_of(*concept_));
    if (const Value* const quantity = resource.find("valueQuantity"))
      say(fmt::format("{} {}", quantity->text_of("value"), quantity->text_of("unit")));
    if (const Value* const coded = resource.find("valueCodeableConcept")) say(name_of(*coded));
    if (const Value* const text = resource.find("valueString")) say(masked(text->text()));
    for (const std::string_view element : {"effectiveDateTime", "authoredOn", "recordedDate"})
      say(resource.text_of(element));
    say(resource.text_of("status"));
    return line;
  }

  static std::string_view name_of(const Value& coded) {
    if (const auto text = coded.text_of("text"); !text.empty()) return text;
    if (const auto display = coded.text_of("display"); !display.empty()) return display;
    const Value* const codings = coded.find("coding");
    if (codings == nullptr || codings->size() == 0) return coded.text_of("code");
    const Value& first = *codings->items().begin();
    const auto display = first.text_of("display");
    return display.empty() ? first.text_of("code") : display;
  }

  const FeedSettings& feed_;
  const Mappings& mappings_;
  const PlausibleRanges& ranges_;
  Quality quality_;
};

}  // namespace

Result<Quality> look_at(record::Session& session, const FeedSettings& feed, FeedMode mode,
                        const Mappings& mappings, const PlausibleRanges& ranges) {
  Looker looker(feed, mappings, ranges);
  PersonsLooker persons(session, feed, mappings);
  record::MessageSearch search;
  search.feed = feed.id;
  if (mode == FeedMode::shadow) search.state = record::MessageState::shadow;
  search.count_max = messages_a_page;
  search.with_bytes = true;
  search.newest_first = true;
  bool is_whole = false;
  for (size_t looked_at = 0; looked_at < quality_messages_max && !is_whole;) {
    const auto messages = TRY(session.messages(search));
    for (const auto& message : messages) {
      looker.take(message);
      TRY(persons.take(message));
    }
    is_whole = messages.size() < messages_a_page;
    looked_at += messages.size();
    if (!is_whole) search.before = messages.back().number;
  }
  Quality quality = looker.finish();
  quality.whole = is_whole;
  quality.persons = persons.seen();
  return quality;
}

std::string masked(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto point = utf8::first(text);
    const char32_t c = point.value;
    if (c >= '0' && c <= '9') {
      out += '9';
    } else if (c >= 'A' && c <= 'Z') {
      out += 'A';
    } else if (c >= 'a' && c <= 'z') {
      out += 'a';
    } else if (c < 0x80) {
      out += static_cast<char>(c);
    } else if ((c >= 0x3041 && c <= 0x30FF) || (c >= 0xFF66 && c <= 0xFF9F)) {
      out += "ア";
    } else if (c >= 0x3400) {
      out += "漢";
    } else {
      out.append(text.substr(0, point.size));
    }
    text.remove_prefix(point.size);
  }
  return out;
}

}  // namespace tasuki::intake
