#include "net/smtp.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/utf8.h"
#include "net/dial.h"

namespace tasuki::net {
namespace {

constexpr size_t answer_bytes_max = 64 * 1024;

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<size_t>(size));
  return out;
}

// Lines of 76, RFC 2045 6.8.
std::string folded_base64(std::string_view bytes) {
  const std::string all = base64(bytes);
  std::string out;
  for (size_t at = 0; at < all.size(); at += 76)
    out += all.substr(at, 76) + "\r\n";
  return out;
}

bool is_address(std::string_view text) {
  return text.contains('@') && text.size() < 255 &&
         text.find_first_of("\r\n<> \"") == std::string_view::npos;
}

class Talk {
 public:
  explicit Talk(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}

  Result<void> say(const std::string& line, char expected) {
    TRY(wire_->send(line + "\r\n"));
    return hear(expected);
  }

  // The last line of an answer has a blank behind its number. RFC 5321 4.2.1
  Result<void> hear(char expected) {
    for (;;) {
      const size_t end = received_.find("\r\n");
      if (end == std::string::npos) {
        const std::string block = TRY(wire_->receive());
        if (block.empty() || received_.size() > answer_bytes_max)
          return Error{Error::Kind::unavailable, "The mail relay closed the connection.", {}};
        received_ += block;
        continue;
      }
      const std::string line = received_.substr(0, end);
      received_.erase(0, end + 2);
      if (line.size() > 3 && line[3] == '-') continue;
      if (!line.empty() && line[0] == expected) return {};
      return Error{Error::Kind::unavailable,
                   fmt::format("The mail relay said: {}", utf8::head(line, 200)),
                   {}};
    }
  }

 private:
  std::unique_ptr<Wire> wire_;
  std::string received_;
};

}  // namespace

Result<void> send_mail(std::string_view relay, const Letter& letter) {
  const size_t colon = relay.rfind(':');
  if (colon == std::string_view::npos)
    return Error{Error::Kind::invalid, "The mail relay is \"host:port\".", "mail_relay"};
  if (!is_address(letter.from) || !is_address(letter.to))
    return Error{Error::Kind::invalid, "An e-mail address is not one.", {}};
  Talk talk(TRY(Wire::dial(std::string(relay.substr(0, colon)),
                           std::string(relay.substr(colon + 1)), false)));
  TRY(talk.hear('2'));
  TRY(talk.say("EHLO tasuki", '2'));
  TRY(talk.say(fmt::format("MAIL FROM:<{}>", letter.from), '2'));
  TRY(talk.say(fmt::format("RCPT TO:<{}>", letter.to), '2'));
  TRY(talk.say("DATA", '3'));
  const std::string text = fmt::format(
      "From: <{}>\r\nTo: <{}>\r\nSubject: =?UTF-8?B?{}?=\r\nMIME-Version: 1.0\r\n"
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{}.",
      letter.from, letter.to, base64(letter.subject), folded_base64(letter.text));
  TRY(talk.say(text, '2'));
  return talk.say("QUIT", '2');
}

}  // namespace tasuki::net
