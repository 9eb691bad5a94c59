// From lanes in days to shapes in pixels: where each bar, chip and mark stands. Pure, so the drawing stays dumb.
import type { Shape } from "../ui/facility";
import { cluster, fitText, packNudged, packRows, textWidth } from "./pack";
import type { Scale } from "./scale";

export interface Bar {
  key: string;
  row?: string | undefined; // bars of one row name share a row (one drug, its doses)
  from: number;
  to: number;
  text: string;
  spoken: string;
  shape: Shape;
  muted?: boolean;
}

export interface Mark {
  key: string;
  at: number;
  to?: number | undefined; // a stay: drawn as long as it lasted
  chip?: string | undefined; // a word instead of a shape
  strong?: boolean | undefined;
  spoken: string;
  shape: Shape;
}

export interface Lane {
  name: string;
  bars?: readonly Bar[];
  marks?: readonly Mark[];
}

export interface Drawn {
  key: string;
  kind: "bar" | "chip" | "mark";
  x: number;
  y: number;
  width: number;
  text: string;
  textX: number;
  textInside: boolean;
  textEnd: boolean;
  spoken: string;
  shape: Shape;
  muted: boolean;
  strong: boolean;
}

export interface DrawnLane {
  name: string;
  top: number;
  height: number;
  items: Drawn[];
}

export const axisHeight = 30;
export const rowHeight = 19;
const markHeight = 20;
const lanePad = 4;
const textSize = 12;
const near = 11; // marks closer than a mark's width
const markRowsMax = 4;
const dotReach = 12; // how far a shape may step aside before it takes another row

export function laneGutter(width: number): number {
  return width < 560 ? 84 : 140;
}

interface Frame {
  left: number;
  right: number;
}

export function drawLanes(lanes: readonly Lane[], scale: Scale, frame: Frame): DrawnLane[] {
  let top = axisHeight;
  return lanes.map(lane => {
    const { items, height } = lane.bars
      ? drawBars(lane.bars, scale, frame, top)
      : drawMarks(lane.marks ?? [], scale, frame, top);
    const drawn = { name: lane.name, top, height, items: [...items].sort((one, other) => one.x - other.x) };
    top += height;
    return drawn;
  });
}

type Placed = Omit<Drawn, "y">;

function placeBar(bar: Bar, scale: Scale, { left, right }: Frame, alone: boolean): Placed {
  const x = Math.max(left, Math.min(scale(bar.from), right - 4));
  const end = Math.max(x + 4, Math.min(scale(bar.to), right));
  const width = end - x;
  const whole = textWidth(bar.text, textSize);
  // Beside another bar of its row a cut label inside is better than none; alone, a whole one outside.
  const inside = width >= whole + 26 || width > (alone ? 150 : 62);
  const textEnd = !inside && end + whole + 26 > right;
  const text = inside ? fitText(bar.text, textSize, width - 24) : bar.text;
  const base = { key: bar.key, kind: "bar" as const, x, width, text, spoken: bar.spoken, shape: bar.shape };
  return {
    ...base,
    textX: textEnd ? x - 15 : end + 15,
    textInside: inside,
    textEnd,
    muted: bar.muted ?? false,
    strong: false,
  };
}

function extentOf(item: Placed): { from: number; to: number } {
  if (item.kind !== "bar" || item.textInside) return { from: item.x, to: item.x + item.width };
  const label = textWidth(item.text, textSize) + 18;
  return item.textEnd
    ? { from: item.x - label, to: item.x + item.width }
    : { from: item.x, to: item.x + item.width + label };
}

const rowOf = (bar: Bar) => bar.row ?? bar.key;

