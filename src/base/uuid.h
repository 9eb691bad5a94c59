// UUIDs as lower-case text, 36 characters (RFC 4122).
#pragma once

#include <string>
#include <string_view>

namespace tasuki {

std::string random_uuid();  // version 4

// Version 5: the same name in the same space is the same id for ever. Ids of resources that feeds
// make are made so (law 4), which is what lets a year of messages be replayed without changing
// anything.
std::string named_uuid(std::string_view space, std::string_view name);

}  // namespace tasuki
