// What is never shown: password hashes, tokens, one-time codes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace tasuki::record {

constexpr size_t salt_bytes = 16;

std::string random_bytes(size_t count);
std::string sha256(std::string_view text);
bool same(std::string_view left, std::string_view right);  // in a time that tells nothing

std::string argon2id(std::string_view password, std::string_view salt);

std::optional<std::string> from_base32(std::string_view text);  // RFC 4648
std::string totp(std::string_view secret, int64_t step);        // six digits, RFC 6238 with SHA-1
int64_t totp_step(Instant time);

}  // namespace tasuki::record
