// Small parts that show one fact: a quantity, a name, a moment. Digits are the source's own.
import { displayUnit, displayValue, farOutside, flagLevel } from "../lib/units";
import { slashDate } from "../lib/wareki";
import { useText } from "../text";

// One element, never broken over lines: "6.8" split into "6." and "8" is a different number.
export function Qty({ value, unit = "", flag = "" }: { value: string; unit?: string; flag?: string }) {
  const t = useText();
  const level = flagLevel(flag);
  const words = { high: t.flagHigh, low: t.flagLow, abnormal: t.flagAbnormal, none: "" }[level];
  return (
    <span className={`qty qty-${level}${farOutside(flag) ? " qty-far" : ""}`}>
      <span className="qty-value">{displayValue(value)}</span>
      {unit && <span className="qty-unit"> {displayUnit(unit)}</span>}
      {level !== "none" && (
        <abbr className="qty-flag" title={words}>
          {flag}
        </abbr>
      )}
    </span>
  );
}

export function Name({ name, kana }: { name: string; kana?: string }) {
  if (!kana) return <span className="name">{name}</span>;
  return (
    <ruby className="name">
      {name}
      <rt>{kana}</rt>
    </ruby>
  );
}

export function When({ date, shown }: { date: string | null | undefined; shown?: string }) {
  const t = useText();
  if (!date) return <span className="hint">{t.unknown}</span>;
  return (
    <time className="when" dateTime={date}>
      {shown ?? slashDate(date)}
    </time>
  );
}

export function sexWord(sex: string, t: ReturnType<typeof useText>): string {
  if (sex === "female") return t.female;
  if (sex === "male") return t.male;
  return sex === "other" ? t.other : t.sexUnknown;
}
