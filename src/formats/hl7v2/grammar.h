// The groups of a message: which OBX belongs to which OBR, which RXR to which RXE.
//
// Group names are the standard's (HL7 v2.5 ch. 3, 4, 7; SS-MIX2 for PPR^ZD1 and OMI^Z23), so a
// mapping can say PATIENT_RESULT.ORDER_OBSERVATION. Reading is lenient: OBR may stand before or
// after ORC, what is out of order is kept in the group that is open and reported, an unknown
// segment (Z..) is kept beside the segment it follows.
#pragma once

#include <string_view>
#include <vector>

#include "formats/hl7v2/message.h"

namespace tasuki::hl7v2 {

struct Group {
  std::string_view name;  // "ORDER_OBSERVATION"; the root bears the structure's name, "ORU_R01"
  std::vector<Segment> segments;  // directly in this group, in the order sent
  std::vector<Group> groups;      // directly in this group, in the order sent

  Segment first(std::string_view segment_name) const;  // false when there is none
  std::vector<Segment> all(std::string_view segment_name) const;
  // By path from here: each("PATIENT_RESULT.ORDER_OBSERVATION"). An empty path is this group.
  std::vector<const Group*> each(std::string_view path) const;
};

struct Structure {
  Group root;
  bool known;  // false: no grammar for this structure; all segments stand in the root
  std::vector<Segment> unknown;  // segments the grammar has no place for (kept in the tree as well)
  std::vector<formats::Finding>
      findings;  // order and missing segments: warnings (hl7v2-japan.md 11)
};

Structure structure_of(const Message& message);

// The group paths of a structure, for checking a mapping at load: {"PATIENT_RESULT",
// "PATIENT_RESULT.PATIENT", ...}. Empty when the structure is not known.
std::vector<std::string> group_paths(std::string_view structure);

}  // namespace tasuki::hl7v2
