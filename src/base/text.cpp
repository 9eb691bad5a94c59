#include "base/text.h"

#include <algorithm>
#include <array>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/check.h"
#include "base/utf8.h"

namespace tasuki {
namespace {

struct Variant {
  char32_t written, common;
};

consteval auto sorted_variants() {
  constexpr char32_t pairs[] =
#include "base/text_variants.inc"
      ;
  std::array<Variant, (std::size(pairs) - 1) / 2> table{};
  for (size_t i = 0; i < table.size(); ++i)
    table[i] = {pairs[2 * i], pairs[2 * i + 1]};
  std::ranges::sort(table, {}, &Variant::written);
  return table;
}
constexpr auto variants = sorted_variants();

char32_t common_kanji(char32_t point) {
  const auto found = std::ranges::lower_bound(variants, point, {}, &Variant::written);
  return found != variants.end() && found->written == point ? found->common : point;
}

// U+FF61..U+FF9D as JIS X 0201 orders them; U+FF9E and U+FF9F are the voicing marks.
constexpr char32_t full_width_kana[] =
    U"。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホ"
    U"マミムメモヤユヨラリルレロワン";

bool is_half_width_kana(char32_t point) {
  return point >= 0xFF61 && point <= 0xFF9D;
}

// カ and ゛ to ガ, ハ and ゜ to パ; 0 where the two do not combine. Katakana or hiragana.
char32_t voiced(char32_t kana, bool semi) {
  const char32_t base = kana >= 0x3041 && kana <= 0x309F ? kana + 0x60 : kana;
  const char32_t shift = kana - base;  // wraps, and wraps back
  if (semi) return base >= U'ハ' && base <= U'ホ' && (base - U'ハ') % 3 == 0 ? base + 2 + shift : 0;
  if (base == U'ウ') return shift == 0 ? U'ヴ' : U'ゔ';
  if (base == U'ワ' && shift == 0) return U'ヷ';
  const bool odd_row = base >= U'カ' && base <= U'チ' && (base - U'カ') % 2 == 0;
  const bool even_row = base >= U'ツ' && base <= U'ト' && (base - U'ツ') % 2 == 0;
  const bool h_row = base >= U'ハ' && base <= U'ホ' && (base - U'ハ') % 3 == 0;
  return odd_row || even_row || h_row ? base + 1 + shift : 0;
}

bool is_voicing(char32_t point) {
  return (point >= 0x3099 && point <= 0x309C) || point == 0xFF9E || point == 0xFF9F;
}
bool is_semi_voicing(char32_t point) {
  return point == 0x309A || point == 0x309C || point == 0xFF9F;
}

bool is_space(char32_t point) {
  return point == 0x3000 || (point >= 0x09 && point <= 0x0D) || point == ' ' || point == 0xA0 ||
         point == 0x1680 || (point >= 0x2000 && point <= 0x200D) || point == 0x2028 ||
         point == 0x2029 || point == 0x202F || point == 0x205F || point == 0x2060 ||
         point == 0xFEFF;
}

// ー － ‐ – — ― − ～ 〜 and their kin: hyphen, dash, minus, wave dash or long vowel, typed one for
// another.
bool is_dash(char32_t point) {
  return point == '-' || point == '~' || point == 0x30FC || point == 0xFF70 ||
         (point >= 0x2010 && point <= 0x2015) || point == 0x2212 || point == 0x301C ||
         point == 0x3030 || point == 0xFF0D || point == 0xFF5E || point == 0x2053 ||
         point == 0x02DC || point == 0x223C || point == 0x2500;
}

bool is_ignored(char32_t point) {
  return (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF) ||
         point == 0xAD || (point >= 0x0300 && point <= 0x036F);
}

// Characters that NFKC leaves alone, or whose folding is settled here: the greater part of Japanese
// text.
bool is_settled(char32_t point) {
  return point < 0x80 || (point >= 0x3041 && point <= 0x30FE && point != 0x309F) ||
         (point >= 0x4E00 && point <= 0x9FFF) ||
         (point >= 0xFF01 && point <= 0xFF9F && point != 0xFF5F && point != 0xFF60) ||
         is_space(point) || is_dash(point) || (point >= 0xFE00 && point <= 0xFE0F) ||
         (point >= 0xE0100 && point <= 0xE01EF) || (point >= 0x3001 && point <= 0x3029) ||
         (point >= 0x20000 && point <= 0x2A6DF);
}

char32_t without_accent(char32_t point) {
  if (point < 0xC0 || (point > 0x24F && point < 0x1E00) || point > 0x1EFF) return point;
  UErrorCode status = U_ZERO_ERROR;
  const auto* normal = icu::Normalizer2::getNFDInstance(status);
  icu::UnicodeString parts;
  if (U_FAILURE(status) || !normal->getDecomposition(static_cast<UChar32>(point), parts))
    return point;
  return static_cast<char32_t>(parts.char32At(0));
}

char32_t settled(char32_t point) {
  if (point >= 'A' && point <= 'Z') return point + 32;
  if (is_dash(point)) return '-';
  if (point < 0x80) return point;
  if (is_half_width_kana(point)) return full_width_kana[point - 0xFF61];
  if (point >= 0xFF01 && point <= 0xFF5E) return settled(point - 0xFEE0);
  if ((point >= 0x3041 && point <= 0x3096) || point == 0x309D || point == 0x309E)
    return point + 0x60;
  if (point == 0x2225) return 0x2016;  // ∥ and ‖: two readings of JIS X 0208 21-42
  if (point >= 0x3400) return common_kanji(point);
  return without_accent(point);
}

// What each character of the basic plane becomes, asked of every character of every text that is
// kept: a look-up in place of a dozen comparisons and a search.
class FoldedPlane {
 public:
  static constexpr char16_t unsettled = 0, dropped = 1, voicing = 2;  // none is anything's folding

