// Base64 and base64url without padding (RFC 4648), and hexadecimal digits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tasuki::record {

std::string base64(std::string_view bytes);
std::string base64_url(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);  // either alphabet, padding optional

std::string hex(std::string_view bytes);
std::optional<std::string> from_hex(std::string_view digits);

}  // namespace tasuki::record
