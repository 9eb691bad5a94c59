import { EyeOff, FlaskConical, Hospital, Pill, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { hiragana } from "../../lib/kana";
import type { Lab, Overview } from "../../lib/schema";
import { displayRange, displayUnit, displayValue, type FlagLevel, flagLevel } from "../../lib/units";
import { patientDate } from "../../lib/wareki";
import { type Text, useText } from "../../text";
import { Name } from "../../ui/value";

const newestShown = 8;

export function Record({ overview }: { overview: Overview }) {
  const t = useText();
  const { person, facilities, withheld } = overview;
  return (
    <>
      <h1 className="me-hello">
        <Name name={person.name} kana={hiragana(person.kana)} /> <small>{t.meHello("").trim()}</small>
      </h1>
      <p className="me-today">{patientDate(overview.today)}</p>
      <p>{t.meLead(facilities.length, facilities.length)}</p>
      <Cautions overview={overview} />
      <Medicines overview={overview} />
      <Labs overview={overview} />
      <Section icon={<Hospital size={22} aria-hidden="true" />} title={t.mePlaces}>
        <ul className="me-list">
          {facilities.map(facility => (
            <li key={facility.id}>{facility.name}</li>
          ))}
        </ul>
      </Section>
      {withheld.length > 0 && (
        <Section icon={<EyeOff size={22} aria-hidden="true" />} title={t.meWithheld}>
          <ul className="me-list">
            {withheld.map(({ facility, reason }) => (
              <li key={facility.id + facility.name}>
                {facility.name} <span className="hint">{reason}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <p className="me-note">{t.meNote}</p>
    </>
  );
}

function Section({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className="card me-card" aria-label={title}>
      <h2>
        {icon} {title}
      </h2>
      {children}
    </section>
  );
}

function Cautions({ overview }: { overview: Overview }) {
  const t = useText();
  if (overview.cautions.length === 0) return null;
  return (
    <Section icon={<TriangleAlert size={22} aria-hidden="true" />} title={t.meAllergies}>
      <ul className="me-list">
        {overview.cautions.map(caution => (
          <li key={caution.reference + caution.text}>
            <b>{caution.text}</b> <span className="hint">{caution.detail}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Medicines({ overview }: { overview: Overview }) {
  const t = useText();
  const seen = new Set<string>();
  const current = overview.medicines.filter(
    ({ text, active }) => active && !seen.has(text) && seen.add(text),
  );
  return (
    <Section icon={<Pill size={22} aria-hidden="true" />} title={t.meMedicines}>
      {current.length === 0 && <p>{t.meMedicinesNone}</p>}
      <ul className="me-list">
        {current.map(medicine => (
          <li key={medicine.text}>
            <b>{medicine.text}</b>
            <p>
              <span className="nowrap">{medicine.usage}</span> <span className="nowrap">{medicine.dose}</span>
            </p>
            {typeof medicine.daysLeft === "number" && medicine.daysLeft > 0 && (
              <p className="hint">{t.meDaysLeft(medicine.daysLeft)}</p>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}

// The verdict is the laboratory's flag in plain words; without a flag and without a range nothing is judged.
function verdict(lab: Lab, t: Text): { level: FlagLevel; word: string } {
  const level = flagLevel(lab.results.at(-1)?.flag);
  const words: { [level in FlagLevel]: string } = {
    high: t.meHigh,
    low: t.meLow,
    abnormal: t.meCheck,
    none: displayRange(lab.range) ? t.meInRange : "",
  };
  return { level, word: words[level] };
}

function Labs({ overview }: { overview: Overview }) {
  const t = useText();
  const labs = overview.labs.filter(lab => lab.results.length > 0);
  const rest = labs.slice(newestShown);
  return (
    <Section icon={<FlaskConical size={22} aria-hidden="true" />} title={t.meLabs}>
      {labs.length === 0 && <p>{t.meLabsNone}</p>}
      <LabList overview={overview} labs={labs.slice(0, newestShown)} />
      {rest.length > 0 && (
        <details>
          <summary>{t.meEarlier(rest.length)}</summary>
          <LabList overview={overview} labs={rest} />
        </details>
      )}
    </Section>
  );
}

function LabList({ overview, labs }: { overview: Overview; labs: readonly Lab[] }) {
  const t = useText();
  return (
    <ul className="me-list">
      {labs.map(lab => {
        const newest = lab.results.at(-1);
        const { level, word } = verdict(lab, t);
        const place = overview.facilities.find(facility => facility.id === newest?.facility)?.name ?? "";
        const range = displayRange(lab.range, "〜");
        return (
          <li key={lab.code + lab.text} className="me-lab">
            <b>{lab.text}</b>
            <span className="qty me-value">
              {displayValue(newest?.value ?? "")}
              <span className="qty-unit"> {displayUnit(lab.unit)}</span>
            </span>
            <span className="hint-2">{range && t.meRange(range)}</span>
            {word && (
              <span className={level === "none" ? "me-verdict me-verdict-in" : "me-verdict"}>{word}</span>
            )}
            <p className="hint">
              <span className="nowrap">{patientDate(newest?.date ?? "")}</span>{" "}
              <span className="nowrap">{place}</span>
            </p>
          </li>
        );
      })}
    </ul>
  );
}
