// The laboratory flowsheet as a grid: items down, dates across. Another facility's result on the same day is another
// column, because another laboratory may measure another way. Pure.
import type { Lab, LabResult, Overview } from "../../lib/schema";
import { farOutside } from "../../lib/units";

export interface Column {
  date: string; // the day, "2026-11-18"
  facility: string;
}

export interface Row {
  lab: Lab;
  cells: (LabResult | undefined)[];
}

export interface Flowsheet {
  columns: Column[];
  rows: Row[];
}

const keyOf = (result: LabResult) => `${(result.date ?? "").slice(0, 10)} ${result.facility}`;

export function flowsheet(labs: readonly Lab[], columnsMax: number): Flowsheet {
  const keys = new Map<string, Column>();
  for (const lab of labs) {
    for (const result of lab.results) {
      if (result.date) keys.set(keyOf(result), { date: result.date.slice(0, 10), facility: result.facility });
    }
  }
  const sorted = [...keys].sort(([one], [other]) => one.localeCompare(other)).slice(-columnsMax);
  const rows = labs.map(lab => {
    const last = new Map(lab.results.map(result => [keyOf(result), result])); // the day's last one wins
    return { lab, cells: sorted.map(([key]) => last.get(key)) };
  });
  return { columns: sorted.map(([, column]) => column), rows };
}

export interface Finding {
  lab: Lab;
  result: LabResult;
}

// The newest value of an item, where the laboratory itself called it far outside.
export function farNewest(overview: Overview): Finding[] {
  return overview.labs.flatMap(lab => {
    const result = lab.results.at(-1);
    return result && farOutside(result.flag) ? [{ lab, result }] : [];
  });
}
