#include "base/charset.h"
#include "base/charset_tables.h"
#include "base/text.h"
#include "base/utf8.h"

namespace tasuki {
namespace {

class Encoder {
 public:
  Encoder(std::string_view text, const EncodeSettings& settings)
      : text_(text), settings_(settings) {
    out_.bytes.reserve(text.size());
  }

  Encoded iso_2022_jp() {
    const auto rows = settings_.vendor_characters ? jis::Rows::with_nec : jis::Rows::standard;
    while (!text_.empty()) {
      const char32_t point = next();
      if (point < 0x80) {
        designate(false);
        out_.bytes += static_cast<char>(point);
        continue;
      }
      const auto cell = cell_of(point, rows);
      designate(true);
      put(0x20u + cell.row, 0x20u + cell.column);
    }
    designate(false);
    return std::move(out_);
  }

  Encoded cp932() {
    while (!text_.empty()) {
      const char32_t point = next();
      if (point < 0x80) {
        out_.bytes += static_cast<char>(point);
        continue;
      }
      if (point >= 0xE000 && point < 0xE000 + 10 * 188) {
        const unsigned cell = (point - 0xE000) % 188;
        put(0xF0 + (point - 0xE000) / 188, cell + (cell < 63 ? 0x40u : 0x41u));
        continue;
      }
      const auto cell =
          cell_of(point, settings_.vendor_characters ? jis::Rows::with_ibm : jis::Rows::standard);
      const unsigned lead = (cell.row - 1u) / 2 + (cell.row <= 62 ? 0x81 : 0xC1);
      put(lead, cell.row % 2 == 0 ? cell.column + 0x9Eu
                                  : cell.column + (cell.column < 64 ? 0x3Fu : 0x40u));
    }
    return std::move(out_);
  }

  Encoded iso_8859_1() {
    while (!text_.empty()) {
      const char32_t point = next();
      if (point > 0xFF) ++out_.replaced;
      out_.bytes += point > 0xFF ? '?' : static_cast<char>(point);
    }
    return std::move(out_);
  }

  Encoded euc_jp() {
    const auto rows = settings_.vendor_characters ? jis::Rows::with_nec : jis::Rows::standard;
    while (!text_.empty()) {
      const char32_t point = next();
      if (point < 0x80) {
        out_.bytes += static_cast<char>(point);
        continue;
      }
      const auto cell = cell_of(point, rows);
      put(0xA0u + cell.row, 0xA0u + cell.column);
    }
    return std::move(out_);
  }

 private:
  char32_t next() {
    const auto point = utf8::first(text_);
    text_.remove_prefix(point.size);
    return point.value;
  }
  jis::Cell cell_of(char32_t point, jis::Rows rows) {
    const auto cell = jis::x0208_of(point, rows);
    if (cell.row != 0) return cell;
    ++out_.replaced;
    return jis::x0208_of(U'■', jis::Rows::standard);
  }
  void put(unsigned one, unsigned two) {
    out_.bytes += static_cast<char>(one);
    out_.bytes += static_cast<char>(two);
  }
  void designate(bool kanji) {
    if (kanji == in_kanji_) return;
    out_.bytes += kanji ? "\x1B$B" : "\x1B(B";
    in_kanji_ = kanji;
  }

  std::string_view text_;
  EncodeSettings settings_;
  Encoded out_;
  bool in_kanji_ = false;
};

}  // namespace

Encoded encode(std::string_view utf8, Charset charset, const EncodeSettings& settings) {
  if (charset == Charset::utf_8) return {std::string(utf8), 0};
  const std::string text = full_width_kana_of(utf8);
  Encoder encoder(text, settings);
  switch (charset) {
    case Charset::iso_2022_jp:
      return encoder.iso_2022_jp();
    case Charset::cp932:
      return encoder.cp932();
    case Charset::iso_8859_1:
      return encoder.iso_8859_1();
    default:
      return encoder.euc_jp();
  }
}

}  // namespace tasuki
