// One item's course: reference band behind, line and points, the last value labelled. Arrow keys walk the points;
// the caller shows the same numbers as a table beside it.
import { type KeyboardEvent, useState } from "react";
import { displayValue, plotNumber } from "../lib/units";
import { dayNumber, shortEra } from "../lib/wareki";
import { type Shape, shapePath } from "../ui/facility";
import { textWidth } from "./pack";
import { type Band, bandNumbers } from "./Spark";
import { dateTicks, linear, roundTicks } from "./scale";
import { useWidth } from "./width";

export interface ChartPoint {
  date: string | null | undefined;
  value: string;
  spoken: string; // "2026/11/18 6.8 % H みなと総合病院"
  shape: Shape;
  series: string; // another facility is another method: its own line
}

interface Props {
  points: readonly ChartPoint[];
  band: Band | null | undefined;
  bandLabel: string;
  label: string;
  none: string;
}

interface Drawn extends ChartPoint {
  day: number;
  number: number;
}

const height = 236;
const margin = { top: 18, right: 60, bottom: 28 };

export function drawable(points: readonly ChartPoint[]): Drawn[] {
  return points.flatMap(point => {
    const day = dayNumber(point.date);
    const number = plotNumber(point.value);
    return day === undefined || number === undefined ? [] : [{ ...point, day, number }];
  });
}

function seriesOf(points: readonly Drawn[]): Drawn[][] {
  const bySeries = new Map<string, Drawn[]>();
  for (const point of points) bySeries.set(point.series, [...(bySeries.get(point.series) ?? []), point]);
  return [...bySeries.values()];
}

export function BandChart({ points, band, bandLabel, label, none }: Props) {
  const [box, width] = useWidth<HTMLDivElement>();
  const drawn = drawable(points);
  const [current, setCurrent] = useState<number | undefined>();
  if (drawn.length === 0) return <p className="hint">{none}</p>;
  const { low, high } = bandNumbers(band);
  const all = [...drawn.map(point => point.number), ...[low, high].filter(value => value !== undefined)];
  const room = (Math.max(...all) - Math.min(...all) || Math.abs(all[0] ?? 1) || 1) * 0.1;
  const [bottom, top] = [Math.min(...all) - room, Math.max(...all) + room];
  const values = roundTicks(bottom, top, 4);
  const left = Math.max(...values.map(value => textWidth(displayValue(String(value)), 12))) + 14;
  const days = drawn.map(point => point.day);
  const x = linear(Math.min(...days), Math.max(...days), left + 8, Math.max(left + 9, width - margin.right));
  const y = linear(bottom, top, height - margin.bottom, margin.top);
  const last = drawn.at(-1) as Drawn;
  const shown = current === undefined ? undefined : drawn[current];

  const walk = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -drawn.length, End: drawn.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setCurrent(Math.max(0, Math.min(drawn.length - 1, (current ?? drawn.length - 1) + step)));
  };

  return (
    <div className="band-chart" ref={box}>
      {width > 0 && (
        <div
          role="group"
          aria-label={label}
          tabIndex={0}
          className="chart-keys"
          onKeyDown={walk}
          onBlur={() => setCurrent(undefined)}
        >
          <svg width={width} height={height} aria-hidden="true">
            {(low !== undefined || high !== undefined) && (
              <Background
                left={left}
                right={width - margin.right + 12}
                from={y(low ?? bottom)}
                to={y(high ?? top)}
                label={bandLabel}
              />
            )}
            {values.map(value => (
              <g key={value}>
                <line
                  className="chart-grid"
                  x1={left}
                  x2={width - margin.right + 12}
                  y1={y(value)}
                  y2={y(value)}
                />
                <text className="chart-axis" x={left - 6} y={y(value) + 4} textAnchor="end">
                  {displayValue(String(value))}
                </text>
              </g>
            ))}
            {dateTicks(Math.min(...days), Math.max(...days), width - margin.right - left, {
              month: 84,
              year: 100,
            }).map(tick => (
              <text key={tick.at} className="chart-axis" x={x(tick.at)} y={height - 8} textAnchor="middle">
                {tick.month === 1
                  ? `${tick.year}(${shortEra(`${tick.year}-12-31`)})`
                  : `${tick.year}/${tick.month}`}
              </text>
            ))}
            {seriesOf(drawn).map(series => (
              <polyline
                key={series[0]?.series}
                className="chart-line"
                points={series
                  .map(point => `${x(point.day).toFixed(1)},${y(point.number).toFixed(1)}`)
                  .join(" ")}
              />
            ))}
            {drawn.map((point, index) => (
              <path
                key={point.spoken}
                className={`chart-point mark-${point.shape}${index === current ? " chart-dot-current" : ""}`}
                d={shapePath(point.shape)}
                transform={shapeAt(
                  x(point.day),
                  y(point.number),
                  index === current || point === last ? 13 : 9,
                )}
              >
                <title>{point.spoken}</title>
              </path>
            ))}
            <text className="chart-last" x={x(last.day) + 9} y={y(last.number) + 5}>
              {displayValue(last.value)}
            </text>
          </svg>
          <p className="chart-said" role="status">
            {shown?.spoken ?? ""}
          </p>
        </div>
      )}
    </div>
  );
}

// A 20-unit shape, centred and sized.
function shapeAt(x: number, y: number, size: number): string {
  return `translate(${(x - size / 2).toFixed(1)} ${(y - size / 2).toFixed(1)}) scale(${size / 20})`;
}

function Background({
  left,
  right,
  from,
  to,
  label,
}: {
  left: number;
  right: number;
  from: number;
  to: number;
  label: string;
}) {
  return (
    <g>
      <rect className="chart-band" x={left} y={to} width={right - left} height={Math.max(0, from - to)} />
      <text className="chart-band-label" x={left + 6} y={Math.min(from - 6, height - margin.bottom - 6)}>
        {label}
      </text>
    </g>
  );
}
