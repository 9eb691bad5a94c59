// What the page makes of the server's answer before drawing: courses of drugs, the flowsheet's columns, lanes.
import * as v from "valibot";
import { expect, test } from "vitest";
import { farNewest, flowsheet, labKeys } from "../../src/faces/care/flowsheet";
import { courses, drugRow, lifelines } from "../../src/faces/care/lifelines";
import { currentMedicines } from "../../src/faces/care/parts/Medicines";
import { Overview } from "../../src/lib/schema";
import { dayNumber } from "../../src/lib/wareki";
import { ja } from "../../src/text/ja";
import { overview as raw } from "../fixtures/hanako.mjs";

const overview = v.parse(Overview, raw);
const today = dayNumber(overview.today) ?? 0;

test("orders that follow one another are one course, another dose is another", () => {
  const all = courses(overview.medicines, today);
  expect(all.filter(course => course.text === "アムロジピン錠5mg")).toHaveLength(1);
  expect(all.filter(course => course.drug === "フロセミド錠").map(course => course.text)).toEqual([
    "フロセミド錠20mg",
    "フロセミド錠40mg",
  ]);
});

test("strengths of one drug share a row, brackets and width do not part them", () => {
  expect(
    ["アムロジピン錠5mg", "アムロジピン錠2.5mg「トーワ」", "アムロジピン錠１０ｍｇ"].map(drugRow),
  ).toEqual(["アムロジピン錠", "アムロジピン錠", "アムロジピン錠"]);
});

test("the flowsheet has the newest dates, a column for each facility, the source's digits", () => {
  const sheet = flowsheet(overview.labs.slice(0, 7), 5);
  expect(sheet.columns).toHaveLength(5);
  expect(sheet.columns.at(-1)).toEqual({ date: "2026-11-18", facility: "1310000001" });
  expect(sheet.columns.at(-2)?.facility).toBe("1310000003");
  expect(sheet.rows[0]?.cells.map(cell => cell?.value)).toEqual(["7.1", "7.2", "7.0", "7.0", "6.8"]);
});

test("two rows of one code have two addresses: a press never opens another facility's item", () => {
  const [first] = overview.labs;
  const labs = [first, { ...first }, { ...first, code: "" }] as typeof overview.labs;
  expect([...labKeys(labs).values()]).toEqual([first?.code, `${first?.code}.2`, "item"]);
});

test("only the laboratory's own HH or LL counts as far outside", () => {
  expect(farNewest(overview).map(({ lab }) => lab.text)).toEqual(["NT-proBNP"]);
});

test("a drug ordered again is one current medicine", () => {
  const names = currentMedicines(overview).map(medicine => medicine.text);
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain("ロキソプロフェンNa錠60mg");
  expect(names).not.toContain("フロセミド錠20mg");
});

test("one facility's view holds only its facts", () => {
  const drawn = lifelines(overview, { range: "all", facility: "1310000002", everyRow: true }, ja);
  const spoken = drawn.lanes.flatMap(lane =>
    [...(lane.bars ?? []), ...(lane.marks ?? [])].map(item => item.spoken),
  );
  expect(spoken.length).toBeGreaterThan(3);
  expect(spoken.every(words => words.includes("けやき整形外科病院"))).toBe(true);
});

test("rows left out are counted, and all come when asked", () => {
  const few = lifelines(overview, { range: "2y", facility: "", everyRow: false }, ja);
  const all = lifelines(overview, { range: "2y", facility: "", everyRow: true }, ja);
  expect(few.hiddenRows).toBeGreaterThan(0);
  expect(all.hiddenRows).toBe(0);
  expect(all.counts).toEqual(few.counts);
});

test("an answer with the least the contract allows is read; a broken one names the place", () => {
  const least = { person: { id: "x", name: "山田 花子" }, today: "2026-11-23" };
  expect(v.parse(Overview, least).labs).toEqual([]);
  const broken = v.safeParse(Overview, { ...least, labs: [{ text: "HbA1c", results: [{ value: 6.8 }] }] });
  expect(broken.success).toBe(false);
  expect(v.getDotPath((broken.issues as NonNullable<typeof broken.issues>)[0])).toBe(
    "labs.0.results.0.value",
  );
});
