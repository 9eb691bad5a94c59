// The card of lifelines: range and facility to choose, the drawing, its legend, its table.
import { useMemo, useState } from "react";
import { Lifeline } from "../../../charts/Lifeline";
import type { Facility, Overview } from "../../../lib/schema";
import { language, useText } from "../../../text";
import { Shape } from "../../../ui/facility";
import { type Lifelines, lifelines, type RangeName, type View } from "../lifelines";

const ranges: readonly RangeName[] = ["6m", "2y", "5y", "all"];

export function LifelineCard({ overview }: { overview: Overview }) {
  const t = useText();
  const [view, setView] = useState<View>({ range: "2y", facility: "", everyRow: false });
  const drawn = useMemo(() => lifelines(overview, view, t), [overview, view, t]);
  const words: Record<RangeName, string> = {
    "6m": t.range6m,
    "2y": t.range2y,
    "5y": t.range5y,
    all: t.rangeAll,
  };
  const none = drawn.counts.every(count => count === 0);
  return (
    <section className="card lifelines" aria-labelledby="lifelines-title">
      <div className="card-head">
        <h2 id="lifelines-title">{t.lifelineTitle}</h2>
        <fieldset className="segments">
          <legend className="unseen">{t.lifelineRange}</legend>
          {ranges.map(range => (
            <label key={range} className="segment">
              <input
                type="radio"
                name="range"
                checked={view.range === range}
                onChange={() => setView({ ...view, range })}
              />
              <span>{words[range]}</span>
            </label>
          ))}
        </fieldset>
        <span className="card-room" />
        {(drawn.hiddenRows > 0 || view.everyRow) && (
          <button
            type="button"
            className="button button-quiet"
            onClick={() => setView({ ...view, everyRow: !view.everyRow })}
          >
            {view.everyRow ? t.lifelineFew : `${t.lifelineAll} +${drawn.hiddenRows}`}
          </button>
        )}
        <label className="select">
          <span className="unseen">{t.lifelineFacility}</span>
          <select
            value={view.facility}
            onChange={event => setView({ ...view, facility: event.target.value })}
          >
            <option value="">{t.allFacilities}</option>
            {overview.facilities.map(facility => (
              <option key={facility.id} value={facility.id}>
                {facility.name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <figure className="lifeline-figure">
        <Lifeline
          lanes={drawn.lanes}
          from={drawn.from}
          today={drawn.today}
          todayLabel={t.lifelineToday}
          label={t.lifelineSummary(words[view.range], ...drawn.counts)}
          language={language()}
        />
        {none && <p className="lifeline-none">{t.lifelineNone}</p>}
        <figcaption className="legend-line">
          <Legend facilities={overview.facilities} />
          <Twin drawn={drawn} />
        </figcaption>
      </figure>
    </section>
  );
}

export function Legend({ facilities }: { facilities: readonly Facility[] }) {
  return (
    <ul className="legend">
      {facilities.map(facility => (
        <li key={facility.id}>
          <Shape shape={facility.shape} /> {facility.name}
        </li>
      ))}
    </ul>
  );
}

// The same facts as a table, one press away (drawn only when opened).
function Twin({ drawn }: { drawn: Lifelines }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <details className="twin" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{t.lifelineTable}</summary>
      {open && (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t.tableKind}</th>
              <th scope="col">{t.tableWhat}</th>
            </tr>
          </thead>
          <tbody>
            {drawn.lanes.flatMap(lane =>
              [...(lane.bars ?? []), ...(lane.marks ?? [])].map(item => (
                <tr key={item.key}>
                  <th scope="row">{lane.name}</th>
                  <td>{item.spoken}</td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      )}
    </details>
  );
}
