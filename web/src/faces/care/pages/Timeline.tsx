// Everything that happened, newest month first: visits, tests, prescriptions, problems of every facility.
import type { Overview } from "../../../lib/schema";
import { dayOf, slashDate } from "../../../lib/wareki";
import { type Text, useText } from "../../../text";
import { FacilityMark } from "../../../ui/facility";
import { Empty } from "../../../ui/state";
import { When } from "../../../ui/value";
import { visitWord } from "../lifelines";
import { facilityOf } from "../parts/Medicines";

interface Entry {
  date: string;
  kind: string;
  text: string;
  facility: string;
}

// Drugs ordered on one day at one facility are one prescription.
function prescriptions(overview: Overview, t: Text): Entry[] {
  const orders = new Map<string, Entry>();
  for (const medicine of overview.medicines) {
    const date = medicine.ordered ?? medicine.start;
    if (!date) continue;
    const key = `${date.slice(0, 10)} ${medicine.facility}`;
    const known = orders.get(key);
    if (known) known.text += `、${medicine.text}`;
    else
      orders.set(key, { date, kind: t.lifelineMedicines, text: medicine.text, facility: medicine.facility });
  }
  return [...orders.values()];
}

function entries(overview: Overview, t: Text): Entry[] {
  const visits = overview.visits.map(visit => ({
    date: visit.start ?? "",
    kind: visitWord(visit.kind, t),
    text: [visit.department, visit.kind === "inpatient" && visit.end ? `–${slashDate(visit.end)}` : ""]
      .filter(Boolean)
      .join(" "),
    facility: visit.facility,
  }));
  const tests = overview.tests.map(test => ({
    date: test.date ?? "",
    kind: t.labs,
    text: [test.text, test.count && test.kind === "lab" ? t.items(test.count) : ""].filter(Boolean).join(" "),
    facility: test.facility,
  }));
  const problems = overview.problems.map(problem => ({
    date: problem.start ?? "",
    kind: t.lifelineProblems,
    text: problem.suspected ? `${problem.text}(${t.suspected})` : problem.text,
    facility: problem.facility,
  }));
  return [...visits, ...tests, ...problems, ...prescriptions(overview, t)]
    .filter(entry => entry.date)
    .sort((one, other) => other.date.localeCompare(one.date));
}

function byMonth(all: readonly Entry[]): [string, Entry[]][] {
  const months = new Map<string, Entry[]>();
  for (const entry of all)
    months.set(entry.date.slice(0, 7), [...(months.get(entry.date.slice(0, 7)) ?? []), entry]);
  return [...months];
}

export function TimelinePage({ overview }: { overview: Overview }) {
  const t = useText();
  const months = byMonth(entries(overview, t));
  return (
    <section className="card timeline" aria-labelledby="timeline-title">
      <div className="card-head">
        <h2 id="timeline-title">{t.timeline}</h2>
      </div>
      {months.length === 0 && <Empty title={t.lifelineNone} />}
      {months.map(([month, list]) => (
        <div key={month} className="month">
          <h3>{slashDate(month)}</h3>
          <ul>
            {list.map((entry, index) => {
              const facility = facilityOf(overview, entry.facility);
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes order while shown
                <li key={index} className="month-entry">
                  <When date={entry.date} shown={shortDay(entry.date)} />
                  {facility && <FacilityMark facility={facility} />}
                  <span className="month-kind">{entry.kind}</span>
                  <span className="month-text">{entry.text}</span>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </section>
  );
}

function shortDay(date: string): string {
  const day = dayOf(date);
  return day?.month && day.day ? `${day.month}/${day.day}` : slashDate(date);
}
