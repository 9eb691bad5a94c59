// Words a patient or colleague should not meet on a page, and sentences that are too long. Reads src/text/ja.ts.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const book = fileURLToPath(new URL("../src/text/ja.ts", import.meta.url));
const banned = [
  "異常値",
  "エラー",
  "セグメント",
  "マッピング",
  "キュー",
  "リプレイ",
  "第三者提供",
  "頓服",
  "既往歴",
  "寛解",
  "予後",
  "服用",
];
const bannedForPatients = ["認証", "同意撤回", "患者様", "陽性"];
const sentenceMax = 60;

const faults = [];
readFileSync(book, "utf8")
  .split("\n")
  .forEach((line, index) => {
    if (line.trimStart().startsWith("//")) return;
    const key = /^\s{2}(\w+):/u.exec(line)?.[1] ?? "";
    const words = [...line.matchAll(/["`]([^"`]*)["`]/gu)].map(match => match[1] ?? "").join("。");
    for (const word of key.startsWith("me") ? [...banned, ...bannedForPatients] : banned) {
      if (words.includes(word)) faults.push(`ja.ts:${index + 1} ${key}: 「${word}」は使いません`);
    }
    for (const sentence of words.split("。")) {
      const length = [...sentence.replace(/\$\{[^}]*\}/gu, "○○")].length;
      if (length > sentenceMax)
        faults.push(`ja.ts:${index + 1} ${key}: ${length}字の文です(${sentenceMax}字まで)`);
    }
    if (/[!！]/u.test(words)) faults.push(`ja.ts:${index + 1} ${key}: 感嘆符は使いません`);
  });
for (const fault of faults) console.error(fault);
process.exit(faults.length === 0 ? 0 : 1);
