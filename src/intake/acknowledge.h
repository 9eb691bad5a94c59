// The answer to an HL7 v2 message: original mode (AA, AE, AR) or, where MSH-15 asks, enhanced mode
// (CA, CE, CR).
//
// Done and held are both accepted: the message is stored and waits for a person of ours, and
// sending it again would change nothing. Refused says with ERR segments where and why. Nothing in
// between: what could not be stored is answered AE (CE) so that the sender keeps it and tries
// again.
//
// Standard: HL7 v2.5 ch. 2, 2.9 (acknowledgement), 2.14.5 (ERR), 2.14.8 (MSA), table 0357.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "intake/convert.h"

namespace tasuki::intake {

// Empty when the sender wants none (MSH-15 and MSH-16 say NE).
std::string acknowledge(std::string_view message, const Converted& converted, Instant now);

// The record could not take the message just now: AE or CE, code 207, and the sender's to repeat.
std::string acknowledge_failure(std::string_view message, std::string_view reason, Instant now);

}  // namespace tasuki::intake
