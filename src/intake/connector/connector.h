// The ways in. Each makes a Feed out of a Receiver; feed.cpp chooses.
#pragma once

#include <memory>

#include "intake/receiver.h"

namespace tasuki::intake {

// HL7 v2 over MLLP: one message, one answer, the answer after the commit.
Result<std::unique_ptr<Feed>> start_mllp(std::unique_ptr<Receiver> receiver);

// SS-MIX2 standardized storage: the whole tree first, then what changes in it.
Result<std::unique_ptr<Feed>> start_ssmix2(std::unique_ptr<Receiver> receiver);

// SS-MIX2 transaction storage: the log of what was added and deleted, as it grows.
Result<std::unique_ptr<Feed>> start_ssmix2_log(std::unique_ptr<Receiver> receiver);

// HL7 v2 files that are put into a folder; they go to `done` or `refused` beside it.
Result<std::unique_ptr<Feed>> start_folder(std::unique_ptr<Receiver> receiver);

}  // namespace tasuki::intake
