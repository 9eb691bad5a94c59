// 確認すること: facts and their source, no advice. Advice by a program may be a medical device (薬機法).
import { CircleAlert, EyeOff, FlaskConical, type LucideIcon, TriangleAlert, UserRound } from "lucide-react";
import type { ReactNode } from "react";
import type { Overview } from "../../../lib/schema";
import { slashDate } from "../../../lib/wareki";
import { useText } from "../../../text";
import { FacilityMark } from "../../../ui/facility";
import { Empty } from "../../../ui/state";
import { Qty } from "../../../ui/value";
import { farNewest } from "../flowsheet";
import { facilityOf } from "./Medicines";
import { onceEach } from "./Person";

export function checkCount(overview: Overview): number {
  const others = overview.person.otherNames.length > 0 ? 1 : 0;
  const withheld = overview.withheld.length > 0 ? 1 : 0;
  return overview.cautions.length + farNewest(overview).length + others + withheld;
}

function Check({
  tone,
  icon: Icon,
  title,
  children,
}: {
  tone: string;
  icon: LucideIcon;
  title: string;
  children: ReactNode;
}) {
  return (
    <li className={`check check-${tone}`}>
      <h3>
        <Icon size={16} aria-hidden="true" /> {title}
      </h3>
      {children}
    </li>
  );
}

function Source({
  overview,
  facility,
  date,
}: {
  overview: Overview;
  facility: string;
  date?: string | null | undefined;
}) {
  const from = facilityOf(overview, facility);
  if (!from) return null;
  return (
    <p className="check-source">
      <FacilityMark facility={from} size={16} /> {from.name} {date && slashDate(date)}
    </p>
  );
}

export function Checks({ overview }: { overview: Overview }) {
  const t = useText();
  const count = checkCount(overview);
  const { otherNames } = overview.person;
  return (
    <section className="card checks" aria-labelledby="checks-title">
      <div className="card-head">
        <h2 id="checks-title">{t.checkTitle}</h2>
        {count > 0 && <span className="count">{count}</span>}
      </div>
      {count === 0 && <Empty title={t.checkNone} />}
      <ul className="check-list">
        {overview.cautions.map(caution => (
          <Check
            key={caution.reference + caution.text}
            tone={caution.level}
            icon={caution.level === "danger" ? CircleAlert : TriangleAlert}
            title={caution.label}
          >
            <p>
              <b>{caution.text}</b> {caution.detail}
            </p>
            <Source overview={overview} facility={caution.facility} />
          </Check>
        ))}
        {farNewest(overview).map(({ lab, result }) => (
          <Check key={lab.code + lab.text} tone="info" icon={FlaskConical} title={t.checkFar}>
            <p>
              <b>{lab.text}</b> <Qty value={result.value} unit={lab.unit} flag={result.flag} />
            </p>
            <p className="hint">{t.checkFarNote}</p>
            <Source overview={overview} facility={result.facility} date={result.date} />
          </Check>
        ))}
        {otherNames.length > 0 && (
          <Check tone="info" icon={UserRound} title={t.checkNames}>
            <p>{otherNames.join("、")}</p>
          </Check>
        )}
        {overview.withheld.length > 0 && (
          <Check tone="plain" icon={EyeOff} title={t.checkWithheld(onceEach(overview).length)}>
            {onceEach(overview).map(({ facility, reason }) => (
              <p key={facility.id + facility.name}>
                <b>{facility.name}</b> <span className="hint">{reason}</span>
              </p>
            ))}
          </Check>
        )}
      </ul>
    </section>
  );
}
