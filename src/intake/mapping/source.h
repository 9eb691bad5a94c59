// A message as a mapping reads it: by segment, field and repetition, each reading remembered for
// the coverage report.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "formats/hl7v2/message.h"
#include "intake/mapping/program.h"

namespace tasuki::intake {

// A place that was found in a message. component 0: the whole repetition.
struct Spot {
  uint32_t segment = 0;  // from 0
  uint16_t field = 0;
  uint16_t repetition = 1;
  uint8_t component = 0;
  uint8_t subcomponent = 0;
};

// The segments a block sees: those of [begin, end), then what the blocks around it see before their
// own groups begin.
struct Scope {
  uint32_t begin = 0, end = 0;
  uint32_t own_end = 0;  // for blocks inside: up to here (where the first group begins)
  const Scope* around = nullptr;
  bool single = false;  // one segment: everything else is looked for around it
  const Spot* repetition = nullptr;
};

// Where the cells of records stood, for a message that was made of them: ROW segments, one a row.
struct RecordPlaces {
  std::vector<std::string> names;                        // of the cells; none: RE-13 (claims)
  std::vector<std::vector<BytePositions::Range>> cells;  // by segment; the first is the envelope
  std::vector<size_t> rows;                              // the row's number in the file, by segment
  std::string patient;
};

class Source {
 public:
  enum class Mark : uint8_t { none, carried, aside };

  explicit Source(const hl7v2::Message& message, const RecordPlaces* places = nullptr);

  uint32_t segment_count() const { return static_cast<uint32_t>(segments_.size()); }
  // Three comparisons by hand: as array == array it is a call of memcmp, a quarter of a
  // conversion's time.
  bool is(uint32_t segment, const std::array<char, 3>& name) const {
    const auto& own = names_[segment];
    return own[0] == name[0] && own[1] == name[1] && own[2] == name[2];
  }
  const hl7v2::Segment& segment(uint32_t index) const { return segments_[index]; }

  // Where a path leads from a scope; false when nothing stands there.
  bool find(const Path& path, const Scope& scope, Spot& spot) const;
  bool find_segment(std::array<char, 3> name, const Scope& scope, uint32_t& segment) const;
  int repetitions(uint32_t segment, int field) const;

  std::string text(const Spot& spot);   // first subcomponent, trimmed; marks the field as carried
  std::string whole(const Spot& spot);  // with all its parts, as text
  std::string part(const Spot& spot,
                   int number);  // the n-th part one level down: of a repetition its component
  bool has(const Spot& spot) const;
  BytePositions::Range bytes(const Spot& spot) const;
  std::string location(const Spot& spot) const;            // "OBX[3]-5"; of records "row 3, 結果"
  std::string name_of(uint32_t segment, int field) const;  // "OBX-5"; of records the column

  void mark(uint32_t segment, int field, Mark mark);
  Mark mark_of(uint32_t segment, int field) const;
  std::string_view message_text() const { return message_.text(); }
  const hl7v2::Message& message() const { return message_; }

 private:
  hl7v2::Part at(const Spot& spot) const;

  const hl7v2::Message& message_;
  const RecordPlaces* places_;  // nullptr: the message itself is what was received
  std::vector<hl7v2::Segment> segments_;
  std::vector<std::array<char, 3>> names_;
  std::vector<uint32_t> first_mark_;  // of each segment, into marks_
  std::vector<Mark> marks_;
};

std::string_view trimmed(std::string_view text);  // blanks, full-width ones too

}  // namespace tasuki::intake
