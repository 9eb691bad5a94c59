// Writing a standardized storage: where a message belongs, the file states a writer keeps, the
// index, and how two trees differ.
//
// A writer never overwrites: a newer file of a key stands beside the older one, which is renamed to
// say that it is superseded (flag 2); a deletion renames all of the key to flag 0 and leaves the
// deleting message beside them. Readers that came for a day read the same tree again and find what
// has changed.
//
// Standard: SS-MIX2 1.2g; ss-mix2.md 3 (state machine), 4 (care date of each kind), 6 (index).
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/hl7v2/message.h"
#include "formats/ssmix2/tree.h"

namespace tasuki::ssmix2 {

// The name that a message's file bears, flag and all. `kind`: as the sender filed it, where that is
// known; else by type and content (an RDE^O11 with RXC is an injection, an OMG^O19 goes by OBR-24).
// Refused: a message that has no kind, no patient, or not the date its kind is filed under.
Result<FileName> name_of(const hl7v2::Message& message, std::string_view kind = {});

// One file into the tree, and the renames that its state asks for. The path below the root.
// The same file again changes nothing.
Result<std::string> write(const std::filesystem::path& root, const FileName& name,
                          std::string_view bytes);

// A row of SSMIXIDX: VolumeLabel, FacilityID, PatientID, OrderDate, DataKind, OrderNo,
// ProcessingType, EnterOrgCD, TransactionDatetime, OutRelDirectory, FileName. CSV.
std::string index_header();
std::string index_line(const Entry& entry, std::string_view volume, std::string_view facility);

// What a reader of `before` has to do to stand where `after` stands, in the order of `after`.
struct TreeChange {
  enum class Kind : uint8_t { added, replaced, deleted, gone };
  Kind kind = Kind::added;
  Key key;
  std::string path;  // of the file that says so: in `after`, of one that is gone in `before`
  bool operator==(const TreeChange&) const = default;
};
std::vector<TreeChange> difference(const Tree& before, const Tree& after);

}  // namespace tasuki::ssmix2
