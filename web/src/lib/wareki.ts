// Dates as Japan writes them: eras on the page, any form from the keyboard.
//
// Dates stay FHIR text ("1951-06", "2026-11-18T09:05:00+09:00") until shown: a partial date stays partial
// (FHIR R4 datatypes.html#date), and no browser time zone ever moves a birthday.
import { normalisedNumber } from "./kana";

export interface Day {
  year: number;
  month: number | undefined;
  day: number | undefined;
}

interface Era {
  kanji: string;
  letter: string;
  start: [number, number, number]; // first day of the era
}

// Newest first. 元号法; before Taisho few living people, Meiji kept for old records.
const eras: readonly Era[] = [
  { kanji: "令和", letter: "R", start: [2019, 5, 1] },
  { kanji: "平成", letter: "H", start: [1989, 1, 8] },
  { kanji: "昭和", letter: "S", start: [1926, 12, 25] },
  { kanji: "大正", letter: "T", start: [1912, 7, 30] },
  { kanji: "明治", letter: "M", start: [1868, 1, 25] },
];

const fhirDate = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/u;

export function dayOf(text: string | null | undefined): Day | undefined {
  const match = text ? fhirDate.exec(text) : null;
  if (!match) return undefined;
  const part = (index: number) => (match[index] ? Number(match[index]) : undefined);
  return { year: Number(match[1]), month: part(2), day: part(3) };
}

function before(day: Day, [year, month, date]: [number, number, number]): boolean {
  // Without a month the era at the year's end is meant: 平成元年 rather than 昭和64年.
  const key = day.year * 10000 + (day.month ?? 12) * 100 + (day.day ?? 31);
  return key < year * 10000 + month * 100 + date;
}

function eraOf(day: Day): { era: Era; year: number } | undefined {
  const era = eras.find(candidate => !before(day, candidate.start));
  return era && { era, year: day.year - era.start[0] + 1 };
}

// "昭26", "令元": for a birth date's bracket.
export function shortEra(text: string): string {
  const day = dayOf(text);
  const found = day && eraOf(day);
  if (!found) return "";
  return `${found.era.kanji.slice(0, 1)}${found.year === 1 ? "元" : found.year}`;
}

// "令和8年": for patients.
export function longEra(text: string): string {
  const day = dayOf(text);
  const found = day && eraOf(day);
  if (!found) return "";
  return `${found.era.kanji}${found.year === 1 ? "元" : found.year}年`;
}

const two = (value: number) => String(value).padStart(2, "0");

// "2026/11/22": for clinicians. A partial date shows only what is known.
export function slashDate(text: string | null | undefined): string {
  const day = dayOf(text);
  if (!day) return "";
  return [String(day.year), day.month && two(day.month), day.day && two(day.day)].filter(Boolean).join("/");
}

// "11/18", with the year when it is not this year's.
export function nearDate(text: string | null | undefined, today: string): string {
  const day = dayOf(text);
  if (!day) return "";
  const sameYear = day.year === dayOf(today)?.year;
  if (!sameYear || !day.month || !day.day) return slashDate(text);
  return `${day.month}/${day.day}`;
}

// "1951/06/10(昭26)"
export function birthDate(text: string): string {
  const era = shortEra(text);
  return era ? `${slashDate(text)}(${era})` : slashDate(text);
}

// "令和8年(2026年)11月22日"
export function patientDate(text: string): string {
  const day = dayOf(text);
  if (!day) return "";
  const year = `${longEra(text)}(${day.year}年)`;
  return year + (day.month ? `${day.month}月` : "") + (day.day ? `${day.day}日` : "");
}

// Whole years lived on the day asked for. 年齢計算ニ関スル法律 counts a leap birthday on 28 February's end;
// comparing month and day gives the same whole years on every other day.
export function ageOn(birth: string, today: string): number | undefined {
  const from = dayOf(birth);
  const to = dayOf(today);
  if (!from || !to) return undefined;
  const years = to.year - from.year;
  if (!from.month || !to.month) return undefined;
  const reached = to.month > from.month || (to.month === from.month && (to.day ?? 31) >= (from.day ?? 1));
  return reached ? years : years - 1;
}

const monthDays = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate();

function fhir(year: number, month: number, day: number): string | undefined {
  if (month < 1 || month > 12 || day < 1 || day > monthDays(year, month)) return undefined;
  return `${year}-${two(month)}-${two(day)}`;
}

function inEra(name: string, year: number, month: number, day: number): string | undefined {
  const era = eras.find(one => one.letter === name.toUpperCase() || one.kanji.startsWith(name));
  if (!era || year < 1) return undefined;
  const text = fhir(era.start[0] + year - 1, month, day);
  // 昭和64年1月8日 was never written: the day must lie in the era named.
  return text && eraOf(dayOf(text) as Day)?.era === era ? text : undefined;
}

const written =
  /^(明治?|大正?|昭和?|平成?|令和?|[mtshr])?(\d{1,4}|元)(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?$/iu;
const packed = /^(\d{4})(\d{2})(\d{2})$/u;

// S19.3.14, 昭19/3/14, 19440314, 1944-3-14, １９４４年３月１４日: the FHIR date, or nothing when it is no date.
export function parseDate(typed: string): string | undefined {
  const text = normalisedNumber(typed).replace(/ /gu, "");
  const digits = packed.exec(text);
  if (digits) return fhir(Number(digits[1]), Number(digits[2]), Number(digits[3]));
  const match = written.exec(text);
  if (!match) return undefined;
  const [, era, yearText = "", month, day] = match;
  const year = yearText === "元" ? 1 : Number(yearText);
  if (era) return inEra(era, year, Number(month), Number(day));
  return yearText.length === 4 ? fhir(year, Number(month), Number(day)) : undefined;
}

// Days from 1970-01-01; unknown month or day counts from the first. Only for drawing along an axis.
export function dayNumber(text: string | null | undefined): number | undefined {
  const day = dayOf(text);
  if (!day) return undefined;
  return Date.UTC(day.year, (day.month ?? 1) - 1, day.day ?? 1) / 86_400_000;
}

export function dateOfNumber(days: number): string {
  return new Date(days * 86_400_000).toISOString().slice(0, 10);
}