  static const FoldedPlane& get() {
    static const FoldedPlane plane;
    return plane;
  }
  char16_t of(char32_t point) const { return table_[point]; }

 private:
  FoldedPlane() {
    for (char32_t point = 3; point < table_.size(); ++point)
      table_[point] = folding(point);
  }
  static char16_t folding(char32_t point) {
    if (!is_settled(point)) return unsettled;
    if (is_voicing(point)) return voicing;
    if (is_space(point) || is_ignored(point)) return dropped;
    const char32_t one = settled(point);
    return one < 0x10000 ? static_cast<char16_t>(one) : unsettled;
  }

  std::array<char16_t, 0x10000> table_{};
};

class Folder {
 public:
  // What comes later changes at most the last character, so that the ones before it are settled:
  // `enough` bytes of these will do.
  explicit Folder(size_t enough = std::string::npos) : enough_(enough) {}

  // False when a character needs the whole of NFKC.
  bool fold(std::string_view text, bool already_normal) {
    out_.reserve(std::min(text.size(), enough_) + 3);
    const FoldedPlane& plane = FoldedPlane::get();
    while (!text.empty() && last_at_ <= enough_) {
      const auto point = utf8::first(text);
      text.remove_prefix(point.size);
      const char16_t known = point.value < 0x10000 ? plane.of(point.value) : FoldedPlane::unsettled;
      if (known > FoldedPlane::voicing) {
        put(known);
      } else if (known != FoldedPlane::dropped) {
        if (!already_normal && !is_settled(point.value)) return false;
        take(point.value);
      }
    }
    return true;
  }
  std::string out_;

