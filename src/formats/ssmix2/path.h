// SS-MIX2 file and folder names: what a path says, and whether it agrees with itself.
//
//   <root>/012/345/0123456789/20240401/OML-11/0123456789_20240401_OML-11_000000000012345_20240402091530123_01_1
//          id[0:3] [3:6] id   care date kind   id         date     kind   order number    made at
//          dept flag
//
// A name is where a file lies today, not what it is: writers rename files when they are superseded
// (flag 2) or deleted (flag 0). What a record is, is its Key; a file with flag 1 is the current one
// of its key.
//
// Standard: SS-MIX2 1.2g; ss-mix2.md 2, 3, 5.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/finding.h"

namespace tasuki::ssmix2 {

enum class Flag : uint8_t { deleted = 0, current = 1, superseded = 2 };

// (patient, care date, kind, order number): what stays the same while files come and go. The
// facility is the feed's.
struct Key {
  std::string patient, care_date, kind, order;
  auto operator<=>(const Key&) const = default;
};
std::string text_of(const Key& key);  // "0123456789|20240401|OML-11|000000000012345"

struct FileName {
  Key key;
  std::string made_at;     // YYYYMMDDHHMMSSFFF, 14 to 17 digits
  std::string department;  // "01", or "-"
  Flag flag = Flag::current;
};

// A file of standardized storage. Refused with the part that is wrong; an unknown kind names the
// nearest.
Result<FileName> parse_file_name(std::string_view name);
std::string print(const FileName& name);

// A content folder of extended storage: the department may be missing and the kind has ^ and names
// in it, so it is read from both ends (ss-mix2.md 5).
Result<FileName> parse_content_folder(std::string_view name);

struct ExtendedKind {
  std::string local_code, local_name, local_system, standard_code, standard_name, standard_system;
};
ExtendedKind parse_extended_kind(std::string_view kind);

// Where the file with this name stands below its root: "012/345/0123456789/20240401/OML-11/...".
std::string path_of(const FileName& name);

// What does not agree between the folders of a relative path and the file name. Only the third
// folder counts for the patient: ids shorter than six characters are split differently by different
// writers (ss-mix2.md 2).
std::vector<formats::Finding> check_path(std::string_view relative_path, const FileName& name);

// A line "#SSMIX,2.00,<facility>,<patient>,<date>,<kind>,<order>,<INS|DEL>,<department>,<time>" of
// transaction storage.
struct TransactionHeader {
  std::string version, facility;
  Key key;
  bool is_delete = false;
  std::string department, time;
};
Result<TransactionHeader> parse_transaction_header(std::string_view line);

// A TR_*.DAT file cut into records at lines that begin "#SSMIX,": in every charset met, a line
// begins in ASCII.
struct TransactionRecord {
  std::string_view header, message;
  size_t begin;  // of the header, in the file
};
std::vector<TransactionRecord> split_transactions(std::string_view file);

}  // namespace tasuki::ssmix2
