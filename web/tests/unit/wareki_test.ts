import { describe, expect, test } from "vitest";
import {
  ageOn,
  birthDate,
  dayNumber,
  longEra,
  nearDate,
  parseDate,
  patientDate,
  slashDate,
} from "../../src/lib/wareki";

describe("a typed date", () => {
  const cases: [string, string, string | undefined][] = [
    ["letter_and_dots", "S19.3.14", "1944-03-14"],
    ["lower_case_letter", "s19.3.14", "1944-03-14"],
    ["first_kanji_and_slashes", "昭19/3/14", "1944-03-14"],
    ["whole_era_and_kanji_units", "昭和19年3月14日", "1944-03-14"],
    ["eight_digits", "19440314", "1944-03-14"],
    ["hyphens", "1944-3-14", "1944-03-14"],
    ["full_width_digits", "１９４４年３月１４日", "1944-03-14"],
    ["full_width_hyphens", "1944－3－14", "1944-03-14"],
    ["first_year_is_gannen", "令和元年5月1日", "2019-05-01"],
    ["first_year_as_1", "R1.5.1", "2019-05-01"],
    ["last_day_of_heisei", "H31.4.30", "2019-04-30"],
    ["showa_64_ended_on_7_january", "昭和64年1月7日", "1989-01-07"],
    ["showa_64_had_no_8_january", "昭和64年1月8日", undefined],
    ["there_is_no_year_zero", "令和0年1月1日", undefined],
    ["there_is_no_30_february", "1944-2-30", undefined],
    ["leap_day", "2024-2-29", "2024-02-29"],
    ["two_digit_year_without_era_is_no_date", "44-3-14", undefined],
    ["a_name_is_no_date", "やまだ", undefined],
    ["a_number_is_no_date", "0012345", undefined],
    ["nothing_is_no_date", "", undefined],
  ];
  test.each(cases)("%s", (_, typed, date) => expect(parseDate(typed)).toBe(date));
});

describe("a shown date", () => {
  const cases: [string, string, string][] = [
    ["birth_date_with_era", birthDate("1944-03-14"), "1944/03/14(昭19)"],
    ["birth_date_in_the_first_year", birthDate("1989-02-01"), "1989/02/01(平元)"],
    ["birth_date_before_meiji_has_no_era", birthDate("1860-01-01"), "1860/01/01"],
    ["a_partial_date_stays_partial", slashDate("2012-06"), "2012/06"],
    ["a_time_stamp_shows_its_day", slashDate("2026-11-18T09:05:00+09:00"), "2026/11/18"],
    ["no_date_is_empty", slashDate(null), ""],
    ["this_year_needs_no_year", nearDate("2026-11-18", "2026-11-23"), "11/18"],
    ["another_year_shows_it", nearDate("2025-11-18", "2026-11-23"), "2025/11/18"],
    ["for_patients", patientDate("2026-11-22"), "令和8年(2026年)11月22日"],
    ["a_year_alone_belongs_to_the_era_it_ends_in", longEra("2019"), "令和元年"],
  ];
  test.each(cases)("%s", (_, shown, words) => expect(shown).toBe(words));
});

describe("an age", () => {
  const cases: [string, string, string, number | undefined][] = [
    ["the_day_before_a_birthday", "1952-03-14", "2026-03-13", 73],
    ["on_a_birthday", "1952-03-14", "2026-03-14", 74],
    ["born_on_a_leap_day_in_a_common_year", "2000-02-29", "2026-02-28", 25],
    ["an_unknown_month_gives_no_age", "1952", "2026-03-14", undefined],
  ];
  test.each(cases)("%s", (_, birth, today, age) => expect(ageOn(birth, today)).toBe(age));
});

test("a day's number does not depend on the browser's time zone", () => {
  expect(dayNumber("1970-01-02")).toBe(1);
  expect(dayNumber("1970-01-02T23:59:00+09:00")).toBe(1);
});
