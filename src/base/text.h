// Japanese text: folding for search, kana, width. The charset decoders are in charset.h.
#pragma once

#include <string>
#include <string_view>

namespace tasuki {

// What two spellings of one thing share, for search and matching: NFKC, lower case, hiragana and half-width kana to
// full-width katakana, small kana kept, old and variant kanji to the common one (髙 -> 高, 﨑 -> 崎, 邊 -> 辺), every kind
// of space removed, long vowel and hyphens alike. Idempotent. jp-core.md 2, "Search on strings".
std::string folded(std::string_view utf8);

bool is_utf8(std::string_view bytes);

}  // namespace tasuki
