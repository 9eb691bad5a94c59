// A sparkline: only ever beside the numbers it draws, so it is hidden from readers of the page's text.
import { plotNumber } from "../lib/units";
import { dayNumber } from "../lib/wareki";
import { linear } from "./scale";

export interface Reading {
  date?: string | null | undefined;
  value: string;
}

export interface Band {
  low?: string | undefined;
  high?: string | undefined;
}

const width = 84;
const height = 22;

function points(readings: readonly Reading[]): [number, number][] {
  return readings.flatMap(({ date, value }): [number, number][] => {
    const day = dayNumber(date);
    const number = plotNumber(value);
    return day === undefined || number === undefined ? [] : [[day, number]];
  });
}

export function bandNumbers(band: Band | null | undefined): {
  low: number | undefined;
  high: number | undefined;
} {
  return {
    low: band?.low ? plotNumber(band.low) : undefined,
    high: band?.high ? plotNumber(band.high) : undefined,
  };
}

export function Spark({ readings, band }: { readings: readonly Reading[]; band?: Band | null | undefined }) {
  const drawn = points(readings);
  const last = drawn.at(-1);
  const first = drawn[0];
  if (!first || !last) return null;
  const values = drawn.map(([, value]) => value);
  const { low, high } = bandNumbers(band);
  const bottom = Math.min(...values, ...(high !== undefined ? [high] : []));
  const top = Math.max(...values, ...(low !== undefined ? [low] : []));
  const room = (top - bottom || Math.abs(top) || 1) * 0.12;
  const x = linear(first[0], last[0], 3, width - 5);
  const y = linear(bottom - room, top + room, height - 2, 2);
  const clip = (value: number) => Math.max(1, Math.min(height - 1, value));
  const bandTop = clip(high === undefined ? 1 : y(high));
  const bandBottom = clip(low === undefined ? height - 1 : y(low));
  const line = drawn.map(([day, value]) => `${x(day).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  return (
    <svg className="spark" width={width} height={height} aria-hidden="true">
      {(low !== undefined || high !== undefined) && bandBottom > bandTop && (
        <rect className="chart-band" x="0" y={bandTop} width={width} height={bandBottom - bandTop} />
      )}
      {drawn.length > 1 && <polyline className="chart-line" points={line} />}
      <circle className="chart-dot" cx={drawn.length > 1 ? x(last[0]) : width - 5} cy={y(last[1])} r="2.6" />
    </svg>
  );
}
