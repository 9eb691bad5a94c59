// Brings what a person typed to one form: NFKC (full-width digits, half-width kana), one space, one hyphen.
//
// Why here too: the server folds kana and variant kanji for searching; the page only needs to understand digits
// and dates, and to compare names, without asking.

const hyphens = /[‐‑‒–—―−ーｰ－﹣]/gu;

export function normalised(text: string): string {
  return text.normalize("NFKC").replace(/\s+/gu, " ").trim();
}

// Hyphens of every kind become "-", for numbers only: in a word ー is a long vowel.
export function normalisedNumber(text: string): string {
  return normalised(text).replace(hyphens, "-");
}

// やまだ for ヤマダ; names are shown with the kana the source sent, compared in hiragana.
export function hiragana(text: string): string {
  return normalised(text).replace(/[ァ-ヶ]/gu, letter =>
    String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0x60),
  );
}

export function katakana(text: string): string {
  return normalised(text).replace(/[ぁ-ゖ]/gu, letter =>
    String.fromCodePoint((letter.codePointAt(0) ?? 0) + 0x60),
  );
}
