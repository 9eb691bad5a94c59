// The two ends of a profile's tree: what one ElementDefinition says to a node, and what a node need
// not say because R4 says it. FHIR R4 elementdefinition.html.
#pragma once

#include "fhir/package/profile_tree.h"

namespace tasuki::fhir {

// Over what its base said.
void read_element(const json::Value& element, ProfileNode& node);

// Takes out of a tree what `base`, R4's own in the same place, says already; nullptr: nothing is
// known of it.
void prune(ProfileNode& root, const ProfileNode* base, const FindStructure& find);

}  // namespace tasuki::fhir
