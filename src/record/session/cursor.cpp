#include "record/session/cursor.h"

#include <cstring>

#include "record/base64.h"

namespace tasuki::record {

namespace {

// record, record_max, then each value with its length in one byte; a tag of 16 bytes in front. The
// values are bytes of a hit the reader was shown; a tag suffices.
std::string tag_of(HashKey key, std::string_view question, std::string_view body) {
  std::string bytes = "cursor";
  const uint64_t size = question.size();
  bytes.append(reinterpret_cast<const char*>(&size), sizeof size).append(question).append(body);
  const Hash128 hash = siphash(key, bytes);
  std::string tag(16, '\0');
  std::memcpy(tag.data(), &hash.low, 8);
  std::memcpy(tag.data() + 8, &hash.high, 8);
  return tag;
}

}  // namespace

std::string print_cursor(HashKey key, std::string_view question, const store::Cursor& cursor) {
  std::string body;
  for (const uint64_t number : {cursor.record, cursor.record_max}) {
    body.append(reinterpret_cast<const char*>(&number), sizeof number);
  }
  for (const auto& value : cursor.values) {
    body += static_cast<char>(value.size());
    body += value;
  }
  return base64_url(tag_of(key, question, body) + body);
}

Result<store::Cursor> parse_cursor(HashKey key, std::string_view question, std::string_view text) {
  const Error bad{Error::Kind::invalid,
                  "The page link is not one of this search. Start again from the first page.",
                  "_cursor"};
  const auto bytes = from_base64(text);
  if (!bytes || bytes->size() < 32) return bad;
  std::string_view body = std::string_view(*bytes).substr(16);
  if (tag_of(key, question, body) != bytes->substr(0, 16)) return bad;
  store::Cursor cursor;
  std::memcpy(&cursor.record, body.data(), 8);
  std::memcpy(&cursor.record_max, body.data() + 8, 8);
  for (body.remove_prefix(16); !body.empty();) {
    const size_t size = static_cast<unsigned char>(body.front());
    if (body.size() < size + 1) return bad;
    cursor.values.emplace_back(body.substr(1, size));
    body.remove_prefix(size + 1);
  }
  return cursor;
}

}  // namespace tasuki::record
