import { describe, expect, test } from "vitest";
import {
  displayRange,
  displayUnit,
  displayValue,
  farOutside,
  flagLevel,
  plotNumber,
} from "../../src/lib/units";

describe("a value keeps the source's digits", () => {
  const cases: [string, string, string][] = [
    ["trailing_zero", "6.0", "6.0"],
    ["thousands_get_a_comma", "1180", "1,180"],
    ["decimals_after_thousands", "12345.60", "12,345.60"],
    ["words_stay", "(1+)", "(1+)"],
    ["a_limit_stays", "<0.01", "<0.01"],
    ["a_titre_stays", "1:1280", "1:1280"],
  ];
  test.each(cases)("%s", (_, value, shown) => expect(displayValue(value)).toBe(shown));
});

describe("a reference range is the laboratory's own", () => {
  const cases: [string, Parameters<typeof displayRange>[0], string][] = [
    ["both_ends", { low: "4.9", high: "6.0", text: "4.9-6.0" }, "4.9–6.0"],
    ["low_only", { low: "60", high: "", text: "" }, "≧60"],
    ["high_only", { low: "", high: "125" }, "≦125"],
    ["words_only", { text: "(-)" }, "(-)"],
    ["none", null, ""],
  ];
  test.each(cases)("%s", (_, range, shown) => expect(displayRange(range)).toBe(shown));
});

describe("a flag is the laboratory's word", () => {
  const cases: [string, string, string, boolean][] = [
    ["high", "H", "high", false],
    ["far_high", "HH", "high", true],
    ["low", "L", "low", false],
    ["far_low", "LL", "low", true],
    ["abnormal", "A", "abnormal", false],
    ["normal", "N", "none", false],
    ["nothing", "", "none", false],
  ];
  test.each(cases)("%s", (_, flag, level, far) => {
    expect(flagLevel(flag)).toBe(level);
    expect(farOutside(flag)).toBe(far);
  });
});

test("only numbers are drawn, limits at their limit", () => {
  expect(["6.80", "<0.01", "> 100", "(1+)", "陰性", ""].map(plotNumber)).toEqual([
    6.8,
    0.01,
    100,
    undefined,
    undefined,
    undefined,
  ]);
});

test("units read as Japanese readers write them", () => {
  expect(["10*3/uL", "mg/dL", "mL/min/{1.73_m2}"].map(displayUnit)).toEqual([
    "10³/μL",
    "mg/dL",
    "mL/分/1.73m²",
  ]);
});
