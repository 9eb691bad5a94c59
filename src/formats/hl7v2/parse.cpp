// Bytes to a Message: charset, decoding, delimiters, lines, fields. hl7v2-japan.md 2, "Algorithm".
#include <algorithm>

#include <fmt/format.h>

#include "base/scan.h"
#include "base/utf8.h"
#include "formats/hl7v2/content.h"

namespace tasuki::hl7v2 {
namespace {

using detail::Content;
using formats::Finding;

constexpr std::string_view frame_begin = "\x0B",
                           frame_end = "\x1C";  // MLLP, should a file keep them
constexpr uint32_t fields_max = 1000;  // of one segment; the standard's longest has fewer than 60

Error refused(std::string message, std::string location) {
  return {Error::Kind::invalid, std::move(message), std::move(location)};
}

// A field of the first line, read in bytes before the charset is known: separators count in
// one-byte state only.
std::string_view header_field(std::string_view bytes, size_t number) {
  const size_t begin = bytes.find("MSH");
  if (begin == bytes.npos || begin + 3 >= bytes.size()) return {};
  const char separator = bytes[begin + 3];
  bool two_byte = false;
  size_t field = 1, field_begin = begin + 4;
  for (size_t i = begin + 4; i <= bytes.size(); ++i) {
    const bool ends = i == bytes.size() || bytes[i] == '\r' || bytes[i] == '\n';
    if (!ends && bytes[i] == '\x1B' && i + 1 < bytes.size()) two_byte = bytes[i + 1] == '$';
    if (!ends && (two_byte || bytes[i] != separator)) continue;
    if (++field == number) return bytes.substr(field_begin, i - field_begin);
    if (ends) break;
    field_begin = i + 1;
  }
  return {};
}

std::optional<Charset> declared_charset(std::string_view bytes) {
  std::string plain;
  for (const char c :
       std::string(header_field(bytes, 18)) + "~" + std::string(header_field(bytes, 20)))
    if (c != ' ' && c != '-' && c != '_')
      plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  const auto says = [&](std::string_view word) { return plain.find(word) != plain.npos; };
  if (says("IR87") || says("IR159") || says("IR13") || says("2022")) return Charset::iso_2022_jp;
  if (says("UTF8") || says("UNICODE")) return Charset::utf_8;
  if (says("SHIFTJIS") || says("SJIS") || says("932") || says("WINDOWS31J")) return Charset::cp932;
  if (says("EUC")) return Charset::euc_jp;
  if (says("8859/1")) return Charset::iso_8859_1;
  return std::nullopt;
}

bool contradicts(Charset declared, Charset sniffed, std::string_view bytes) {
  if (declared == sniffed) return false;
  if (declared == Charset::iso_8859_1)
    return sniffed == Charset::utf_8 || sniffed == Charset::iso_2022_jp;
  const bool has_8_bit =
      std::ranges::any_of(bytes, [](char c) { return static_cast<uint8_t>(c) >= 0x80; });
  return has_8_bit || sniffed == Charset::iso_2022_jp;
}

class Parser {
 public:
  explicit Parser(std::string_view bytes) : bytes_(bytes), content_(std::make_unique<Content>()) {}

  Result<std::unique_ptr<Content>> parse(std::optional<Charset> configured) {
    if (bytes_.size() > message_bytes_max)
      return refused(fmt::format("メッセージは{}バイトまでです。/ A message has {} bytes at most.",
                                 message_bytes_max, message_bytes_max),
                     "MSH");
    decode_as(charset(configured));
    TRY(split_lines());
    return std::move(content_);
  }

 private:
  Charset charset(std::optional<Charset> configured) {
    if (configured) return *configured;
    const auto declared = declared_charset(bytes_);
    const auto sniffed = sniffed_charset(bytes_);
    if (!declared) return sniffed;
    if (!contradicts(*declared, sniffed, bytes_)) return *declared;
    add({Finding::Severity::warning, "charset.not-as-declared",
         fmt::format("MSH-18は{}ですが、中身は{}です。中身に合わせて読みました。/ MSH-18 says {}, "
                     "the bytes are {}; read by the bytes.",
                     name_of(*declared), name_of(sniffed), name_of(*declared), name_of(sniffed)),
         "MSH-18", 0, 0});
    return sniffed;
  }

  void decode_as(Charset charset) {
    auto decoded = decode(bytes_, charset, {.roman_overline_is_tilde = true});
    content_->charset = charset;
    content_->text = std::move(decoded.text);
    content_->positions = std::move(decoded.positions);
    charset_findings_ = std::move(decoded.findings);
    content_->field_ends.reserve(content_->text.size() / 8);  // a field every eight bytes is dense
    content_->lines.reserve(content_->text.size() / 64);
  }

  // Without the frame's end, whatever blanks stand behind it.
  static size_t end_of(std::string_view text) {
    size_t last = text.find_last_not_of(" \t\r\n");
    while (last != text.npos && text[last] == frame_end[0]) {
      text = text.substr(0, last);
      last = text.find_last_not_of(" \t\r\n");
    }
    return text.find_last_not_of("\r\n") + 1;  // npos + 1 is 0
  }

