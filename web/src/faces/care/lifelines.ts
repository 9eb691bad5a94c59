// The overview's facts as lanes of the lifeline, and as the rows of its table twin. Pure.
import type { Bar, Lane, Mark } from "../../charts/lanes";
import type { Facility, Medicine, Overview, Test, Visit } from "../../lib/schema";
import { dayNumber, dayOf, slashDate } from "../../lib/wareki";
import type { Text } from "../../text";

export type RangeName = "6m" | "2y" | "5y" | "all";

const rangeDays: Record<Exclude<RangeName, "all">, number> = { "6m": 183, "2y": 731, "5y": 1826 };
const yearDays = 365;

export interface View {
  range: RangeName;
  facility: string; // "" is every facility
  everyRow: boolean;
}

const rowsShown = { problems: 5, medicines: 7 };

export interface Lifelines {
  lanes: Lane[];
  from: number;
  today: number;
  counts: [number, number, number, number];
  hiddenRows: number;
}

// One course of a drug: orders of the same text that follow one another without a longer gap than this.
const courseGapDays = 14;

export interface Course {
  text: string;
  drug: string;
  facility: string;
  from: number;
  to: number;
  active: boolean;
  dose: string;
  usage: string;
}

// "アムロジピン錠5mg" and "アムロジピン錠2.5mg" share a row: the name up to its first digit.
export function drugRow(text: string): string {
  const name = text.normalize("NFKC").replace(/[「【(].*?[」】)]/gu, "");
  return name.split(/\d/u)[0]?.trim() || name;
}

function span(medicine: Medicine, today: number): { from: number; to: number } | undefined {
  const from = dayNumber(medicine.start) ?? dayNumber(medicine.ordered);
  if (from === undefined) return undefined;
  const end = dayNumber(medicine.end);
  const to = end ?? (medicine.active ? today : from);
  return { from, to: Math.max(from, medicine.active ? Math.max(to, today) : to) };
}

export function courses(medicines: readonly Medicine[], today: number): Course[] {
  const joined: Course[] = [];
  const known = medicines
    .flatMap(medicine => {
      const days = span(medicine, today);
      return days ? [{ medicine, ...days }] : [];
    })
    .sort((one, other) => one.from - other.from);
  for (const { medicine, from, to } of known) {
    const same = joined.findLast(
      course =>
        course.text === medicine.text &&
        course.facility === medicine.facility &&
        course.dose === medicine.dose &&
        from <= course.to + courseGapDays,
    );
    if (same) {
      same.to = Math.max(same.to, to);
      same.active ||= medicine.active;
      same.usage = medicine.usage || same.usage;
      continue;
    }
    const { text, facility, dose, usage, active } = medicine;
    joined.push({ text, facility, dose, usage, active, drug: drugRow(text), from, to });
  }
  return joined;
}

function facilityOf(overview: Overview, id: string): Facility | undefined {
  return overview.facilities.find(facility => facility.id === id);
}

export function visitWord(kind: string, t: Text): string {
  return (
    { outpatient: t.outpatient, inpatient: t.inpatient, emergency: t.emergency, home: t.homeVisit }[kind] ??
    t.visit
  );
}

interface Context {
  overview: Overview;
  t: Text;
  from: number;
  today: number;
  shown: (facility: string) => boolean;
}

const name = (context: Context, id: string) => facilityOf(context.overview, id)?.name ?? "";
const shape = (context: Context, id: string) => facilityOf(context.overview, id)?.shape ?? "circle";
const spoken = (...words: string[]) => words.filter(Boolean).join(" ");

function problemBars(context: Context): Bar[] {
  const { overview, t, today, from } = context;
  return overview.problems
    .filter(problem => context.shown(problem.facility))
    .flatMap((problem, index): Bar[] => {
      const start = dayNumber(problem.start) ?? from;
      const end = dayNumber(problem.end) ?? today;
      if (end < from) return [];
      const what = problem.suspected ? `${problem.text}(${t.suspected})` : problem.text;
      const year = dayOf(problem.start)?.year;
      const period = problem.end
        ? `${slashDate(problem.start)}–${slashDate(problem.end)}`
        : t.fromOn(slashDate(problem.start));
      const text = year && start < from ? `${what} ${t.fromOn(String(year))}` : what;
      return [
        {
          key: `problem-${index}`,
          row: problem.text,
          from: start,
          to: end,
          text,
          spoken: spoken(what, period, name(context, problem.facility)),
          shape: shape(context, problem.facility),
          muted: Boolean(problem.end),
        },
      ];
    });
}

