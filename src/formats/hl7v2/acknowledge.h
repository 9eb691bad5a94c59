// Answers to a message: MSH, MSA and, where something is wrong, ERR that names segment, field and
// reason.
//
// Two modes. Original: one answer, AA AE AR. Enhanced (MSH-15 or MSH-16 valued): MSH-15 asks for
// the commit answer, CA CE CR, sent when the message is safely stored; MSH-16 for the
// application's, AA AE AR, when it is processed.
//
// Standard: HL7 v2.5 ch. 2, 2.9.2 (original), 2.9.3 (enhanced), 2.14.8 (MSA), 2.14.5 (ERR), tables
// 0008, 0155, 0357, 0516.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "formats/hl7v2/message.h"

namespace tasuki::hl7v2 {

enum class Verdict : uint8_t { accepted, error, rejected };  // AA, AE, AR; CA, CE, CR
enum class Level : uint8_t { original, commit, application };

struct Fault {
  std::string location;  // "OBX[3]-5": becomes ERR-2
  int code = 207;    // table 0357: 101 required field missing, 102 data type, 103 table value, 200
                     // type, 201 event, 207 internal
  std::string text;  // for a person, ERR-8
  bool is_warning = false;
};

bool is_enhanced(const Message& message);

// Whether the sender wants an answer of this level with this verdict (table 0155: AL, NE, ER, SU).
// In original mode the original answer is always wanted; in enhanced mode it never is.
bool wants_answer(const Message& message, Level level, Verdict verdict);

struct Answer {
  Level level = Level::original;
  Verdict verdict = Verdict::accepted;
  std::vector<Fault> faults = {};
  std::string control_id;  // MSH-10 of the answer
  Instant time;
};

std::string hl7_time(Instant time);  // "20260501103000+0900"

// In the sender's charset and delimiters, sender and receiver exchanged, MSA-2 the sender's MSH-10.
std::string acknowledge(const Message& message, const Answer& answer);

// For bytes that are no message: AR with what of MSH could be read, in ASCII.
std::string reject_unreadable(std::string_view bytes, const Error& reason,
                              const std::string& control_id, Instant time);

}  // namespace tasuki::hl7v2
