// Any bytes decode to well-formed text whose every piece has a place in them; what folds, folds to
// itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/charset.h"
#include "base/text.h"
#include "base/wareki.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tasuki;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (size > 4'000) return 0;  // asking for every place takes its time
  for (const Charset charset :
       {Charset::utf_8, Charset::iso_2022_jp, Charset::cp932, Charset::euc_jp}) {
    const auto decoded = decode(bytes, charset);
    if (!is_utf8(decoded.text)) std::abort();
    size_t before = 0;
    for (size_t i = 0; i <= decoded.text.size(); ++i) {
      const auto range = decoded.positions.of(i, decoded.text.size());
      if (range.begin < before || range.end > size || range.begin > range.end) std::abort();
      before = range.begin;
    }
    const auto once = folded(decoded.text);
    if (folded(once) != once) std::abort();
    if (!is_utf8(
            decode(encode(decoded.text, charset, {.vendor_characters = true}).bytes, charset).text))
      std::abort();
    width_of(decoded.text);
    katakana_of(hiragana_of(decoded.text));
    read_wareki(decoded.text);
  }
  sniffed_charset(bytes);
  return 0;
}