function medicineBars(context: Context): Bar[] {
  return courses(context.overview.medicines, context.today)
    .filter(course => context.shown(course.facility) && course.to >= context.from)
    .map(course => ({
      key: `medicine-${course.facility}-${course.text}-${course.dose}-${course.from}`,
      row: `${course.facility} ${course.drug}`,
      from: course.from,
      to: course.to,
      text: spoken(course.text, course.dose),
      spoken: spoken(
        course.text,
        course.dose,
        course.usage,
        dayRange(course),
        name(context, course.facility),
      ),
      shape: shape(context, course.facility),
      muted: !course.active,
    }));
}

function dayRange({ from, to, active }: Course): string {
  const start = slashDate(isoOf(from));
  return active ? `${start}〜` : `${start}–${slashDate(isoOf(to))}`;
}

const isoOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

function visitMark(context: Context, visit: Visit, index: number): Mark[] {
  const { t, today } = context;
  const at = dayNumber(visit.start);
  const to = dayNumber(visit.end) ?? (visit.kind === "inpatient" ? today : undefined);
  if (at === undefined || Math.max(at, to ?? at) < context.from) return [];
  const word = visitWord(visit.kind, t);
  const stay = visit.kind === "inpatient";
  const period =
    visit.end && visit.end.slice(0, 10) !== visit.start?.slice(0, 10) ? `–${slashDate(visit.end)}` : "";
  return [
    {
      key: `visit-${index}`,
      at,
      to: stay ? to : undefined,
      chip: stay || visit.kind === "emergency" ? word : undefined,
      strong: stay,
      spoken: spoken(slashDate(visit.start) + period, word, visit.department, name(context, visit.facility)),
      shape: shape(context, visit.facility),
    },
  ];
}

const chipLettersMax = 4;

function testMark(context: Context, test: Test, index: number): Mark[] {
  const at = dayNumber(test.date);
  if (at === undefined || at < context.from) return [];
  const count = test.count && test.kind === "lab" ? context.t.items(test.count) : "";
  const short = test.kind !== "lab" && test.text.length > 0 && test.text.length <= chipLettersMax;
  return [
    {
      key: `test-${index}`,
      at,
      chip: short ? test.text : undefined,
      spoken: spoken(slashDate(test.date), test.text || context.t.labs, count, name(context, test.facility)),
      shape: shape(context, test.facility),
    },
  ];
}

// Running things first, then the latest: what a reader asks about tends to be at the top.
function ordered(bars: Bar[]): Bar[] {
  return [...bars].sort((one, other) => Number(one.muted) - Number(other.muted) || one.from - other.from);
}

function limited(bars: Bar[], rows: number, everyRow: boolean): { bars: Bar[]; hidden: number } {
  const names = [...new Set(ordered(bars).map(bar => bar.row))];
  const kept = new Set(everyRow ? names : names.slice(0, rows));
  const order = [...kept];
  const shown = ordered(bars).filter(bar => kept.has(bar.row));
  shown.sort((one, other) => order.indexOf(one.row) - order.indexOf(other.row) || one.from - other.from);
  return { bars: shown, hidden: names.length - kept.size };
}

function earliest(overview: Overview, today: number): number {
  const dates = [
    ...overview.problems.map(problem => problem.start),
    ...overview.visits.map(visit => visit.start),
    ...overview.tests.map(test => test.date),
    ...overview.medicines.map(medicine => medicine.start ?? medicine.ordered),
  ];
  const days = dates.flatMap(date => dayNumber(date) ?? []);
  return days.reduce((least, day) => Math.min(least, day), today - yearDays);
}

export function lifelines(overview: Overview, view: View, t: Text): Lifelines {
  const today = dayNumber(overview.today) ?? 0;
  const from = view.range === "all" ? earliest(overview, today) : today - rangeDays[view.range];
  const shown = (facility: string) => !view.facility || facility === view.facility;
  const context: Context = { overview, t, from, today, shown };
  const problems = limited(problemBars(context), rowsShown.problems, view.everyRow);
  const medicines = limited(medicineBars(context), rowsShown.medicines, view.everyRow);
  const visits = overview.visits
    .filter(visit => shown(visit.facility))
    .flatMap((visit, index) => visitMark(context, visit, index));
  const tests = overview.tests
    .filter(test => shown(test.facility))
    .flatMap((test, index) => testMark(context, test, index));
  const count = (bars: Bar[]) => new Set(bars.map(bar => bar.row)).size;
  return {
    from,
    today,
    counts: [
      count(problems.bars) + problems.hidden,
      visits.length,
      count(medicines.bars) + medicines.hidden,
      tests.length,
    ],
    hiddenRows: problems.hidden + medicines.hidden,
    lanes: [
      { name: t.lifelineProblems, bars: problems.bars },
      { name: t.lifelineVisits, marks: visits },
      { name: t.lifelineMedicines, bars: medicines.bars },
      { name: t.lifelineTests, marks: tests },
    ],
  };
}
