// Runs a Program over a message.
#pragma once

#include "intake/convert.h"
#include "intake/mapping/source.h"

namespace tasuki::intake {

// Adds resources, findings and traces to `out`; sets its state when a policy says hold or reject.
void run(const Program& program, Source& source, const ConvertSettings& settings,
         const Mappings& mappings, Converted& out);

// The id of a resource that a feed makes: the same facility, type and key is the same id for ever
// (law 4).
std::string id_of(std::string_view facility, std::string_view type, std::string_view key);

}  // namespace tasuki::intake
