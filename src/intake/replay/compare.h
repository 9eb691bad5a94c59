// What today's mapping, or one that waits to be put in use, would make of stored messages, compared
// with what stands: into a batch that can be looked at, published and taken back.
//
// Memory does not grow with the messages: a page of them at a time, what was found so far in the
// store, and a filter of fixed size that says of most records that nothing was found of them yet.
#pragma once

#include <functional>
#include <stop_token>

#include "intake/receiver.h"
#include "intake/replay/choice.h"
#include "record/batch.h"

namespace tasuki::intake {

struct CompareSettings {
  unsigned threads = 2;
  // After each page; false: stop.
  std::function<bool(const ReplayCounts&)> goes_on = [](const ReplayCounts&) { return true; };
};

Result<ReplayCounts> compare(const Receiver& receiver, const Mappings& mappings,
                             const ReplayChoice& choice, record::Batch& batch,
                             const CompareSettings& settings);

}  // namespace tasuki::intake