function drawBars(
  bars: readonly Bar[],
  scale: Scale,
  frame: Frame,
  top: number,
): { items: Drawn[]; height: number } {
  const rows = new Map<string, Placed[]>();
  for (const bar of bars) rows.set(rowOf(bar), []);
  const shared = (name: string) => bars.filter(bar => rowOf(bar) === name).length > 1;
  for (const bar of bars) rows.get(rowOf(bar))?.push(placeBar(bar, scale, frame, !shared(rowOf(bar))));
  const groups = [...rows.values()].map(group => dropHiddenText(group));
  const extents = groups
    .map(group => group.map(extentOf))
    .map(all => ({
      from: Math.min(...all.map(one => one.from)),
      to: Math.max(...all.map(one => one.to)),
    }));
  const placed = packRows(extents, 10);
  const count = Math.max(1, ...placed.map(row => row + 1));
  const items = groups.flatMap((group, index) =>
    group.map(item => ({ ...item, y: top + lanePad + (placed[index] ?? 0) * rowHeight + 1 })),
  );
  return { items, height: count * rowHeight + lanePad * 2 - 1 };
}

// Within one row a short bar's outside label would run over its neighbour: the bar alone stays, and says all on focus.
function dropHiddenText(group: Placed[]): Placed[] {
  const sorted = [...group].sort((one, other) => one.x - other.x);
  const kept = sorted.map((item, index) => {
    if (item.textInside) return item;
    const extent = extentOf(item);
    const before = sorted[index - 1];
    const after = sorted[index + 1];
    const free = (!before || before.x + before.width < extent.from) && (!after || after.x > extent.to);
    return free ? item : { ...item, text: "" };
  });
  const [first, ...others] = kept;
  if (!first || kept.some(item => item.text)) return kept;
  // A row never goes without its name: the newest one's stands before the first bar.
  const text = sorted.at(-1)?.text ?? "";
  return [{ ...first, text, textX: first.x - 15, textInside: false, textEnd: true }, ...others];
}

function placeMark(mark: Mark, scale: Scale, { left, right }: Frame): Placed {
  const at = Math.max(left + 6, Math.min(scale(mark.at), right - 8)); // clear of the line of today
  const base = {
    key: mark.key,
    spoken: mark.spoken,
    shape: mark.shape,
    textX: 0,
    textInside: true,
    textEnd: false,
    muted: false,
  };
  if (!mark.chip) return { ...base, kind: "mark", x: at, width: 12, text: "", strong: false };
  const wide = Math.max(
    textWidth(mark.chip, textSize) + 12,
    mark.to === undefined ? 0 : Math.min(scale(mark.to), right) - at,
  );
  const x = Math.max(left + 2, Math.min(mark.to === undefined ? at - wide / 2 : at, right - wide));
  return { ...base, kind: "chip", x, width: wide, text: mark.chip, strong: mark.strong ?? false };
}

function drawMarks(
  marks: readonly Mark[],
  scale: Scale,
  frame: Frame,
  top: number,
): { items: Drawn[]; height: number } {
  const sorted = [...marks].sort((one, other) => one.at - other.at);
  const chips = sorted.filter(mark => mark.chip).map(mark => placeMark(mark, scale, frame));
  const dots = sorted.filter(mark => !mark.chip);
  const clusters = cluster(
    dots.map(mark => ({ at: scale(mark.at), group: mark.shape })),
    near,
  );
  const points = clusters.map(members => {
    const all = members.flatMap(index => dots[index] ?? []);
    const last = placeMark(all.at(-1) as Mark, scale, frame);
    return { ...last, spoken: all.map(mark => mark.spoken).join(" / ") };
  });
  const stays = chips.filter(chip => chip.strong);
  const items = [...stays, ...chips.filter(chip => !chip.strong), ...points];
  const places = packNudged(
    items.map(markExtent),
    items.map(item => (item.strong ? 0 : item.kind === "chip" ? item.width : dotReach)),
    1,
    { from: frame.left, to: frame.right - 2 },
  );
  const count = Math.min(markRowsMax, Math.max(1, ...places.map(place => place.row + 1)));
  return {
    items: items.map((item, index) => ({
      ...item,
      x: item.x + (places[index]?.shift ?? 0),
      y: top + lanePad + Math.min(places[index]?.row ?? 0, markRowsMax - 1) * markHeight,
    })),
    height: count * markHeight + lanePad * 2 - 2,
  };
}

function markExtent(item: Placed): { from: number; to: number } {
  if (item.kind === "chip") return { from: item.x, to: item.x + item.width };
  return { from: item.x - 5.5, to: item.x + 5.5 };
}
