// Where two versions of a resource differ, element by element.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace tasuki::intake {

struct ElementDifference {
  std::string path;           // "code.coding[1].code"
  std::string before, after;  // as JSON; empty: it is not there
};

// Leaves, in the order of what stood, then what came; at most `count_max`. Lists are compared place
// by place: that is how a mapping writes them.
std::vector<ElementDifference> differences(const json::Value& before, const json::Value& after,
                                           size_t count_max);

std::string without_places(std::string_view path);  // "code.coding.code"

}  // namespace tasuki::intake