  Result<bool> split_lines() {
    const std::string_view text(content_->text);
    size_t at = text.starts_with(frame_begin) ? 1 : 0;
    const size_t size = std::max(at, end_of(text));
    while (at < size) {
      const size_t end = std::min(find_one_of<'\r', '\n'>(text, at), size);
      const auto line = text.substr(at, end - at);
      if (line.find_first_not_of(" \t") != line.npos)
        TRY(take_line(static_cast<uint32_t>(at), static_cast<uint32_t>(end)));
      at = end + 1;
    }
    if (content_->lines.empty())
      return refused(
          "空のメッセージです。MSHで始まる必要があります。/ The message is empty; it must begin "
          "with MSH.",
          "MSH");
    for (auto& line : content_->lines)
      line.is_alone = line.ordinal == 1 && count_of(content_->name_of(line)) == 1;
    place_charset_findings();
    return true;
  }

  Result<bool> take_line(uint32_t begin, uint32_t end) {
    const auto line = std::string_view(content_->text).substr(begin, end - begin);
    if (content_->lines.empty()) TRY(take_delimiters(line));
    if (content_->lines.size() == segments_max)
      return refused(fmt::format("セグメントは{}個までです。/ A message has {} segments at most.",
                                 segments_max, segments_max),
                     fmt::format("segment {}", segments_max + 1));
    const size_t name_end = std::min(line.find(content_->delimiters.field), line.size());
    detail::Line entry{.begin = begin,
                       .end = end,
                       .field_first = static_cast<uint32_t>(content_->field_ends.size()),
                       .name_size = static_cast<uint16_t>(std::min<size_t>(name_end, UINT16_MAX)),
                       .field_count = 0,
                       .ordinal = 0,
                       .is_alone = false};
    const auto name = line.substr(0, entry.name_size);
    if (name == "MSH" && !content_->lines.empty())
      return refused(
          "1通のはずのところに2つ目のMSHがあります。分けて送ってください（FHS/"
          "BHSのまとめ送りは可）。/ "
          "A second MSH in one message: send them apart, or as a batch.",
          "MSH[2]");
    TRY(split_fields(entry, line));
    entry.ordinal = next_ordinal(name);
    content_->lines.push_back(entry);
    if (!is_segment_name(name)) flag_name(name, begin, end);
    return true;
  }

  Result<bool> split_fields(detail::Line& entry, std::string_view line) {
    const char separator = content_->delimiters.field;
    size_t at = entry.name_size;
    if (at < line.size() && content_->lines.empty()) {  // MSH-1 is the separator itself
      content_->field_ends.push_back(entry.begin + static_cast<uint32_t>(at) + 1);
      ++entry.field_count;
    }
    while (at < line.size()) {
      const size_t end = std::min(line.find(separator, at + 1), line.size());
      content_->field_ends.push_back(entry.begin + static_cast<uint32_t>(end));
      if (++entry.field_count > fields_max)
        return refused(
            fmt::format("1つのセグメントの項目は{}個までです。/ A segment has {} fields at most.",
                        fields_max, fields_max),
            fmt::format("{}-{}", line.substr(0, entry.name_size), fields_max + 1));
      at = end;
    }
    return true;
  }

  Result<bool> take_delimiters(std::string_view line) {
    if (line.starts_with("FHS") || line.starts_with("BHS"))
      return refused(
          "まとめ送り（FHS/BHS）です。1通ずつに分けて読みます。/ This is a batch; split it first.",
          line.substr(0, 3) == "FHS" ? "FHS" : "BHS");
    if (!line.starts_with("MSH"))
      return refused(fmt::format("最初のセグメントはMSHのはずですが「{}」です。/ The first segment "
                                 "must be MSH, not \"{}\".",
                                 utf8::head(line, 3), utf8::head(line, 3)),
                     "MSH");
    if (line.size() < 5)
      return refused(
          "MSH-1とMSH-2（区切り文字）がありません。/ MSH-1 and MSH-2, the delimiters, are missing.",
          "MSH-1");
    auto& mine = content_->delimiters;
    mine.field = line[3];
    const auto encoding = line.substr(
        4, line.find(mine.field, 4) == line.npos ? line.npos : line.find(mine.field, 4) - 4);
    std::vector<char32_t> points;
    for (size_t i = 0; i < encoding.size() && points.size() < 5;) {
      const auto point = utf8::first(encoding.substr(i));
      points.push_back(point.value);
      i += point.size;
    }
    if (points.empty() || encoding.size() > 8)
      return refused(
          "MSH-2は ^~\\& のような区切り文字です。/ MSH-2 holds the delimiters, such as ^~\\&.",
          "MSH-2");
    mine.escape_is_yen = points.size() > 2 && points[2] == 0xA5;
    if (mine.escape_is_yen) points[2] = '\\';
    // ^~\\\\& : escaped once too often on its way (JSON, a shell). Read as ^~\\&.
    if (points.size() == 5 && points[2] == '\\' && points[3] == '\\') {
      points.erase(points.begin() + 3);
      add({Finding::Severity::warning, "structure.doubled-escape",
           "MSH-2の\\が二重です。1つとみなします。/ MSH-2 has its backslash twice; read as one.",
           "MSH-2", 4, 9});
    }
    return set_delimiters(points);
  }

