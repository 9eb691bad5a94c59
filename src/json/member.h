// One more member behind others: ,"name":"text".
#pragma once

#include "json/print.h"

namespace tasuki::json {

inline void print_member(std::string_view name, std::string_view text, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
  print_string(text, out);
}

}  // namespace tasuki::json
