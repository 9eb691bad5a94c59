// A mapping after it was read and checked: a flat list of typed operations that needs no text any
// more.
//
// Why flat: a block's operations stand behind one another, each knowing where its block ends;
// running one is a loop over numbers. Nothing here is read from the mapping's text at run time
// except the literals themselves.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/model/definitions.h"
#include "formats/table/records.h"

namespace tasuki::intake {

// A code table, mappings/tables/<name>.csv: from,to[,system][,display].
struct Row {
  std::string to, system, display;
};
struct Table {
  std::string name;
  std::unordered_map<std::string, Row> rows;
  const Row* find(const std::string& from) const {
    const auto found = rows.find(from);
    return found == rows.end() ? nullptr : &found->second;
  }
};

// A place in an HL7 v2 message, by the numbers the standard prints: PID-3[1].1, ".2" inside `each
// PID-5`.
struct Path {
  std::array<char, 3> segment{};
  bool relative = false;    // ".8": of the repetition an `each` stands on
  uint8_t field = 0;        // 0: the segment itself ("RXC exists")
  uint16_t repetition = 0;  // from 1; 0: the first, or in `each` all
  bool onwards = false;     // "[2..]", in `each` only
  uint8_t component = 0;    // 0: the whole repetition
  uint8_t subcomponent = 0;
};

struct Coding {
  std::string system, code, display;
};

struct Term {
  enum class Kind : uint8_t { path, literal, variable, reference, coding, truth, number };
  Kind kind = Kind::literal;
  Path path;
  std::string text;   // literal, number, variable's name
  uint16_t name = 0;  // reference: which named resource
  bool all = false;   // path: of every segment of the block and every repetition, a line each
  Coding coding;
};
using Joined = std::vector<Term>;  // joined; nothing when one of them is empty

// What is done to a value on its way. The first group turns text into text; the second makes FHIR
// values.
enum class Action : uint8_t {
  table,
  split,
  slice,
  append,
  strip,
  unpad,
  pad,
  digits,
  upper,
  lower,
  usage_part,
  count,
  era,
  later,
  times,
  timestamp,
  date,
  time,
  number,
  truth,
  coded,
  text_only,
  person_name,
  address,
  telecom,
  staff,
  place,
  organisation,
  composite_quantity,
  days,
  code,
  quantity,
  range,
  usage,
  result,
  annotation,
  base64,
  encoded,
  map,
};

enum class Otherwise : uint8_t { leave_out, hold, publish_local, keep_text, reject, literal };
struct Policy {
  Otherwise otherwise = Otherwise::leave_out;
  bool task = false;    // and a person shall look at it
  bool chosen = false;  // written in the mapping
  std::string text;     // the reason, or the literal
};

struct Step {
  Action action = Action::split;
  const Table* table = nullptr;
  std::string text;
  int first = 0, second = 0;
  std::vector<Path> paths;
};

struct Expression {
  std::vector<Joined> alternatives;  // a ?? b
  std::vector<Step> steps;
  Policy policy;
  bool constant = false;  // no path in it: its presence alone makes nothing worth sending
};

struct Condition {
  enum class Kind : uint8_t { always, equal, any_of, exists, starts, both, either, negation, made };
  Kind kind = Kind::always;
  uint16_t name = 0;  // made: which named resource
  Path path;
  std::string variable;  // instead of path: @kind
  std::vector<std::string> values;
  std::vector<Condition> parts;
};

struct KeyPart {
  Expression value;
  bool optional = false;
};

struct Operation {
  enum class Kind : uint8_t {
    each_group,
    each_segment,
    each_repetition,
    when,
    resource,
    contained,
    element,
    assign,
    hold,
    check,
    aside
  };
  Kind kind = Kind::assign;
  uint32_t line = 0;  // a place: see file_of, line_of
  uint32_t end = 0;   // of the block: index behind its last operation
  Condition condition;

  std::vector<std::array<char, 3>> leads;  // each_group, each_segment
  Path path;                               // each_repetition
  std::vector<uint16_t>
      inner_names;  // of a loop: resources made inside it, forgotten each time round

  fhir::TypeId type = fhir::no_type;  // resource, element: what is built
  uint16_t name = 0;                  // resource: its number for references
  bool ensure = false;                // resource: only if there is none yet
  std::string label;                  // resource: its name, part of the key
  std::string profile;
  std::vector<KeyPart> key;
  uint16_t into_resource = 0;  // 0 none; else name number + 1
  std::string into_element;

  std::vector<std::string> target;  // element, assign: "timing", "repeat", "boundsDuration"
  bool is_array = false;            // of the target's last name
  fhir::Primitive primitive = fhir::Primitive::none;
  std::string url;  // element that is an extension
  Expression value;
  bool repeats = false;  // assign: once for each repetition of path

  std::string text;         // hold: reason; check: its name
  std::vector<Path> paths;  // check: arguments; aside: fields
};

// Where a line stands: its number, and in the upper eight bits which of Program::files it is in.
// One number, because every finding and trace carries it.
constexpr uint32_t place_files_max = 256;
inline constexpr uint32_t line_of(uint32_t place) {
  return place & 0xFFFFFFu;
}
inline constexpr uint32_t file_of(uint32_t place) {
  return place >> 24;
}

// A sample and what must become of it, written beside the mapping (`tests:`). trial/examples.h runs
// them.
struct Example {
  struct Expectation {
    uint32_t line = 0;
    int count = -1;  // resources of the type that the path holds for; -1: at least one
    std::string type, path;
  };
  uint32_t line = 0;
  std::string name;
  std::string file;  // the sample's; empty: `text` is the sample
  std::string text;
  std::string kind, patient;  // as the path of an SS-MIX2 file would say
  std::string facility;       // whose feed it is; empty: one that no institution has
  std::string state = "done";
  std::string reason;         // its code; empty: any
  std::string expected_file;  // a Bundle: what it says must have been made
  std::vector<std::string> findings;
  std::vector<Expectation> expectations;
};

// One mapping file. Immutable; shared by every thread.
struct Program {
  std::string name;
  std::string version;
  std::string file;
  std::vector<std::string> kinds;  // "ORU^R01"; an SS-MIX2 kind wins over its message: "OML-11"
  std::vector<Operation> operations;
  std::vector<std::string> names;  // of resources, by number
  std::vector<std::string> files;  // its own first, then the libraries it uses
  std::vector<Example> examples;
  table::Shape records;      // format none: it reads HL7 v2
  uint64_t fingerprint = 0;  // of the text of all its files
};

// "line 12 of lab.map"
std::string place_of(const Program& program, uint32_t place);

}  // namespace tasuki::intake
