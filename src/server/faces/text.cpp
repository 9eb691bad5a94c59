#include "server/faces/text.h"

#include "base/check.h"
#include "json/print.h"

namespace tasuki::server::faces {

void Text::separate() {
  if (!fresh_) out_ += ',';
  fresh_ = false;
}

Text& Text::open(char opening, char closing) {
  separate();
  out_ += opening;
  closing_ += closing;
  fresh_ = true;
  return *this;
}

Text& Text::end() {
  CHECK(!closing_.empty());
  out_ += closing_.back();
  closing_.pop_back();
  fresh_ = false;
  return *this;
}

Text& Text::name(std::string_view name) {
  separate();
  json::print_string(name, out_);
  out_ += ':';
  fresh_ = true;
  return *this;
}

Text& Text::value(std::string_view text) {
  separate();
  json::print_string(text, out_);
  return *this;
}

Text& Text::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

}  // namespace tasuki::server::faces
