#include "formats/hl7v2/message.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.h"
#include "formats/hl7v2/content.h"

namespace tasuki::hl7v2 {
namespace {

// HL7 v2.5 table 0354 for senders that leave MSH-9.3 out: the events that share a structure with
// another.
constexpr std::pair<std::string_view, std::string_view> shared_structures[] = {
    {"ADT_A04", "ADT_A01"}, {"ADT_A08", "ADT_A01"}, {"ADT_A13", "ADT_A01"}, {"ADT_A14", "ADT_A05"},
    {"ADT_A28", "ADT_A05"}, {"ADT_A31", "ADT_A05"}, {"ADT_A07", "ADT_A06"}, {"ADT_A10", "ADT_A09"},
    {"ADT_A11", "ADT_A09"}, {"ADT_A22", "ADT_A21"}, {"ADT_A23", "ADT_A21"}, {"ADT_A25", "ADT_A21"},
    {"ADT_A26", "ADT_A21"}, {"ADT_A27", "ADT_A21"}, {"ADT_A29", "ADT_A21"}, {"ADT_A32", "ADT_A21"},
    {"ADT_A33", "ADT_A21"}, {"ADT_A53", "ADT_A52"}, {"ADT_A55", "ADT_A52"}, {"ADT_A34", "ADT_A30"},
    {"ADT_A35", "ADT_A30"}, {"ADT_A36", "ADT_A30"}, {"ADT_A46", "ADT_A30"}, {"ADT_A47", "ADT_A30"},
    {"ADT_A48", "ADT_A30"}, {"ADT_A49", "ADT_A30"}, {"ADT_A40", "ADT_A39"}, {"ADT_A41", "ADT_A39"},
    {"ADT_A42", "ADT_A39"}, {"ADT_A44", "ADT_A43"}, {"ADT_A51", "ADT_A50"}, {"ADT_A62", "ADT_A61"}};

}  // namespace

bool Part::is_null() const {
  return written() == "\"\"";
}

std::string_view Part::written() const {
  return content_ == nullptr ? std::string_view{}
                             : std::string_view(content_->text).substr(begin_, end_ - begin_);
}

std::string Part::text() const {
  const auto as_sent = written();
  if (as_sent == "\"\"") return {};
  return content_ == nullptr ? std::string{}
                             : detail::unescaped(as_sent, content_->delimiters, content_->charset);
}

BytePositions::Range Part::bytes() const {
  return content_ == nullptr ? BytePositions::Range{0, 0} : content_->positions.of(begin_, end_);
}

Part Part::part(char separator, int number) const {
  if (content_ == nullptr || number < 1) return {};
  const std::string_view text(content_->text);
  uint32_t begin = begin_;
  for (;;) {
    const auto next = text.substr(begin, end_ - begin).find(separator);
    const uint32_t end = next == text.npos ? end_ : begin + static_cast<uint32_t>(next);
    if (--number == 0) return {content_, begin, end};
    if (end == end_) return {};
    begin = end + 1;
  }
}

int Part::count(char separator) const {
  if (empty()) return 0;
  const auto text = written();
  int parts = 1;
  for (size_t at = text.find(separator); at != text.npos; at = text.find(separator, at + 1))
    ++parts;
  return parts;
}

Subcomponent Component::subcomponent(int number) const {
  return Subcomponent(content_ == nullptr ? Part{}
                                          : part(content_->delimiters.subcomponent, number));
}
int Component::subcomponent_count() const {
  return content_ == nullptr ? 0 : count(content_->delimiters.subcomponent);
}

Component Repetition::component(int number) const {
  return Component(content_ == nullptr ? Part{} : part(content_->delimiters.component, number));
}
int Repetition::component_count() const {
  return content_ == nullptr ? 0 : count(content_->delimiters.component);
}

Repetition Field::repetition(int number) const {
  if (content_ == nullptr) return {};
  if (!divides_) return Repetition(number == 1 ? Part(*this) : Part{});
  return Repetition(part(content_->delimiters.repetition, number));
}
int Field::repetition_count() const {
  if (content_ == nullptr) return 0;
  return divides_ ? count(content_->delimiters.repetition) : 1;
}

std::string_view Segment::name() const {
  return content_ == nullptr ? std::string_view{} : content_->name_of(content_->lines[index_]);
}
int Segment::position() const {
  return content_ == nullptr ? 0 : static_cast<int>(index_) + 1;
}
int Segment::ordinal() const {
  return content_ == nullptr ? 0 : static_cast<int>(content_->lines[index_].ordinal);
}
bool Segment::is_alone() const {
  return content_ == nullptr || content_->lines[index_].is_alone;
}
int Segment::field_count() const {
  return content_ == nullptr ? 0 : static_cast<int>(content_->lines[index_].field_count);
}

Field Segment::field(int number) const {
  if (content_ == nullptr || number < 1 || number > field_count()) return {};
  const auto& line = content_->lines[index_];
  const auto index = static_cast<size_t>(number - 1);
  const uint32_t end = content_->field_ends[line.field_first + index];
  const bool is_header = index_ == 0;  // MSH
  if (is_header && number == 1) return {Part(content_, end - 1, end), false};
  const uint32_t before =
      index == 0 ? line.begin + line.name_size : content_->field_ends[line.field_first + index - 1];
  return {Part(content_, is_header && number == 2 ? before : before + 1, end),
          !(is_header && number == 2)};
}

Part Segment::whole() const {
  if (content_ == nullptr) return {};
  const auto& line = content_->lines[index_];
  return {content_, line.begin, line.end};
}

Message::Message(std::unique_ptr<detail::Content> content) : content_(std::move(content)) {}
Message::Message(Message&&) noexcept = default;
Message& Message::operator=(Message&&) noexcept = default;
Message::~Message() = default;

int Message::segment_count() const {
  return static_cast<int>(content_->lines.size());
}

Segment Message::segment(int position) const {
  if (position < 1 || position > segment_count()) return {};
  return {content_.get(), static_cast<uint32_t>(position - 1)};
}

Segment Message::first(std::string_view name) const {
  for (uint32_t i = 0; i < content_->lines.size(); ++i)
    if (content_->name_of(content_->lines[i]) == name) return {content_.get(), i};
  return {};
}

std::vector<Segment> Message::all(std::string_view name) const {
  std::vector<Segment> found;
  for (uint32_t i = 0; i < content_->lines.size(); ++i)
    if (content_->name_of(content_->lines[i]) == name) found.push_back(Segment{content_.get(), i});
  return found;
}

std::string Message::type() const {
  return segment(1).field(9).component(1).text();
}
std::string Message::event() const {
  std::string written = segment(1).field(9).component(2).text();
  if (!written.empty()) return written;
  if (const Segment recorded = first("EVN")) {
    written = recorded.field(1).component(1).text();
    if (!written.empty()) return written;
  }
  const std::string message = type();
  if (message == "ORU") return "R01";
  return message == "ORM" ? "O01" : std::string();
}
std::string Message::control_id() const {
  return segment(1).field(10).component(1).text();
}
std::string Message::version() const {
  return segment(1).field(12).component(1).text();
}

std::string Message::structure() const {
  std::string written = segment(1).field(9).component(3).text();
  if (!written.empty()) return written;
  const std::string implied = event().empty() ? type() : type() + "_" + event();
  return std::string(shared_structure_of(implied));
}

std::string_view shared_structure_of(std::string_view structure) {
  const auto* found = std::ranges::find(shared_structures, structure,
                                        &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(shared_structures) ? structure : found->second;
}

const Delimiters& Message::delimiters() const {
  return content_->delimiters;
}
Charset Message::charset() const {
  return content_->charset;
}
std::string_view Message::text() const {
  return content_->text;
}
const std::vector<formats::Finding>& Message::findings() const {
  return content_->findings;
}

std::string print(const Message& message) {
  std::string out;
  out.reserve(message.text().size() + 1);
  for (int i = 1; i <= message.segment_count(); ++i) {
    out += message.segment(i).whole().written();
    out += '\r';
  }
  return out;
}

std::string location_of(const Segment& segment, int field) {
  const std::string place = segment.is_alone()
                                ? std::string(segment.name())
                                : fmt::format("{}[{}]", segment.name(), segment.ordinal());
  return field == 0 ? place : fmt::format("{}-{}", place, field);
}

}  // namespace tasuki::hl7v2
