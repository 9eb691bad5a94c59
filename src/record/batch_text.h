// Entries and messages of a batch as they are kept: JSON, packed.
#pragma once

#include <string>
#include <string_view>

#include "record/batch.h"

namespace tasuki::record {

std::string text_of(const fhir::Definitions& definitions, const BatchEntry& entry);
Result<BatchEntry> entry_of(const fhir::Definitions& definitions, std::string_view text);

std::string text_of(const BatchMessage& message);
Result<BatchMessage> message_of(std::string_view text);

}  // namespace tasuki::record
