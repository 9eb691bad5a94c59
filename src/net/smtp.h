// One plain-text letter to a mail relay. RFC 5321, RFC 5322; UTF-8 by RFC 2045/2047.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tasuki::net {

struct Letter {
  std::string from, to, subject, text;
};
Result<void> send_mail(std::string_view relay, const Letter& letter);  // relay: "host:port"

}  // namespace tasuki::net
