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

// A row's name in the address. The code alone will not do: one analyte in two units is two rows, and two facilities may
// use one local code for different things. The second of a code is "code.2".
export function labKeys(labs: readonly Lab[]): Map<Lab, string> {
  const count = new Map<string, number>();
  const keys = new Map<Lab, string>();
  for (const lab of labs) {
    const code = lab.code || "item";
    const times = (count.get(code) ?? 0) + 1;
    count.set(code, times);
    keys.set(lab, times === 1 ? code : `${code}.${times}`);
  }
  return keys;
}
