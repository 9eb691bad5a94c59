// Any name is refused with a reason or prints back as it was; any file is cut into records that lie
// inside it.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "formats/ssmix2/path.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki::ssmix2;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto name = parse_file_name(text)) {
    if (print(*name) != text || path_of(*name).find("..") == 0) std::abort();
    check_path(text, *name);
  } else if (name.error().location.empty()) {
    std::abort();
  }
  if (const auto folder = parse_content_folder(text)) parse_extended_kind(folder->key.kind);
  (void)parse_transaction_header(text);
  for (const auto& record : split_transactions(text)) {
    if (record.begin >= size || record.header.size() + record.message.size() > size) std::abort();
    (void)parse_transaction_header(record.header);
  }
  return 0;
}
