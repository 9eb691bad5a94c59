// What a client hands back as a page link is refused, or is one that could have been given out; and
// one that was given out leads nowhere else, whatever is changed in it.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "record/base64.h"
#include "record/session/cursor.h"

namespace {

using namespace tasuki;

constexpr record::HashKey key{0x0123456789abcdef, 0xfedcba9876543210};
constexpr std::string_view question = "Observation,?code=a&_sort=-date";

// Any bytes as a place: two numbers, then values of at most 64 bytes.
store::Cursor place_of(std::string_view bytes) {
  store::Cursor cursor;
  const auto number = [&] {
    uint64_t value = 0;
    for (int i = 0; i < 8 && !bytes.empty(); ++i, bytes.remove_prefix(1))
      value = value << 8U | static_cast<unsigned char>(bytes.front());
    return value;
  };
  cursor.record = number();
  cursor.record_max = number();
  while (!bytes.empty()) {
    const size_t size = static_cast<unsigned char>(bytes.front()) % 65;
    cursor.values.emplace_back(bytes.substr(1, size));
    bytes.remove_prefix(std::min(bytes.size(), size + 1));
  }
  return cursor;
}

bool equal(const store::Cursor& a, const store::Cursor& b) {
  return a.record == b.record && a.record_max == b.record_max && a.values == b.values;
}

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // The key is fixed and the fuzzer sees what is compared, so it may sign; it may not make a place
  // that reads as one and prints as another.
  if (const auto signed_by_fuzzer = record::parse_cursor(key, question, record::base64_url(bytes)))
    must(record::print_cursor(key, question, *signed_by_fuzzer) == record::base64_url(bytes));
  (void)record::parse_cursor(key, question, bytes);

  const store::Cursor place = place_of(bytes);
  const std::string link = record::print_cursor(key, question, place);
  const auto read = record::parse_cursor(key, question, link);
  must(read && equal(*read, place));
  must(!record::parse_cursor(key, "Patient,?", link));

  std::string plain = record::from_base64(link).value();
  const size_t at = size == 0 ? 0 : (data[0] * 257U + size) % plain.size();
  plain[at] = static_cast<char>(plain[at] ^ (1 << size % 8));
  must(!record::parse_cursor(key, question, record::base64_url(plain)));
  return 0;
}
