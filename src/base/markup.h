// Text into HTML and XHTML that we write for people: pages and narratives. XML that must read back
// the same is xml/print.h.
#pragma once

#include <string>
#include <string_view>

namespace tasuki {

// Between tags or between double quotes. Control characters, which markup cannot hold, are left
// out.
void append_markup(std::string_view text, std::string& out);

}  // namespace tasuki
