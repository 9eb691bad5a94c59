// What the operator asks of replays.
#pragma once

#include <optional>
#include <string_view>

#include "intake/replay/replays.h"
#include "net/http.h"

namespace tasuki::server::faces {

// rest: behind "replays/". Nothing: there is no such call.
std::optional<net::HttpResponse> answer_replays(intake::Replays& replays,
                                                const net::HttpRequest& request,
                                                const record::Principal& by, std::string_view rest);

}  // namespace tasuki::server::faces
