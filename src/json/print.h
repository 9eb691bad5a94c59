// A tree to JSON text: no white space, members in their order, numbers as written. Canonical enough
// that the same tree is always the same bytes; parse(print(v)) equals v.
#pragma once

#include <string>
#include <string_view>

#include "json/value.h"

namespace tasuki::json {

std::string print(const Value& value);
void print(const Value& value, std::string& out);
std::string print_indented(const Value& value);  // two spaces, for people

void print_string(std::string_view text, std::string& out);  // quoted and escaped

}  // namespace tasuki::json
