// Who is being read, always in sight: the banner, the rail, and what of the record is not shown.
import {
  CircleAlert,
  EyeOff,
  FileClock,
  FlaskConical,
  LayoutDashboard,
  type LucideIcon,
  Pill,
  ShieldAlert,
  ShieldCheck,
  TriangleAlert,
} from "lucide-react";
import { Link, useLocation } from "wouter";
import type { Caution, Me, Overview } from "../../../lib/schema";
import { ageOn, birthDate, slashDate } from "../../../lib/wareki";
import { type Text, useText } from "../../../text";
import { Name, sexWord } from "../../../ui/value";
import { tabHue } from "../open";

const warningsShown = 3; // 禁忌 are never folded; cautions beyond these are in 確認すること

export function Banner({ id, overview, me }: { id: string; overview: Overview; me: Me }) {
  const t = useText();
  const { person, today, cautions } = overview;
  const age = ageOn(person.birthDate, today);
  const number = person.identifiers.find(one => one.facility === me.facility?.id) ?? person.identifiers[0];
  const dangers = cautions.filter(caution => caution.level === "danger");
  const warnings = cautions.filter(caution => caution.level !== "danger");
  return (
    <section className={`banner hue-${tabHue(id)}`} aria-label={person.name} data-testid="banner">
      <h1 className="banner-name">
        <Name name={person.name} kana={person.kana} />
      </h1>
      <dl className="banner-facts">
        <div>
          <dt>{t.columnBirth}</dt>
          <dd className="nowrap">
            {birthDate(person.birthDate)} {age !== undefined && <b>{t.age(age)}</b>}
          </dd>
        </div>
        <div>
          <dt>{t.columnSex}</dt>
          <dd>{sexWord(person.sex, t)}</dd>
        </div>
        {number && (
          <div>
            <dt>{t.ownNumber}</dt>
            <dd className="nowrap">{number.value}</dd>
          </div>
        )}
      </dl>
      <ul className="banner-cautions" aria-label={t.checkTitle}>
        {dangers.map(caution => (
          <Warning key={caution.reference + caution.text} caution={caution} />
        ))}
        {warnings.slice(0, warningsShown).map(caution => (
          <Warning key={caution.reference + caution.text} caution={caution} />
        ))}
        {warnings.length > warningsShown && (
          <li className="caution-more">{t.more(warnings.length - warningsShown)}</li>
        )}
      </ul>
      <Consent overview={overview} />
    </section>
  );
}

function Warning({ caution }: { caution: Caution }) {
  const Icon = caution.level === "danger" ? CircleAlert : TriangleAlert;
  return (
    <li className={`caution caution-${caution.level}`}>
      <Icon size={17} aria-hidden="true" />
      {caution.label && <b className="caution-label">{caution.label}</b>}
      <span>
        {caution.text}
        {caution.detail && ` — ${caution.detail}`}
      </span>
    </li>
  );
}

function Consent({ overview }: { overview: Overview }) {
  const t = useText();
  const { consent } = overview;
  if (!consent) return null;
  const agreed = consent.state === "agreed";
  const Icon = agreed ? ShieldCheck : ShieldAlert;
  const since = consent.since ? t.consentSince(slashDate(consent.since)) : undefined;
  return (
    <p className={agreed ? "consent" : "consent consent-own"} title={since}>
      <Icon size={17} aria-hidden="true" /> {agreed ? t.consentAgreed(consent.facilities) : t.consentOwn}
    </p>
  );
}

export interface RailEntry {
  path: string; // below /care/p/:id
  key: string;
  word: (t: Text) => string;
  icon: LucideIcon;
}

export const railEntries: readonly RailEntry[] = [
  { path: "", key: "1", word: t => t.overview, icon: LayoutDashboard },
  { path: "/timeline", key: "2", word: t => t.timeline, icon: FileClock },
  { path: "/labs", key: "3", word: t => t.labs, icon: FlaskConical },
  { path: "/meds", key: "4", word: t => t.medicines, icon: Pill },
];

export function Rail({ id }: { id: string }) {
  const t = useText();
  const [path] = useLocation();
  const base = `/care/p/${id}`;
  return (
    <nav className="rail" aria-label={t.rail}>
      {railEntries.map(entry => {
        const here = entry.path === "" ? path === base : path.startsWith(base + entry.path);
        return (
          <Link
            key={entry.key}
            href={base + entry.path}
            className={here ? "rail-link rail-here" : "rail-link"}
            aria-current={here ? "page" : undefined}
            aria-keyshortcuts={entry.key}
          >
            <entry.icon size={21} aria-hidden="true" />
            <span>{entry.word(t)}</span>
            <kbd aria-hidden="true">{entry.key}</kbd>
          </Link>
        );
      })}
    </nav>
  );
}

// A facility may hold two records of one person.
export function onceEach({ withheld }: Overview): Overview["withheld"] {
  const ids = withheld.map(({ facility }) => facility.id || facility.name);
  return withheld.filter(({ facility }, index) => ids.indexOf(facility.id || facility.name) === index);
}

// Absence must never be read as "none": each facility not shown is named with its reason.
export function WithheldStrip({ overview }: { overview: Overview }) {
  const t = useText();
  if (overview.withheld.length === 0) return null;
  return (
    <section className="withheld" aria-label={t.withheldLead}>
      <EyeOff size={18} aria-hidden="true" />
      <p>
        <b>{t.withheldLead}</b>
        {onceEach(overview).map(({ facility, reason }) => (
          <span key={facility.id + facility.name} className="withheld-item">
            <b className="withheld-name">{facility.name}</b> {reason}
          </span>
        ))}
        <span className="withheld-note">{t.withheldNote}</span>
      </p>
    </section>
  );
}
