// A TCP socket with or without TLS around it, as connections see it. Inside net alone: it brings
// Asio along.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <type_traits>
#include <utility>

namespace tasuki::net {

using PlainStream = boost::asio::ip::tcp::socket;
using TlsStream = boost::asio::ssl::stream<PlainStream>;

inline PlainStream& socket_of(PlainStream& socket) {
  return socket;
}
inline PlainStream& socket_of(TlsStream& stream) {
  return stream.next_layer();
}

// then(error) once bytes may be read: at once, or after the client's TLS handshake.
template <class Stream, class Then>
void begin_serving(Stream& stream, Then then) {
  if constexpr (std::is_same_v<Stream, PlainStream>) {
    then(boost::system::error_code());
  } else {
    stream.async_handshake(boost::asio::ssl::stream_base::server, std::move(then));
  }
}

}  // namespace tasuki::net
