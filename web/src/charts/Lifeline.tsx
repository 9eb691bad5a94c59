// Lanes of bars and marks on one time axis: a person's course across facilities at a glance, without zooming.
//
// Reading without eyes: the group is named by a summary, arrow keys walk the marks (one tab stop) with their spoken
// text, and the caller shows the same facts as a table.
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { shortEra } from "../lib/wareki";
import { type Shape, shapePath } from "../ui/facility";
import { axisHeight, type Drawn, type DrawnLane, drawLanes, type Lane, laneGutter, rowHeight } from "./lanes";
import { textWidth } from "./pack";
import { type DateTick, dateTicks, linear } from "./scale";
import { useWidth } from "./width";

interface Props {
  lanes: readonly Lane[];
  from: number; // day numbers
  today: number;
  todayLabel: string;
  label: string;
  language: "ja" | "en";
}

const rightRoom = 22;

export function Lifeline({ lanes, from, today, todayLabel, label, language }: Props) {
  const [box, width] = useWidth<HTMLDivElement>();
  const [current, setCurrent] = useState<string | undefined>();
  const [pointed, setPointed] = useState<string | undefined>();
  const gutter = laneGutter(width);
  const right = Math.max(gutter + 40, width - rightRoom);
  const scale = useMemo(() => linear(from, today, gutter, right), [from, today, gutter, right]);
  const drawn = useMemo(
    () => drawLanes(lanes, scale, { left: gutter, right }),
    [lanes, scale, gutter, right],
  );
  const height = axisHeight + drawn.reduce((sum, lane) => sum + lane.height, 0);
  const items = drawn.flatMap(lane => lane.items);
  const focusable = items.find(item => item.key === current) ?? items.at(-1);
  const told = items.find(item => item.key === (pointed ?? current));
  const ticks = dateTicks(from, today, right - gutter, { month: 76, year: language === "ja" ? 118 : 60 });

  const walk = (event: KeyboardEvent<SVGSVGElement>) => {
    const next = step(drawn, focusable?.key, event.key);
    if (!next) return;
    event.preventDefault();
    setCurrent(next.key);
    event.currentTarget.querySelector<SVGGElement>(`[data-key="${CSS.escape(next.key)}"]`)?.focus();
  };

  return (
    <div className="lifeline" ref={box}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="group"
          aria-label={label}
          onKeyDown={walk}
          onBlur={() => setCurrent(undefined)}
        >
          <Grid ticks={ticks} scale={scale} height={height} todayAt={right} language={language} />
          {drawn.map((lane, index) => (
            <LaneGround key={lane.name} lane={lane} even={index % 2 === 1} width={width} />
          ))}
          <GridLines ticks={ticks} scale={scale} height={height} />
          {drawn.flatMap(lane =>
            lane.items.map(item => (
              <g
                key={item.key}
                data-key={item.key}
                className="life-item"
                role="img"
                aria-label={item.spoken}
                tabIndex={item === focusable ? 0 : -1}
                onFocus={() => setCurrent(item.key)}
                onPointerEnter={() => setPointed(item.key)}
                onPointerLeave={() => setPointed(undefined)}
              >
                <Item item={item} />
              </g>
            )),
          )}
          <Today at={right} height={height} label={todayLabel} />
        </svg>
      )}
      {told && <Tip item={told} width={width} />}
    </div>
  );
}

function step(lanes: readonly DrawnLane[], from: string | undefined, key: string): Drawn | undefined {
  const laneIndex = lanes.findIndex(lane => lane.items.some(item => item.key === from));
  const lane = lanes[laneIndex];
  if (!lane) return undefined;
  const at = lane.items.findIndex(item => item.key === from);
  const here = lane.items[at];
  if (key === "ArrowRight") return lane.items[at + 1];
  if (key === "ArrowLeft") return lane.items[at - 1];
  if (key === "Home") return lane.items[0];
  if (key === "End") return lane.items.at(-1);
  if (key !== "ArrowUp" && key !== "ArrowDown") return undefined;
  const order = key === "ArrowUp" ? lanes.slice(0, laneIndex).reverse() : lanes.slice(laneIndex + 1);
  const other = order.find(candidate => candidate.items.length > 0);
  return other?.items.reduce((best, item) =>
    Math.abs(item.x - (here?.x ?? 0)) < Math.abs(best.x - (here?.x ?? 0)) ? item : best,
  );
}

function yearLabel(tick: DateTick, language: "ja" | "en"): string {
  if (language === "en") return String(tick.year);
  return `${tick.year}(${shortEra(`${tick.year}-12-31`)})年`;
}

interface GridProps {
  ticks: readonly DateTick[];
  scale: (day: number) => number;
  height: number;
}

interface AxisLabel {
  at: number;
  x: number;
  year: boolean;
  text: string;
}