 private:
  void take(char32_t point) {
    if (is_voicing(point)) return voice(point);
    if (is_space(point) || is_ignored(point)) return;
    put(settled(point));
  }
  void put(char32_t point) {
    last_at_ = out_.size();
    last_ = point;
    utf8::append(out_, point);
  }
  void voice(char32_t point) {
    const char32_t one = last_ == 0 ? 0 : voiced(last_, is_semi_voicing(point));
    if (one == 0) return put(is_semi_voicing(point) ? 0x309A : 0x3099);
    out_.resize(last_at_);
    put(one);
  }
  size_t enough_;
  char32_t last_ = 0;
  size_t last_at_ = 0;
};

std::string normalized(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* form = icu::Normalizer2::getNFKCCasefoldInstance(status);
  CHECK(U_SUCCESS(status));
  const auto source =
      icu::UnicodeString::fromUTF8({text.data(), static_cast<int32_t>(text.size())});
  icu::UnicodeString normal;
  form->normalize(source, normal, status);
  CHECK(U_SUCCESS(status));
  std::string out;
  normal.toUTF8String(out);
  return out;
}

template <class F>
std::string mapped(std::string_view text, F&& map) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto point = utf8::first(text);
    utf8::append(out, map(point.value));
    text.remove_prefix(point.size);
  }
  return out;
}

}  // namespace

std::string folded(std::string_view utf8) {
  Folder quick;
  if (quick.fold(utf8, false)) return std::move(quick.out_);
  // Removing a space can bring together what combines, so go on until nothing changes; three rounds
  // are the most seen.
  std::string text(utf8);
  for (int round = 0; round < 8; ++round) {
    Folder whole;
    whole.fold(normalized(text), true);
    if (whole.out_ == text) break;
    text = std::move(whole.out_);
  }
  return text;
}

std::string folded_start(std::string_view utf8, size_t bytes_max) {
  Folder quick(bytes_max);
  return quick.fold(utf8, false) ? std::move(quick.out_) : folded(utf8);
}

bool is_utf8(std::string_view bytes) {
  return utf8::well_formed(bytes) == bytes.size();
}

std::string full_width_kana_of(std::string_view utf8) {
  std::string out;
  out.reserve(utf8.size());
  char32_t last =
      0;  // the half-width kana just written, as full-width: only it takes a half-width mark
  size_t last_at = 0;
  while (!utf8.empty()) {
    const auto point = utf8::first(utf8).value;
    const bool mark = point == 0xFF9E || point == 0xFF9F;
    const char32_t one = mark && last != 0 ? voiced(last, is_semi_voicing(point)) : 0;
    if (one != 0) out.resize(last_at);
    const char32_t kana = is_half_width_kana(point) ? full_width_kana[point - 0xFF61] : 0;
    const char32_t lone_mark = is_semi_voicing(point) ? 0x309C : 0x309B;
    last_at = out.size();
    utf8::append(out, one != 0 ? one : kana != 0 ? kana : mark ? lone_mark : point);
    last = kana;
    utf8.remove_prefix(utf8::first(utf8).size);
  }
  return out;
}

std::string katakana_of(std::string_view utf8) {
  return mapped(full_width_kana_of(utf8), [](char32_t point) {
    return (point >= 0x3041 && point <= 0x3096) || point == 0x309D || point == 0x309E ? point + 0x60
                                                                                      : point;
  });
}

std::string hiragana_of(std::string_view utf8) {
  return mapped(full_width_kana_of(utf8), [](char32_t point) {
    return (point >= 0x30A1 && point <= 0x30F6) || point == 0x30FD || point == 0x30FE ? point - 0x60
                                                                                      : point;
  });
}

size_t width_of(std::string_view utf8) {
  size_t columns = 0;
  while (!utf8.empty()) {
    const auto point = utf8::first(utf8);
    utf8.remove_prefix(point.size);
    if (point.value < 0x80) {
      ++columns;
      continue;
    }
    const int east =
        u_getIntPropertyValue(static_cast<UChar32>(point.value), UCHAR_EAST_ASIAN_WIDTH);
    const bool combines = u_charType(static_cast<UChar32>(point.value)) == U_NON_SPACING_MARK;
    columns += combines                                                                ? 0
               : east == U_EA_FULLWIDTH || east == U_EA_WIDE || east == U_EA_AMBIGUOUS ? 2
                                                                                       : 1;
  }
  return columns;
}

}  // namespace tasuki
