import { describe, expect, test } from "vitest";
import { drawLanes } from "../../src/charts/lanes";
import { cluster, type Extent, fitText, packNudged, packRows, textWidth } from "../../src/charts/pack";
import { dateTicks, linear, roundTicks } from "../../src/charts/scale";
import { dayNumber } from "../../src/lib/wareki";

const extents = (...pairs: [number, number][]): Extent[] => pairs.map(([from, to]) => ({ from, to }));

describe("rows", () => {
  const cases: [string, Extent[], number[]][] = [
    ["nothing_takes_no_row", [], []],
    ["one_after_another_share_a_row", extents([0, 10], [12, 20]), [0, 0]],
    ["overlapping_ones_do_not", extents([0, 10], [5, 20]), [0, 1]],
    ["touching_ones_need_the_gap", extents([0, 10], [11, 20]), [0, 1]],
    ["an_earlier_hole_is_filled", extents([50, 90], [40, 60], [0, 30]), [0, 1, 0]],
  ];
  test.each(cases)("%s", (_, given, rows) => expect(packRows(given, 2)).toEqual(rows));

  test("no two extents of a row overlap, whatever is packed", () => {
    let seed = 42;
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    const given = Array.from({ length: 300 }, () => {
      const from = random() * 800;
      return { from, to: from + random() * 60 };
    });
    const rows = packRows(given, 1);
    for (const [index, one] of given.entries()) {
      const others = given.filter((_, other) => other < index && rows[other] === rows[index]);
      expect(others.every(other => one.from >= other.to + 1 || one.to + 1 <= other.from)).toBe(true);
    }
  });
});

describe("marks stepping aside", () => {
  const frame = { from: 0, to: 100 };
  test("a near neighbour moves rather than taking a row", () => {
    expect(packNudged(extents([10, 20], [15, 25]), [8, 8], 1, frame)).toEqual([
      { row: 0, shift: 0 },
      { row: 0, shift: 6 },
    ]);
  });
  test("too far to move takes a row", () => {
    expect(packNudged(extents([10, 20], [12, 22]), [3, 3], 1, frame)[1]).toEqual({ row: 1, shift: 0 });
  });
  test("nothing steps over the line of today", () => {
    const crowded = packNudged(extents([85, 95], [88, 98]), [12, 12], 1, frame);
    expect(crowded[1]).toEqual({ row: 1, shift: 0 }); // 8 px to the right would do, but the line is at 100
  });
});

test("marks of one facility closer than a mark become one; another facility's stay apart", () => {
  const dots = [
    { at: 0, group: "circle" },
    { at: 4, group: "square" },
    { at: 6, group: "circle" },
    { at: 30, group: "circle" },
  ];
  expect(cluster(dots, 10)).toEqual([[0, 2], [1], [3]]);
});

test("a label that does not fit is cut with an ellipsis and never overruns", () => {
  expect(fitText("短い", 12, 100)).toBe("短い");
  const cut = fitText("メトホルミン塩酸塩錠250mg", 12, 80);
  expect(cut.endsWith("…")).toBe(true);
  expect(textWidth(cut, 12)).toBeLessThanOrEqual(80);
});

describe("axes", () => {
  test("values are round", () => {
    expect(roundTicks(6.5, 7.4, 4)).toEqual([6.5, 7]);
    expect(roundTicks(480, 1300, 4)).toEqual([500, 1000]);
  });
  test("two years on a desk show quarters, starting on firsts of months", () => {
    const [from, to] = [dayNumber("2024-11-22") ?? 0, dayNumber("2026-11-23") ?? 0];
    const ticks = dateTicks(from, to, 820, { month: 76, year: 118 });
    expect(ticks.map(tick => `${tick.year}-${tick.month}`)).toEqual([
      "2025-1",
      "2025-4",
      "2025-7",
      "2025-10",
      "2026-1",
      "2026-4",
      "2026-7",
      "2026-10",
    ]);
  });
});

test("every bar and mark stays between the lane's name and today", () => {
  const scale = linear(0, 100, 140, 800);
  const bar = (key: string, from: number, to: number) => ({
    key,
    from,
    to,
    text: key,
    spoken: key,
    shape: "circle" as const,
  });
  const mark = (key: string, at: number) => ({ key, at, spoken: key, shape: "square" as const });
  const lanes = drawLanes(
    [
      { name: "病名", bars: [bar("before", -500, 50), bar("open", 50, 400), bar("short", 99, 100)] },
      { name: "受診", marks: [mark("a", 0), mark("b", 99.5), mark("c", 100)] },
    ],
    scale,
    { left: 140, right: 800 },
  );
  for (const item of lanes.flatMap(lane => lane.items)) {
    expect(item.x).toBeGreaterThanOrEqual(134);
    expect(item.kind === "bar" ? item.x + item.width : item.x).toBeLessThanOrEqual(800);
  }
  expect(lanes.flatMap(lane => lane.items.map(item => item.spoken)).join(" ")).toContain("short");
});
