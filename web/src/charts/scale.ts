// Linear scales and round axis numbers. Dates are day numbers (lib/wareki.ts), so no time zone enters a chart.
import { dateOfNumber, dayNumber, dayOf } from "../lib/wareki";

export type Scale = (value: number) => number;

export function linear(from: number, to: number, low: number, high: number): Scale {
  const span = to - from || 1;
  return value => low + ((value - from) / span) * (high - low);
}

// Round values at 1, 2 or 5 times a power of ten, at most `count` of them, within [low, high].
export function roundTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low || 1) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find(factor => factor * power >= raw) ?? 10) * power;
  const ticks: number[] = [];
  for (let index = Math.ceil(low / step); index * step <= high + step / 1e6; index++) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

export interface DateTick {
  at: number;
  year: number;
  month: number;
}

const monthSteps = [1, 3, 6, 12, 24, 60, 120, 240];

// Firsts of months, far enough apart for their labels: every month, quarter, half-year, year, ...
export interface Apart {
  month: number; // pixels a month's label needs
  year: number;
}

export function dateTicks(from: number, to: number, width: number, apart: Apart): DateTick[] {
  const months = (to - from) / 30.44;
  const step = monthSteps.find(one => (width * one) / months >= (one < 12 ? apart.month : apart.year)) ?? 240;
  const start = dayOf(dateOfNumber(from));
  if (!start) return [];
  const ticks: DateTick[] = [];
  const first = Math.floor((start.year * 12 + (start.month ?? 1) - 1) / step) * step;
  for (let count = first; ; count += step) {
    const year = Math.floor(count / 12);
    const month = (count % 12) + 1;
    const at = dayNumber(`${year}-${String(month).padStart(2, "0")}-01`) ?? to;
    if (at > to) return ticks;
    if (at >= from) ticks.push({ at, year, month });
  }
}
