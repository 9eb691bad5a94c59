// An HL7 v2 message as segments, fields, repetitions, components and subcomponents of text.
//
// Why: mapping, routing and acknowledgement all read fields by the number the standard prints, so
// this file keeps that numbering (from 1) and adds nothing. What a field means is the mapping's
// business. Reading what is not there gives an empty part, never an error: HL7 lets a sender leave
// out trailing parts at every level.
//
// The whole message is decoded to Unicode first and split afterwards: in ISO-2022-JP nearly every
// kanji text has bytes that look like | ^ ~ \ & (日 is 46 7C). Every part knows its place in the
// bytes as received.
//
// Views (Segment, Field, Part) borrow from the Message they came from and stay good while it lives,
// moved or not.
//
// Standard: HL7 v2.5 ch. 2, 2.5 (structure), 2.7 (escapes), 2.14.9 (MSH); JAHIS データ交換規約
// 共通編.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/charset.h"
#include "base/result.h"
#include "formats/finding.h"

namespace tasuki::hl7v2 {

struct Delimiters {
  char field = '|', component = '^', repetition = '~', escape = '\\', subcomponent = '&';
  bool escape_is_yen = false;  // MSH-2 reads ^~¥&: ¥ and \ share 0x5C in JIS X 0201
  bool operator==(const Delimiters&) const = default;
};

namespace detail {
struct Content;
}

// A stretch of a message at some level. Reading deeper than was written finds the whole at 1 and
// nothing beyond (HL7 v2.5 2.8: a component may have become a field of components later).
class Part {
 public:
  Part() = default;

  bool empty() const { return begin_ == end_; }
  bool is_null() const;              // "": the sender deletes the value (HL7 v2.5 2.5.3)
  std::string_view written() const;  // as sent, escapes and all
  std::string text()
      const;  // escapes resolved: \F\ \S\ \T\ \R\ \E\ \X..\ \.br\ ; null reads as empty
  BytePositions::Range bytes() const;  // in the bytes as received

 protected:
  friend class Segment;
  Part(const detail::Content* content, uint32_t begin, uint32_t end)
      : content_(content), begin_(begin), end_(end) {}
  Part part(char separator, int number) const;
  int count(char separator) const;  // 0 when empty

  const detail::Content* content_ = nullptr;
  uint32_t begin_ = 0, end_ = 0;  // in the message's text
};

class Subcomponent : public Part {
 public:
  Subcomponent() = default;
  explicit Subcomponent(Part part) : Part(part) {}
};

class Component : public Part {
 public:
  Component() = default;
  explicit Component(Part part) : Part(part) {}
  Subcomponent subcomponent(int number) const;
  int subcomponent_count() const;
};

class Repetition : public Part {
 public:
  Repetition() = default;
  explicit Repetition(Part part) : Part(part) {}
  Component component(int number) const;
  int component_count() const;
};

class Field : public Part {
 public:
  Field() = default;
  // MSH-1 and MSH-2 are the delimiters themselves and do not divide.
  Field(Part part, bool divides) : Part(part), divides_(divides) {}
  Repetition repetition(int number) const;
  int repetition_count() const;
  Component component(int number) const {
    return repetition(1).component(number);
  }  // of the first repetition

 private:
  bool divides_ = true;
};

class Segment {
 public:
  Segment() = default;

  std::string_view name() const;  // "PID"
  int position() const;           // in the message, from 1
  int ordinal() const;            // among the segments of its name, from 1: the 3 of OBX[3]
  bool is_alone() const;          // no other segment has its name
  Field field(int number) const;
  int field_count() const;  // the number of the last field written
  Part whole() const;       // name, fields and separators, without the line end
  explicit operator bool() const { return content_ != nullptr; }

 private:
  friend class Message;
  Segment(const detail::Content* content, uint32_t index) : content_(content), index_(index) {}
  const detail::Content* content_ = nullptr;
  uint32_t index_ = 0;
};

class Message {
 public:
  Message(Message&&) noexcept;
  Message& operator=(Message&&) noexcept;
  ~Message();

  int segment_count() const;
  Segment segment(int position) const;         // from 1
  Segment first(std::string_view name) const;  // false when there is none
  std::vector<Segment> all(std::string_view name) const;

  std::string type() const;  // MSH-9.1 "ORU"
  // MSH-9.2 "R01". Where it is empty, as HL7 v2.1 and 2.2 allow: EVN-1, or the one event that a
  // type then had.
  std::string event() const;
  std::string structure() const;   // MSH-9.3, or what type and event imply: "ORU_R01"
  std::string control_id() const;  // MSH-10
  std::string version() const;     // MSH-12.1

  const Delimiters& delimiters() const;
  Charset charset() const;
  std::string_view text() const;  // decoded, lines as received

  // Of charset and splitting. grammar.h and check.h have more to say about order and content.
  const std::vector<formats::Finding>& findings() const;

 private:
  friend Result<Message> parse(std::string_view, std::optional<Charset>);
  explicit Message(std::unique_ptr<detail::Content> content);
  std::unique_ptr<detail::Content> content_;
};

constexpr size_t segments_max = 100'000;
constexpr size_t message_bytes_max = size_t{64} * 1024 * 1024;

// One message. The charset: as configured for the connection, else as MSH-18 says, else sniffed
// (hl7v2-japan.md 2). Refused: no MSH at the start, delimiters that are missing or equal, too many
// segments or bytes.
Result<Message> parse(std::string_view bytes, std::optional<Charset> configured = {});

// As written, each segment ended by CR, blank lines left out: parse(print(m)) == m.
std::string print(const Message& message);

// "OBX[3]-5", or "PID-3" where the message has one PID only. Field 0 is the segment itself.
std::string location_of(const Segment& segment, int field);
inline std::string location_of(const Message&, const Segment& segment, int field) {
  return location_of(segment, field);
}

// HL7 v2.5 table 0354: several events share one structure. "ADT_A08" is "ADT_A01"; itself where it
// shares none.
std::string_view shared_structure_of(std::string_view structure);

// Text to put into a field: delimiters escaped (HL7 v2.5 2.7.1), line ends as \.br\ .
std::string escaped(std::string_view text, const Delimiters& delimiters = {});

}  // namespace tasuki::hl7v2
