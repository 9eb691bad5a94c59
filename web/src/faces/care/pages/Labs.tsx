// Every item the person has, as one flowsheet; the chosen one as a chart with its numbers beside it.
import { useState } from "react";
import { BandChart } from "../../../charts/BandChart";
import { hiragana } from "../../../lib/kana";
import type { Lab, Overview } from "../../../lib/schema";
import { displayRange, displayUnit, displayValue } from "../../../lib/units";
import { slashDate } from "../../../lib/wareki";
import { useText } from "../../../text";
import { FacilityMark } from "../../../ui/facility";
import { Empty } from "../../../ui/state";
import { Qty, When } from "../../../ui/value";
import { labKeys } from "../flowsheet";
import { LabTable } from "../parts/LabTable";
import { facilityOf } from "../parts/Medicines";

const datesShown = 12;

export function LabsPage({ overview, code }: { overview: Overview; code: string | undefined }) {
  const t = useText();
  const [words, setWords] = useState("");
  const keys = labKeys(overview.labs);
  const chosen = overview.labs.find(lab => keys.get(lab) === code);
  const wanted = hiragana(words).toLowerCase();
  const labs = overview.labs.filter(lab => hiragana(lab.text).toLowerCase().includes(wanted));
  return (
    <div className="person-column">
      {chosen && <LabDetail key={code} overview={overview} lab={chosen} />}
      <section className="card" aria-labelledby="all-labs-title">
        <div className="card-head">
          <h2 id="all-labs-title">{t.labsTitle}</h2>
          <span className="hint">{t.labsNote}</span>
          <span className="card-room" />
          <label className="filter">
            <span className="unseen">{t.labsFilter}</span>
            <input
              type="search"
              value={words}
              placeholder={t.labsFilter}
              onChange={event => setWords(event.target.value)}
            />
          </label>
        </div>
        {labs.length === 0 ? (
          <Empty title={t.labsNone} next={t.labsNoneNext} />
        ) : (
          <LabTable overview={overview} labs={labs} columnsMax={datesShown} current={code} />
        )}
      </section>
    </div>
  );
}

function LabDetail({ overview, lab }: { overview: Overview; lab: Lab }) {
  const t = useText();
  const unit = displayUnit(lab.unit);
  const points = lab.results.map(result => ({
    date: result.date,
    value: result.value,
    series: result.facility,
    shape: facilityOf(overview, result.facility)?.shape ?? "circle",
    spoken: [
      slashDate(result.date),
      displayValue(result.value),
      unit,
      result.flag,
      facilityOf(overview, result.facility)?.name,
    ]
      .filter(Boolean)
      .join(" "),
  }));
  const summary = t.labsChartSummary(
    lab.text,
    points.length,
    points[0]?.spoken ?? "",
    points.at(-1)?.spoken ?? "",
  );
  const range = displayRange(lab.range);
  return (
    <section className="card lab-detail" aria-labelledby="lab-detail-title">
      <div className="card-head">
        <h2 id="lab-detail-title">
          {lab.text} <small>{unit}</small>
        </h2>
        {range && (
          <span className="hint">
            {t.labsRange} {range}
          </span>
        )}
      </div>
      <div className="lab-detail-body">
        <BandChart
          points={points}
          band={lab.range}
          bandLabel={`${t.labsRange} ${range}`}
          label={summary}
          none={t.labsNoChart}
        />
        <div role="group" className="lab-numbers" tabIndex={0} aria-label={t.labsChart(lab.text)}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t.labsDate}</th>
                <th scope="col" className="number">
                  {t.labsValue}
                </th>
                <th scope="col">{t.tableWhere}</th>
              </tr>
            </thead>
            <tbody>
              {[...lab.results].reverse().map(result => {
                const facility = facilityOf(overview, result.facility);
                return (
                  <tr key={`${result.reference} ${result.date} ${result.value}`}>
                    <td>
                      <When date={result.date} />
                    </td>
                    <td className="number">
                      <Qty value={result.value} flag={result.flag} />
                    </td>
                    <td>
                      {facility && <FacilityMark facility={facility} size={16} />} {facility?.name}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}
