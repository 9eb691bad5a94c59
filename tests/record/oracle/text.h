// Of the brute-force oracle: Japanese and Latin text alike where a reader would call it the same.
#pragma once

#include <string>
#include <string_view>

namespace tasuki::record::oracle {

inline std::u32string points(std::string_view utf8) {
  std::u32string out;
  for (size_t i = 0; i < utf8.size();) {
    const auto c = static_cast<unsigned char>(utf8[i]);
    const size_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : c >= 0xC0 ? 1 : 0;
    char32_t point = more == 3 ? c & 7U : more == 2 ? c & 15U : more == 1 ? c & 31U : c;
    for (size_t k = 1; k <= more && i + k < utf8.size(); ++k)
      point = point << 6 | (static_cast<unsigned char>(utf8[i + k]) & 63U);
    out += point;
    i += more + 1;
  }
  return out;
}

// ﾔﾏﾀﾞ, やまだ and ヤマダ; Ａ, a; é, e; 髙, 高; no blanks; one dash. The letters that the tests
// use.
inline std::u32string alike(std::string_view utf8) {
  constexpr std::u32string_view half = U"ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝ";
  constexpr std::u32string_view full =
      U"ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメ"
      U"モヤユヨラリルレロワン";
  constexpr std::u32string_view accented = U"àáâãäåçèéêëìíîïñòóôõöùúûüý",
                                plain = U"aaaaaaceeeeiiiinooooouuuuy";
  constexpr std::u32string_view old = U"髙﨑邊澤濱", now = U"高崎辺沢浜";
  std::u32string out;
  for (char32_t c : points(utf8)) {
    if (c == U' ' || c == U'\u3000' || c == U'\t' || c == U'\n' || c == U'\r' || c == 0xA0)
      continue;
    if ((c == U'ﾞ' || c == U'\u3099') && !out.empty()) {
      out.back() += 1;
      continue;
    }
    if ((c == U'ﾟ' || c == U'\u309A') && !out.empty()) {
      out.back() += 2;
      continue;
    }
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;
    if (c >= U'ぁ' && c <= U'ゖ') c += 0x60;
    if (const auto at = half.find(c); at != half.npos) c = full[at];
    if (c >= U'A' && c <= U'Z') c += 32;
    if (c >= 0xC0 && c <= 0xDE && c != 0xD7) c += 32;
    if (const auto at = accented.find(c); at != accented.npos) c = plain[at];
    if (const auto at = old.find(c); at != old.npos) c = now[at];
    if (c == U'ー' || c == U'‐' || c == U'–' || c == U'—' || c == U'−' || c == U'~' || c == U'〜')
      c = U'-';
    out += c;
  }
  return out;
}

}  // namespace tasuki::record::oracle
