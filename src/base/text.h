// Japanese text: folding for search, kana, width. The charset decoders are in charset.h.
#pragma once

#include <string>
#include <string_view>

namespace tasuki {

// What two spellings of one thing share, for search and matching: NFKC, lower case without accents,
// hiragana and half-width kana to full-width katakana, small kana kept, old and variant kanji to
// the common one (髙 -> 高, 﨑 -> 崎, 邊 -> 辺), variation selectors and every kind of space
// removed, long vowel, hyphens and wave dashes alike ("-"). Idempotent. jp-core.md 2, "Search on
// strings"; FHIR R4 search.html#string ("normalized by case and combining characters"). Bytes that
// are not UTF-8 count as U+FFFD. Never for storage.
std::string folded(std::string_view utf8);

// The beginning of folded(utf8): all of it, or as many characters as fill bytes_max and one more.
// So it is longer than bytes_max exactly where the whole is, and cut there the same.
std::string folded_start(std::string_view utf8, size_t bytes_max);

bool is_utf8(std::string_view bytes);

// ひらがな -> ヒラガナ, and back. Half-width kana becomes full-width on the way; the rest stays as
// it is.
std::string katakana_of(std::string_view utf8);
std::string hiragana_of(std::string_view utf8);

// ﾔﾏﾀﾞ -> ヤマダ, with ﾞ and ﾟ composed. Nothing else changes: for charsets that forbid half-width
// kana.
std::string full_width_kana_of(std::string_view utf8);

// Columns on a terminal or in a fixed-width form: 2 for kana, kanji and full-width, 1 for the rest,
// 0 for marks that combine.
size_t width_of(std::string_view utf8);

}  // namespace tasuki
