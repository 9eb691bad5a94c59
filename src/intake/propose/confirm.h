// A proposal with a person's answers in it: the [[feed]] that is put into the settings.
//
// What only people know (which system of which institution it is, where it listens) they say; what
// the samples showed (format, charset) stays as proposed. A new feed begins in the shadow.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tasuki::intake::propose {

// Names of settings with what was answered: "id", "organisation", "name", "port", "roots"...
using Answers = std::vector<std::pair<std::string_view, std::string_view>>;

// Refused: id, organisation or name missing, an id that is no lasting name, a port that is none.
Result<std::string> confirmed(std::string_view settings, const Answers& answers);

}  // namespace tasuki::intake::propose
