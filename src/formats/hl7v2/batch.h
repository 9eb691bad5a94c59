// Several messages in one file or frame: FHS/BHS ... BTS/FTS, or simply one MSH after another.
//
// Splitting works on the bytes: in every charset met, a segment's line begins in ASCII, so a line
// that begins "MSH" and a punctuation character begins a message. Each piece keeps its place, so
// positions lead back into the whole.
//
// Standard: HL7 v2.5 ch. 2, 2.10.3 (batch protocol), 2.14.2, 2.14.4 (BTS-1: messages, FTS-1:
// batches).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "formats/finding.h"

namespace tasuki::hl7v2 {

struct Batch {
  struct Piece {
    std::string_view bytes;  // of one message, from MSH to before the next one or the trailer
    size_t begin;            // where it began in the input
  };
  std::vector<Piece> messages;
  bool is_batch = false;  // it had FHS or BHS
  std::vector<formats::Finding>
      findings;  // counts that do not agree, lines that belong to no message
};

constexpr size_t batch_messages_max = 1'000'000;

// More than one message in these bytes, or a batch of one? Cheap: asked of every frame.
bool is_batch(std::string_view bytes);

// The answers to a batch, as a batch: HL7 v2.5 2.10.3.3. BHS-12 refers to the control id of the
// batch answered; several messages without BHS are answered one after another without one.
std::string print_answers(std::string_view batch, const std::vector<std::string>& answers,
                          std::string_view hl7_time);

// Refused when there is no MSH at all. MLLP's frame bytes between messages are skipped.
Result<Batch> split(std::string_view bytes);

}  // namespace tasuki::hl7v2
