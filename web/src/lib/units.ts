// How a measured value is shown: the source's own digits, a Japanese display unit, the laboratory's own range.

// UCUM and HL7 spellings that a Japanese reader does not write.
const display: Readonly<Record<string, string>> = {
  "10*3/uL": "10³/μL",
  "10*4/uL": "10⁴/μL",
  "10*6/uL": "10⁶/μL",
  "/uL": "/μL",
  "ug/dL": "μg/dL",
  "ug/mL": "μg/mL",
  "uL/mL": "μL/mL",
  "mL/min/{1.73_m2}": "mL/分/1.73m²",
  "mL/min/1.73m2": "mL/分/1.73m²",
  "mL/min/1.73_m2": "mL/分/1.73m²",
  "mmol/L": "mmol/L",
  "meq/L": "mEq/L",
  "[pH]": "",
  "{ratio}": "",
  "kg/m2": "kg/m²",
  Cel: "℃",
  "mm[Hg]": "mmHg",
};

export function displayUnit(unit: string): string {
  return display[unit] ?? unit;
}

// "1180" -> "1,180"; "6.80" stays "6.80"; anything that is not a plain number stays as sent.
export function displayValue(value: string): string {
  const match = /^([+-]?)(\d{4,})(\.\d+)?$/u.exec(value);
  if (!match) return value;
  return `${match[1]}${(match[2] ?? "").replace(/\B(?=(\d{3})+$)/gu, ",")}${match[3] ?? ""}`;
}

export interface Range {
  low?: string | undefined;
  high?: string | undefined;
  text?: string | undefined;
}

// "4.9–6.0" for clinicians, "4.9〜6.0" for patients (pass the dash).
export function displayRange(range: Range | null | undefined, dash = "–"): string {
  if (!range) return "";
  if (range.low && range.high) return `${displayValue(range.low)}${dash}${displayValue(range.high)}`;
  if (range.low) return `≧${displayValue(range.low)}`;
  if (range.high) return `≦${displayValue(range.high)}`;
  return range.text ?? "";
}

export type FlagLevel = "high" | "low" | "abnormal" | "none";

// HL7 table 0078 as the laboratory sent it; the page never compares a value with a range by itself.
export function flagLevel(flag: string | null | undefined): FlagLevel {
  if (!flag || flag === "N") return "none";
  if (flag === "H" || flag === "HH" || flag === "HU") return "high";
  if (flag === "L" || flag === "LL" || flag === "LU") return "low";
  return "abnormal";
}

// Far outside by the laboratory's own word: HH, LL, AA.
export function farOutside(flag: string | null | undefined): boolean {
  return flag === "HH" || flag === "LL" || flag === "AA";
}

// The number to draw; "<0.01" and ">100" are drawn at their limit, words not at all.
export function plotNumber(value: string): number | undefined {
  const match = /^[<>≦≧=]*\s*([+-]?\d+(?:\.\d+)?)$/u.exec(value.normalize("NFKC").trim());
  return match ? Number(match[1]) : undefined;
}
