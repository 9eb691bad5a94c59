#include "intake/mapping/source.h"

#include <algorithm>

namespace tasuki::intake {
namespace {

constexpr std::string_view wide_blank = "\xe3\x80\x80";

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == ' ' || text.front() == '\t')
      text.remove_prefix(1);
    else if (text.starts_with(wide_blank))
      text.remove_prefix(wide_blank.size());
    else
      break;
  }
  while (!text.empty()) {
    if (text.back() == ' ' || text.back() == '\t')
      text.remove_suffix(1);
    else if (text.ends_with(wide_blank))
      text.remove_suffix(wide_blank.size());
    else
      break;
  }
  return text;
}

Source::Source(const hl7v2::Message& message, const RecordPlaces* places)
    : message_(message), places_(places) {
  const int count = message.segment_count();
  segments_.reserve(static_cast<size_t>(count));
  uint32_t marks = 0;
  for (int i = 1; i <= count; ++i) {
    segments_.push_back(message.segment(i));
    const std::string_view name = segments_.back().name();
    names_.push_back(name.size() == 3 ? std::array<char, 3>{name[0], name[1], name[2]}
                                      : std::array<char, 3>{});
    first_mark_.push_back(marks);
    marks += static_cast<uint32_t>(segments_.back().field_count() + 1);
  }
  first_mark_.push_back(marks);
  marks_.assign(marks, Mark::none);
}

bool Source::find_segment(std::array<char, 3> name, const Scope& scope, uint32_t& segment) const {
  uint32_t end = scope.end;
  for (const Scope* one = &scope; one != nullptr; one = one->around) {
    for (uint32_t i = one->begin; i < end; ++i) {
      if (is(i, name)) {
        segment = i;
        return true;
      }
    }
    if (one->around != nullptr)
      end = one->single ? one->around->end : std::min(one->around->own_end, one->around->end);
  }
  return false;
}

bool Source::find(const Path& path, const Scope& scope, Spot& spot) const {
  if (path.relative) {
    const Scope* one = &scope;
    while (one != nullptr && one->repetition == nullptr)
      one = one->around;
    if (one == nullptr) return false;
    spot = *one->repetition;
    if (spot.component == 0) {
      spot.component = path.component;
      spot.subcomponent = path.subcomponent;
    } else if (path.component != 0) {
      spot.subcomponent = path.component;
    }
    return has(spot);
  }
  if (!find_segment(path.segment, scope, spot.segment)) return false;
  spot.field = path.field;
  spot.repetition = path.repetition == 0 ? uint16_t{1} : path.repetition;
  spot.component = path.component;
  spot.subcomponent = path.subcomponent;
  return path.field == 0 || has(spot);
}

int Source::repetitions(uint32_t segment, int field) const {
  return segments_[segment].field(field).repetition_count();
}

hl7v2::Part Source::at(const Spot& spot) const {
  const auto repetition = segments_[spot.segment].field(spot.field).repetition(spot.repetition);
  if (spot.component == 0) return repetition;
  const auto component = repetition.component(spot.component);
  if (spot.subcomponent == 0) return component;
  return component.subcomponent(spot.subcomponent);
}

bool Source::has(const Spot& spot) const {
  const hl7v2::Part part = at(spot);
  return !part.empty() && !part.is_null();
}

std::string Source::text(const Spot& spot) {
  mark(spot.segment, spot.field, Mark::carried);
  const auto component = segments_[spot.segment]
                             .field(spot.field)
                             .repetition(spot.repetition)
                             .component(std::max<int>(1, spot.component));
  const std::string text = component.subcomponent(std::max<int>(1, spot.subcomponent)).text();
  return std::string(trimmed(text));
}

std::string Source::whole(const Spot& spot) {
  mark(spot.segment, spot.field, Mark::carried);
  const std::string text = at(spot).text();
  return std::string(trimmed(text));
}

std::string Source::part(const Spot& spot, int number) {
  Spot inner = spot;
  if (inner.component == 0)
    inner.component = static_cast<uint8_t>(number);
  else
    inner.subcomponent = static_cast<uint8_t>(number);
  return text(inner);
}

BytePositions::Range Source::bytes(const Spot& spot) const {
  if (places_ == nullptr) return at(spot).bytes();
  const auto& cells = places_->cells[spot.segment];
  return spot.field >= 1 && spot.field <= cells.size() ? cells[spot.field - 1u]
                                                       : BytePositions::Range{0, 0};
}

std::string Source::location(const Spot& spot) const {
  if (places_ != nullptr)
    return "row " + std::to_string(places_->rows[spot.segment]) + ", " +
           name_of(spot.segment, spot.field);
  return hl7v2::location_of(message_, segments_[spot.segment], spot.field);
}

std::string Source::name_of(uint32_t segment, int field) const {
  const auto place = static_cast<size_t>(field - 1);
  if (places_ != nullptr && place < places_->names.size()) return places_->names[place];
  const bool is_of_claims = places_ != nullptr && places_->names.empty();
  return std::string(segments_[segment].name().substr(0, is_of_claims ? 2 : 3)) + "-" +
         std::to_string(field);
}

void Source::mark(uint32_t segment, int field, Mark mark) {
  const uint32_t index = first_mark_[segment] + static_cast<uint32_t>(field);
  if (index < first_mark_[segment + 1] && marks_[index] != Mark::carried) marks_[index] = mark;
}

Source::Mark Source::mark_of(uint32_t segment, int field) const {
  const uint32_t index = first_mark_[segment] + static_cast<uint32_t>(field);
  return index < first_mark_[segment + 1] ? marks_[index] : Mark::none;
}

}  // namespace tasuki::intake
