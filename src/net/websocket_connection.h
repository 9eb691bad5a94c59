// From an HTTP connection to a websocket over the same stream. Inside net alone: it brings Asio
// along.
#pragma once

#include "net/http_loop.h"
#include "net/stream.h"
#include "net/websocket.h"

namespace tasuki::net {

// On the loop's own thread. Answers the request itself: 101, or why it is none of RFC 6455 4.1.
void begin_websocket(HttpLoop& loop, HttpShared& shared, PlainStream stream,
                     const HttpRequest& request, std::shared_ptr<WebSocketTalk> talk);
void begin_websocket(HttpLoop& loop, HttpShared& shared, TlsStream stream,
                     const HttpRequest& request, std::shared_ptr<WebSocketTalk> talk);

}  // namespace tasuki::net