  Result<bool> set_delimiters(const std::vector<char32_t>& points) {
    auto& mine = content_->delimiters;
    char* const targets[] = {&mine.component, &mine.repetition, &mine.escape, &mine.subcomponent};
    const auto usable = [](char32_t c) {
      return c > 0x20 && c < 0x7F && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
             !(c >= 'a' && c <= 'z');
    };
    if (!usable(static_cast<unsigned char>(mine.field)))
      return refused(
          "MSH-1（項目の区切り）は記号1文字です。/ MSH-1, the field separator, is one punctuation "
          "character.",
          "MSH-1");
    for (size_t i = 0; i < std::size(targets) && i < points.size(); ++i) {
      if (!usable(points[i]))
        return refused(
            "MSH-2の区切り文字は記号（通常 ^~\\&）です。/ MSH-2's delimiters are punctuation, "
            "usually ^~\\&.",
            "MSH-2");
      *targets[i] = static_cast<char>(points[i]);
    }
    const std::string used{mine.field, mine.component, mine.repetition, mine.escape,
                           mine.subcomponent};
    for (size_t i = 0; i < used.size(); ++i)
      if (used.find(used[i], i + 1) != used.npos)
        return refused(
            fmt::format(
                "区切り文字「{}」が二つの役を兼ねています。/ The delimiter \"{}\" has two roles.",
                used[i], used[i]),
            "MSH-2");
    if (points.size() < 4)
      add({Finding::Severity::warning, "structure.few-delimiters",
           "MSH-2の区切り文字が4つありません。残りは ^~\\& とみなします。/ MSH-2 has fewer than "
           "four delimiters; ^~\\& is assumed for the rest.",
           "MSH-2", 4, 8});
    return true;
  }

  static bool is_segment_name(std::string_view name) {
    const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
    return name.size() == 3 && is_capital(name[0]) &&
           std::ranges::all_of(name.substr(1),
                               [&](char c) { return is_capital(c) || (c >= '0' && c <= '9'); });
  }

  void flag_name(std::string_view name, uint32_t begin, uint32_t end) {
    if (content_->findings.size() >= Decoded::findings_max) return;
    const auto range = content_->positions.of(begin, end);
    add({Finding::Severity::error, "structure.not-a-segment",
         fmt::format("{}行目は3文字のセグメント名で始まっていません（「{}」）。項目の中の改行は\\."
                     "br\\と書きます。/ Line {} does not begin "
                     "with a segment's name; a line break inside a field is written \\.br\\.",
                     content_->lines.size(), utf8::head(name, 12), content_->lines.size()),
         fmt::format("segment {}", content_->lines.size()), range.begin, range.end});
  }

  uint32_t next_ordinal(std::string_view name) {
    for (auto& [known, count] : ordinals_)
      if (known == name) return ++count;
    if (ordinals_.size() < 200) ordinals_.emplace_back(name, 1);
    return 1;
  }

  uint32_t count_of(std::string_view name) const {
    const auto found =
        std::ranges::find(ordinals_, name, &std::pair<std::string_view, uint32_t>::first);
    return found == ordinals_.end() ? 0 : found->second;
  }

  // Byte offsets of the charset's findings become places a person can look up.
  void place_charset_findings() {
    for (const auto& one : charset_findings_)
      add({one.kind == CharsetFinding::Kind::private_use ? Finding::Severity::information
                                                         : Finding::Severity::warning,
           std::string(code_of(one.kind)), std::string(advice_of(one.kind)), place_of(one.byte),
           one.byte, one.byte + 1});
  }

  std::string place_of(size_t byte) const {
    for (const auto& line : content_->lines) {
      if (content_->positions.of(line.begin, line.end).end < byte) continue;
      const auto name = content_->name_of(line);
      for (uint32_t i = 0; i < line.field_count; ++i) {
        const uint32_t end = content_->field_ends[line.field_first + i];
        if (content_->positions.of(line.begin, end).end >= byte || i + 1 == line.field_count)
          return fmt::format("{}[{}]-{}", name, line.ordinal, i + 1);
      }
      return std::string(name);
    }
    return "MSH";
  }

  void add(Finding finding) { content_->findings.push_back(std::move(finding)); }

  std::string_view bytes_;
  std::unique_ptr<Content> content_;
  std::vector<CharsetFinding> charset_findings_;
  std::vector<std::pair<std::string_view, uint32_t>> ordinals_;
};

}  // namespace

Result<Message> parse(std::string_view bytes, std::optional<Charset> configured) {
  Parser parser(bytes);
  return Message(TRY(parser.parse(configured)));
}

}  // namespace tasuki::hl7v2
