#include "base/charset.h"

#include <algorithm>
#include <array>

#include "base/charset_tables.h"
#include "base/text.h"
#include "base/utf8.h"

namespace tasuki {
namespace {

constexpr char escape = 0x1B, shift_out = 0x0E, shift_in = 0x0F;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

uint8_t octet(char byte) {
  return static_cast<uint8_t>(byte);
}

class Decoder {
 public:
  Decoder(std::string_view bytes, const DecodeSettings& settings)
      : bytes_(bytes), settings_(settings) {
    out_.text.reserve(bytes.size() + bytes.size() / 4);
  }
  Decoded take() {
    out_.positions.close(out_.text.size(), bytes_.size());
    return std::move(out_);
  }

  void utf_8() {
    if (bytes_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    while (at_ < bytes_.size()) {
      well_formed_run();
      if (at_ == bytes_.size()) break;
      const auto point = utf8::first(bytes_.substr(at_));
      if (!point.valid) note(CharsetFinding::Kind::undecodable);
      if (point.value >= 0xE000 && point.value <= 0xF8FF) note(CharsetFinding::Kind::private_use);
      emit(point.value, point.size);
    }
  }

  void iso_8859_1() {
    while (at_ < bytes_.size()) {
      ascii_run([](char) { return false; });
      if (at_ < bytes_.size()) emit(octet(bytes_[at_]), 1);
    }
  }

  void cp932() {
    while (at_ < bytes_.size()) {
      ascii_run([](char) { return false; });
      if (at_ < bytes_.size()) cp932_character();
    }
  }

  void euc_jp() {
    while (at_ < bytes_.size()) {
      ascii_run([](char) { return false; });
      if (at_ < bytes_.size()) euc_character();
    }
  }

  void iso_2022_jp() {
    while (at_ < bytes_.size()) {
      const char byte = bytes_[at_];
      if (set_ == Set::ascii && !shifted_out_ && octet(byte) < 0x80 && byte != escape &&
          byte != shift_out && byte != shift_in) {
        ascii_run(
            [](char next) { return next == escape || next == shift_out || next == shift_in; });
      } else if (byte == escape) {
        take_escape();
      } else if (byte == shift_out || byte == shift_in) {
        shifted_out_ = byte == shift_out;
        ++at_;
      } else if (octet(byte) < 0x21 || byte == 0x7F) {
        control(byte);
      } else if (octet(byte) >= 0x80) {
        note(CharsetFinding::Kind::eight_bit);
        cp932_character();
      } else {
        graphic(byte);
      }
    }
    if (is_open()) note(CharsetFinding::Kind::unterminated_escape);
  }

 private:
  enum class Set : uint8_t { ascii, roman, kana, x0208, x0212 };

  bool is_open() const { return set_ == Set::kana || set_ == Set::x0208 || set_ == Set::x0212; }

  void note(CharsetFinding::Kind kind) {
    if (out_.finding_count++ < Decoded::findings_max) out_.findings.push_back({kind, at_});
  }
  void emit(char32_t point, uint8_t byte_size) {
    const size_t before = out_.text.size();
    if (point >= 0x800 && point <= 0xFFFF) {  // kana and kanji, in one go
      const char bytes[] = {static_cast<char>(0xE0 | (point >> 12)),
                            static_cast<char>(0x80 | ((point >> 6) & 0x3F)),
                            static_cast<char>(0x80 | (point & 0x3F))};
      out_.text.append(bytes, sizeof bytes);
    } else {
      utf8::append(out_.text, point);
    }
    out_.positions.add(before, at_, static_cast<uint8_t>(out_.text.size() - before), byte_size);
    at_ += byte_size;
  }
  void undecodable(uint8_t byte_size) {
    note(CharsetFinding::Kind::undecodable);
    emit(utf8::replacement, byte_size);
  }
  // UTF-8 that stands in the text as it came: offset for offset, whatever the characters' sizes.
  void well_formed_run() {
    const size_t begin = at_;
    at_ += utf8::well_formed(bytes_.substr(at_), utf8::StopsAt::private_use);
    if (at_ == begin) return;
    out_.positions.add_run(out_.text.size(), begin, at_ - begin);
    out_.text.append(bytes_.substr(begin, at_ - begin));
  }
  template <class Stop>
  void ascii_run(Stop stop) {
    const size_t begin = at_;
    while (at_ < bytes_.size() && octet(bytes_[at_]) < 0x80 && !stop(bytes_[at_]))
      ++at_;
    if (at_ == begin) return;
    out_.positions.add_run(out_.text.size(), begin, at_ - begin);
    out_.text.append(bytes_.substr(begin, at_ - begin));
  }

  // A line's end closes whatever was open (RFC 1468: text must end in ASCII; vendors forget).
  void control(char byte) {
    if (byte == '\r' || byte == '\n') {
      if (is_open()) note(CharsetFinding::Kind::unterminated_escape);
      set_ = Set::ascii;
      shifted_out_ = false;
    }
    emit(octet(byte), 1);
  }

  void graphic(char byte) {
    if (shifted_out_ || set_ == Set::kana) return kana(octet(byte) + 0x80u);
    if (set_ == Set::ascii) return emit(octet(byte), 1);
    if (set_ == Set::roman) {
      const bool overline = byte == '~' && !settings_.roman_overline_is_tilde;
      return emit(byte == '\\' ? 0xA5 : overline ? 0x203E : octet(byte), 1);
    }
    if (at_ + 1 >= bytes_.size() || octet(bytes_[at_ + 1]) < 0x21 || octet(bytes_[at_ + 1]) > 0x7E)
      return undecodable(1);
    pair(octet(byte) - 0x20u, octet(bytes_[at_ + 1]) - 0x20u, 2);
  }
  void pair(unsigned row, unsigned column, uint8_t byte_size) {
    const char32_t point = set_ == Set::x0212 ? jis::unicode_of_x0212(row, column)
                                              : jis::unicode_of_x0208(row, column);
    return point == 0 ? undecodable(byte_size) : emit(point, byte_size);
  }
  void kana(unsigned byte) {
    return byte < 0xA1 || byte > 0xDF ? undecodable(1) : emit(0xFF61 + byte - 0xA1, 1);
  }

  void take_escape() {
    struct Known {
      std::string_view sequence;
      Set set;
    };
    static constexpr Known known[] = {
        {"(B", Set::ascii}, {"$B", Set::x0208},  {"$@", Set::x0208},  {"(J", Set::roman},
        {"(I", Set::kana},  {"$(D", Set::x0212}, {"$(B", Set::x0208}, {"$(@", Set::x0208},
        {"(H", Set::roman}  // a slip of old senders for ( J
    };
    const auto rest = bytes_.substr(at_ + 1);
    for (const auto& one : known) {
      if (!rest.starts_with(one.sequence)) continue;
      set_ = one.set;
      at_ += 1 + one.sequence.size();
      return;
    }
    // ESC & @ announces the revision of 1990; ESC ) I and ESC ) J name what SO or the eighth bit
    // mean anyway.
    if (!rest.starts_with("&@") && !rest.starts_with(")I") && !rest.starts_with(")J"))
      note(CharsetFinding::Kind::unknown_escape);
    size_t size = 0;  // ISO/IEC 2022: intermediate bytes 20-2F, then one final byte
    while (size < 3 && size < rest.size() && octet(rest[size]) >= 0x20 && octet(rest[size]) <= 0x2F)
      ++size;
    const bool has_final =
        size > 0 && size < rest.size() && octet(rest[size]) >= 0x30 && octet(rest[size]) <= 0x7E;
    at_ += 1 + (has_final ? size + 1 : 0);
  }

  void cp932_character() {
    const unsigned lead = octet(bytes_[at_]);
    if (lead >= 0xA1 && lead <= 0xDF) return kana(lead);
    const bool has_pair = at_ + 1 < bytes_.size() && lead >= 0x81 && lead <= 0xFC && lead != 0xA0;
    const unsigned trail = has_pair ? octet(bytes_[at_ + 1]) : 0;
    if (trail < 0x40 || trail == 0x7F || trail > 0xFC) return undecodable(1);
    const unsigned cell = trail - (trail > 0x7F ? 0x41 : 0x40);  // 0 to 187: two rows of 94
    if (lead >= 0xF0 && lead <= 0xF9) {
      note(CharsetFinding::Kind::private_use);
      return emit(0xE000 + (lead - 0xF0) * 188 + cell, 2);
    }
    const unsigned first_row = (lead - (lead < 0xA0 ? 0x81 : 0xC1)) * 2 + 1;
    const char32_t point = jis::unicode_of_x0208(first_row + cell / 94, cell % 94 + 1);
    return point == 0 ? undecodable(2) : emit(point, 2);
  }

  void euc_character() {
    const auto high = [&](size_t i) {
      const unsigned byte = at_ + i < bytes_.size() ? octet(bytes_[at_ + i]) : 0;
      return byte >= 0xA1 && byte <= 0xFE ? byte - 0xA0 : 0;
    };
    const unsigned lead = octet(bytes_[at_]);
    if (lead == 0x8E && high(1) >= 1 && high(1) <= 0x3F) return emit(0xFF60 + high(1), 2);
    if (lead == 0x8F && high(1) != 0 && high(2) != 0) {
      set_ = Set::x0212;
      pair(high(1), high(2), 3);
      set_ = Set::ascii;
      return;
    }
    if (high(0) == 0 || high(1) == 0) return undecodable(1);
    pair(high(0), high(1), 2);
  }

  std::string_view bytes_;
  DecodeSettings settings_;
  Decoded out_;
  size_t at_ = 0;
  Set set_ = Set::ascii;
  bool shifted_out_ = false;
};

// How unlikely a reading is: rubbish weighs most, half-width kana some (a misread kanji often gives
// it).
size_t strangeness(std::string_view bytes, Charset charset) {
  const auto decoded = decode(bytes, charset);
  size_t half_width = 0;
  for (size_t i = 0; i + 2 < decoded.text.size(); ++i) {
    const bool half = decoded.text[i] == '\xEF' &&
                      (decoded.text[i + 1] == '\xBD' || decoded.text[i + 1] == '\xBE');
    half_width += half ? 1 : 0;
  }
  return decoded.finding_count * 20 + half_width;
}

}  // namespace

std::string_view name_of(Charset charset) {
  switch (charset) {
    case Charset::utf_8:
      return "utf-8";
    case Charset::iso_2022_jp:
      return "iso-2022-jp";
    case Charset::cp932:
      return "cp932";
    case Charset::euc_jp:
      return "euc-jp";
    case Charset::iso_8859_1:
      return "iso-8859-1";
  }
  return "";
}

std::optional<Charset> charset_named(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c == '-' || c == '_' || c == ' ' || c == '.') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  static constexpr std::pair<std::string_view, Charset> names[] = {
      {"utf8", Charset::utf_8},
      {"unicodeutf8", Charset::utf_8},
      {"ascii", Charset::utf_8},
      {"usascii", Charset::utf_8},
      {"iso2022jp", Charset::iso_2022_jp},
      {"iso2022jp1", Charset::iso_2022_jp},
      {"iso2022jp3", Charset::iso_2022_jp},
      {"jis", Charset::iso_2022_jp},
      {"cp50220", Charset::iso_2022_jp},
      {"cp50221", Charset::iso_2022_jp},
      {"iso20221994", Charset::iso_2022_jp},
      {"cp932", Charset::cp932},
      {"windows31j", Charset::cp932},
      {"ms932", Charset::cp932},
      {"shiftjis", Charset::cp932},
      {"sjis", Charset::cp932},
      {"xsjis", Charset::cp932},
      {"eucjp", Charset::euc_jp},
      {"xeucjp", Charset::euc_jp},
      {"ujis", Charset::euc_jp},
      {"iso88591", Charset::iso_8859_1},
      {"latin1", Charset::iso_8859_1}};
  const auto* found = std::ranges::find(names, std::string_view(plain),
                                        &std::pair<std::string_view, Charset>::first);
  return found == std::end(names) ? std::nullopt : std::optional(found->second);
}

Charset sniffed_charset(std::string_view bytes) {
  if (bytes.starts_with(byte_order_mark)) return Charset::utf_8;
  if (bytes.find("\x1B$") != bytes.npos || bytes.find("\x1B(") != bytes.npos)
    return Charset::iso_2022_jp;
  const auto is_8_bit = [](char byte) { return octet(byte) >= 0x80; };
  if (std::ranges::none_of(bytes, is_8_bit))
    return bytes.find(shift_out) != bytes.npos ? Charset::iso_2022_jp : Charset::utf_8;
  if (is_utf8(bytes)) return Charset::utf_8;
  const auto sample = bytes.substr(0, size_t{64} * 1024);
  const std::array candidates{Charset::cp932, Charset::euc_jp, Charset::utf_8};
  return *std::ranges::min_element(candidates, {},
                                   [&](Charset one) { return strangeness(sample, one); });
}

std::string_view code_of(CharsetFinding::Kind kind) {
  switch (kind) {
    case CharsetFinding::Kind::unterminated_escape:
      return "charset.unterminated-escape";
    case CharsetFinding::Kind::unknown_escape:
      return "charset.unknown-escape";
    case CharsetFinding::Kind::undecodable:
      return "charset.undecodable";
    case CharsetFinding::Kind::eight_bit:
      return "charset.eight-bit-in-iso-2022-jp";
    case CharsetFinding::Kind::private_use:
      return "charset.private-use";
  }
  return "";
}

std::string_view advice_of(CharsetFinding::Kind kind) {
  switch (kind) {
    case CharsetFinding::Kind::unterminated_escape:
      return "行末で漢字が閉じられていません（ESC ( B が必要）。行末でASCIIに戻して読みました。/ "
             "The line ends in two-byte state (ESC ( B is missing); read on in ASCII.";
    case CharsetFinding::Kind::unknown_escape:
      return "知らないエスケープシーケンスです。読みとばしました。/ An unknown escape sequence was "
             "left out.";
    case CharsetFinding::Kind::undecodable:
      return "文字として読めないバイトです。U+FFFDを置きました。/ Bytes that are no character; "
             "U+FFFD stands for them.";
    case CharsetFinding::Kind::eight_bit:
      return "ISO-2022-JPの中に8ビットの文字があります。CP932として読みました。/ "
             "An eight-bit byte inside ISO-2022-JP was read as CP932.";
    case CharsetFinding::Kind::private_use:
      return "外字です。ほかの機械では表示できません。/ A user-defined character (gaiji); other "
             "machines cannot show it.";
  }
  return "";
}

Decoded decode(std::string_view bytes, Charset charset, const DecodeSettings& settings) {
  Decoder decoder(bytes, settings);
  switch (charset) {
    case Charset::utf_8:
      decoder.utf_8();
      break;
    case Charset::iso_2022_jp:
      decoder.iso_2022_jp();
      break;
    case Charset::cp932:
      decoder.cp932();
      break;
    case Charset::euc_jp:
      decoder.euc_jp();
      break;
    case Charset::iso_8859_1:
      decoder.iso_8859_1();
      break;
  }
  return decoder.take();
}

}  // namespace tasuki