// Years first; a month's label gives way to a year's beside it, and everything to 今日.
function axisLabels(
  ticks: readonly DateTick[],
  scale: (day: number) => number,
  end: number,
  language: "ja" | "en",
): AxisLabel[] {
  const labels = ticks.map(tick => {
    const year = tick.month === 1;
    const month = language === "ja" ? `${tick.month}月` : `${tick.month}/`;
    return {
      at: tick.at,
      x: scale(tick.at) + (year ? 4 : 2),
      year,
      text: year ? yearLabel(tick, language) : month,
    };
  });
  const endOf = (label: AxisLabel) => label.x + textWidth(label.text, label.year ? 14.5 : 13);
  const years = labels.filter(label => label.year);
  return labels.filter(
    label =>
      endOf(label) < end &&
      (label.year || !years.some(year => label.x < endOf(year) + 4 && endOf(label) > year.x - 4)),
  );
}

function Grid({ ticks, scale, todayAt, language }: GridProps & { todayAt: number; language: "ja" | "en" }) {
  return (
    <g aria-hidden="true">
      {axisLabels(ticks, scale, todayAt - 24, language).map(label => (
        <text key={label.at} className={label.year ? "life-year" : "life-month"} x={label.x} y={18}>
          {label.text}
        </text>
      ))}
    </g>
  );
}

function GridLines({ ticks, scale, height }: GridProps) {
  return (
    <g aria-hidden="true">
      {ticks.map(tick => (
        <line
          key={tick.at}
          className={tick.month === 1 ? "life-grid life-grid-year" : "life-grid"}
          x1={scale(tick.at)}
          x2={scale(tick.at)}
          y1={tick.month === 1 ? 6 : axisHeight}
          y2={height}
        />
      ))}
    </g>
  );
}

function LaneGround({ lane, even, width }: { lane: DrawnLane; even: boolean; width: number }) {
  return (
    <g aria-hidden="true">
      <rect
        className={even ? "life-lane" : "life-lane life-lane-odd"}
        x="0"
        y={lane.top}
        width={width}
        height={lane.height}
      />
      <text className="life-lane-name" x="14" y={lane.top + 18}>
        {lane.name}
      </text>
    </g>
  );
}

function Today({ at, height, label }: { at: number; height: number; label: string }) {
  const wide = textWidth(label, 12) + 14;
  const x = Math.min(at - wide / 2, at + rightRoom - wide - 1);
  return (
    <g aria-hidden="true">
      <line className="life-today" x1={at} x2={at} y1={22} y2={height} />
      <rect className="life-today-pill" x={x} y="3" width={wide} height="19" rx="9.5" />
      <text className="life-today-text" x={x + wide / 2} y="17" textAnchor="middle">
        {label}
      </text>
    </g>
  );
}

function Item({ item }: { item: Drawn }) {
  const clip = useId();
  const y = item.y;
  if (item.kind === "bar") {
    const bar = rowHeight - 3;
    return (
      <>
        <clipPath id={clip}>
          <rect x={item.x} y={y} width={Math.max(2, item.width)} height={bar} />
        </clipPath>
        <rect
          className={item.muted ? "life-bar life-bar-muted" : "life-bar"}
          x={item.x}
          y={y + 0.5}
          width={Math.max(3, item.width)}
          height={bar - 1}
          rx="2.5"
        />
        <rect className={`mark-${item.shape}`} x={item.x} y={y} width="4" height={bar} rx="1.5" />
        <ShapeAt
          shape={item.shape}
          x={item.textInside ? item.x + 12 : item.textEnd ? item.textX + 8 : item.textX - 7}
          y={y + bar / 2}
          size={9}
          hidden={!item.text}
        />
        <text
          className={item.muted ? "life-text life-text-muted" : "life-text"}
          x={item.textInside ? item.x + 20 : item.textX}
          y={y + 12.5}
          textAnchor={item.textEnd ? "end" : "start"}
          clipPath={item.textInside ? `url(#${clip})` : undefined}
        >
          {item.text}
        </text>
      </>
    );
  }
  if (item.kind === "chip") {
    return (
      <>
        <rect
          className={`life-chip chip-${item.shape}${item.strong ? " life-chip-strong" : ""}`}
          x={item.x}
          y={y}
          width={item.width}
          height={18}
          rx="4.5"
        />
        <text
          className={`life-chip-text text-${item.shape}${item.strong ? " life-chip-text-strong" : ""}`}
          x={item.x + item.width / 2}
          y={y + 13.4}
          textAnchor="middle"
        >
          {item.text}
        </text>
      </>
    );
  }
  return <ShapeAt shape={item.shape} x={item.x} y={y + 9} size={12} />;
}

function ShapeAt({
  shape,
  x,
  y,
  size,
  hidden = false,
}: {
  shape: Shape;
  x: number;
  y: number;
  size: number;
  hidden?: boolean;
}) {
  if (hidden) return null;
  const scale = size / 20;
  return (
    <path
      className={`mark-${shape}`}
      d={shapePath(shape)}
      transform={`translate(${x - size / 2} ${y - size / 2}) scale(${scale})`}
    />
  );
}

function Tip({ item, width }: { item: Drawn; width: number }) {
  const at = Math.max(8, Math.min(item.x, width - 260));
  return (
    <div className="life-tip" aria-hidden="true" style={{ left: at, top: item.y + rowHeight + 6 }}>
      {item.spoken}
    </div>
  );
}
