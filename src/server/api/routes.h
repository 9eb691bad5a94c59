// Every interaction that is served: the one table from which requests are answered and /metadata is
// written.
#pragma once

#include <span>
#include <string_view>

#include "server/api/call.h"

namespace tasuki::server::api {

struct Route {
  std::string_view method;
  Shape shape;
  Reply (*run)(Call&);
  std::string_view
      code;  // CapabilityStatement interaction; empty: not listed (or listed under another route)
};

std::span<const Route> routes();

}  // namespace tasuki::server::api
