// A facility is shape + first kana + colour, never colour alone; the name is always its accessible name.
import type { Facility } from "../lib/schema";

export type Shape = Facility["shape"];

const outlines: Record<Shape, string> = {
  circle: "M10 1a9 9 0 1 0 0 18 9 9 0 1 0 0-18z",
  square:
    "M3 1.5h14a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H3A1.5 1.5 0 0 1 1.5 17V3A1.5 1.5 0 0 1 3 1.5z",
  triangle: "M10 .8 19.6 18.6H.4z",
  diamond: "M10 .2 19.8 10 10 19.8.2 10z",
};

export function shapePath(shape: Shape): string {
  return outlines[shape];
}

export function FacilityMark({ facility, size = 18 }: { facility: Facility; size?: number }) {
  const baseline = facility.shape === "triangle" ? 16.4 : 13.8;
  const glyph = facility.shape === "triangle" || facility.shape === "diamond" ? 8.6 : 10.5;
  return (
    <svg
      className="mark"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      role="img"
      aria-label={facility.name}
    >
      <title>{facility.name}</title>
      <path className={`mark-${facility.shape}`} d={outlines[facility.shape]} />
      <text className="mark-kana" x="10" y={baseline} fontSize={glyph} textAnchor="middle">
        {facility.mark || facility.name.slice(0, 1)}
      </text>
    </svg>
  );
}

// The bare shape, for legends and drawn marks.
export function Shape({ shape, size = 11 }: { shape: Shape; size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 20 20" aria-hidden="true">
      <path className={`mark-${shape}`} d={outlines[shape]} />
    </svg>
  );
}
