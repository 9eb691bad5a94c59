// Bytes in the charsets that Japanese systems send, to UTF-8 text that remembers where each
// character came from.
//
// Why our own: libraries know none or a part of what arrives (NEC row 13 and IBM kanji inside
// ISO-2022-JP, JIS C 6226, X 0212, half-width kana by ESC ( I or shift-out, escapes left open at a
// line's end), and none keeps byte positions. Any bytes give a text and findings; nothing throws.
//
// Choices, made once for the whole platform:
// - 21-41 is U+301C (wave dash), 21-42 U+2016, 21-5D U+2212, 21-71 U+00A2 and so on, in every
// charset, CP932 too;
//   folded() makes the other readings equal.
// - Rows 13, 89-92 and 115-119 are not JIS X 0208's but NEC's and IBM's. Charts are full of them
// (①, ㈱, 髙, 﨑), so they
//   are read in ISO-2022-JP and EUC-JP as in CP932.
// - ESC $ @ (JIS C 6226-1978) is read with the 1983 table: senders that write it take their kanji
// from newer fonts, so
//   exchanging back the 22 pairs that 1983 exchanged (鯵 鰺, 桧 檜) would harm more than it mends.
//   folded() equates them.
// - CP932's F040-F9FC are the user's own characters (外字): U+E000 on, as Windows does.
//
// Standards: RFC 1468, RFC 2237, JIS X 0201/0208/0212, ISO/IEC 2022 (SO, SI), Microsoft code page
// 932.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tasuki {

// iso_8859_1 is only ever declared, never sniffed: any bytes are well-formed in it.
enum class Charset : uint8_t { utf_8, iso_2022_jp, cp932, euc_jp, iso_8859_1 };

std::string_view name_of(Charset charset);  // "iso-2022-jp"

// "ISO-2022-JP", "Shift_JIS", "cp932", "UTF8", "EUC-JP" and their usual spellings. Nothing for a
// name not known.
std::optional<Charset> charset_named(std::string_view name);

// By the bytes alone: byte order mark or escapes, else the reading with the least rubbish. Pure
// ASCII is UTF-8.
Charset sniffed_charset(std::string_view bytes);

// Where the pieces of a decoded text stood in the bytes. Kept as runs of characters of one size, so
// a plain ASCII or UTF-8 message is one run.
class BytePositions {
 public:
  struct Range {
    size_t begin, end;
    bool operator==(const Range&) const = default;
  };
  // The bytes of text[begin, end), with the escape sequences around them.
  Range of(size_t text_begin, size_t text_end) const;

  // For decoders: the next character has text_size bytes of text and was byte_size bytes from byte
  // on.
  void add(size_t text, size_t byte, uint8_t text_size, uint8_t byte_size);
  void add_run(size_t text, size_t byte, size_t size);  // `size` characters of one byte each
  void close(size_t text_size, size_t byte_size);

 private:
  struct Run {
    uint32_t text, byte;
    uint8_t text_step, byte_step;
  };
  size_t start_of(size_t text) const;    // the first byte of the character at text
  size_t end_before(size_t text) const;  // one past the last byte of the character before text
  std::vector<Run> runs_;
  size_t text_size_ = 0, byte_size_ = 0;
};

struct CharsetFinding {
  enum class Kind : uint8_t {
    unterminated_escape,  // a line ended in two-byte state; read on in ASCII
    unknown_escape,       // left out of the text
    undecodable,          // U+FFFD stands for it
    eight_bit,            // a byte above 0x7F inside ISO-2022-JP; read as CP932
    private_use,  // a user-defined character (外字): kept as private use, shown differently on each
                  // machine
  };
  Kind kind;
  size_t byte;  // offset in the input
};
std::string_view code_of(CharsetFinding::Kind kind);    // "charset.unterminated-escape"
std::string_view advice_of(CharsetFinding::Kind kind);  // one sentence, Japanese / English

struct Decoded {
  std::string text;  // UTF-8, always well-formed
  BytePositions positions;
  std::vector<CharsetFinding> findings;  // the first findings_max
  size_t finding_count = 0;

  static constexpr size_t findings_max = 100;
};

struct DecodeSettings {
  // JIS X 0201 Roman has an overline at 0x7E. HL7's repetition separator stands there, so HL7 reads
  // a tilde.
  bool roman_overline_is_tilde = false;
};

Decoded decode(std::string_view bytes, Charset charset, const DecodeSettings& settings = {});

struct Encoded {
  std::string bytes;
  size_t replaced =
      0;  // characters the charset lacks, written as ■ (NHO's rule for 外字, ss-mix2.md 7)
};

struct EncodeSettings {
  // Write NEC's and IBM's characters (髙, ①) where the text has them, as most senders do. Off: what
  // the standards allow.
  bool vendor_characters = false;
};

// Half-width kana becomes full-width: RFC 1468 and SS-MIX2 forbid it. ISO-2022-JP returns to ASCII
// before each ASCII character and at the end, so HL7's rule (ASCII before the next delimiter) holds
// by construction.
Encoded encode(std::string_view utf8, Charset charset, const EncodeSettings& settings = {});

}  // namespace tasuki
