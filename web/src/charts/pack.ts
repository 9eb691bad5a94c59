// Lifeline packing: which row each bar and mark takes, so that nothing hides anything. Pure; all in pixels.

export interface Extent {
  from: number;
  to: number;
}

// First fit: an extent takes the first row whose last one has ended. Returns each one's row, in the order given;
// the caller sorts, because which bar deserves the top row is a question of meaning.
export function packRows(extents: readonly Extent[], gap: number): number[] {
  const taken: Extent[][] = [];
  return extents.map(extent => {
    let row = taken.findIndex(others =>
      others.every(other => extent.from >= other.to + gap || extent.to + gap <= other.from),
    );
    if (row < 0) row = taken.push([]) - 1;
    taken[row]?.push(extent);
    return row;
  });
}

export interface Nudge {
  row: number;
  shift: number;
}

// First fit where each extent may also step aside a few pixels before it takes another row: at two years a pixel is a
// day, and one calm line reads better than three exact ones (the exact date is in the mark's text).
export function packNudged(
  extents: readonly Extent[],
  reach: readonly number[],
  gap: number,
  frame: Extent,
): Nudge[] {
  const taken: Extent[][] = [];
  const free = (row: Extent[], one: Extent, shift: number) =>
    (shift === 0 || (one.from >= frame.from && one.to <= frame.to)) &&
    row.every(other => one.from >= other.to + gap || one.to + gap <= other.from);
  const moved = (one: Extent, shift: number): Extent => ({ from: one.from + shift, to: one.to + shift });
  return extents.map((extent, index) => {
    for (let row = 0; ; row++) {
      taken[row] ??= [];
      const line = taken[row] as Extent[];
      for (let step = 0; step <= (reach[index] ?? 0); step += 1) {
        const shift = [0 - step, step].find(one => free(line, moved(extent, one), one));
        if (shift === undefined) continue;
        line.push(moved(extent, shift));
        return { row, shift };
      }
    }
  });
}

export interface Dot {
  at: number;
  group: string; // marks of one group may stand for one another
}

// Dots of one group closer than `near` pixels become one, at the last one's place (the newest is what matters).
// Expects dots sorted by place; returns the indexes each cluster holds.
export function cluster(dots: readonly Dot[], near: number): number[][] {
  const open = new Map<string, number[]>();
  const clusters: number[][] = [];
  dots.forEach((dot, index) => {
    const members = open.get(dot.group);
    const first = members && dots[members[0] ?? 0];
    if (members && first && dot.at - first.at < near) {
      members.push(index);
      return;
    }
    const fresh = [index];
    open.set(dot.group, fresh);
    clusters.push(fresh);
  });
  return clusters;
}

// About how wide a line of BIZ UDPGothic is: kana and kanji a full em, the rest a little over half. Measured within
// 6 % on the demo region's drug names; only decides whether a label fits, the drawn text is clipped anyway.
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const letter of text) ems += (letter.codePointAt(0) ?? 0) > 0x2e7f ? 0.98 : 0.62;
  return ems * size;
}

// The text cut to a width, with … when something is missing.
export function fitText(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  let shown = "";
  for (const letter of text) {
    if (textWidth(`${shown}${letter}…`, size) > width) break;
    shown += letter;
  }
  return shown ? `${shown}…` : "";
}
