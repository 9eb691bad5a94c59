// The flowsheet: items down, dates across, the newest column lit, a sparkline, the laboratory's own range.
import { Link } from "wouter";
import { Spark } from "../../../charts/Spark";
import type { Lab, Overview } from "../../../lib/schema";
import { displayRange, displayUnit } from "../../../lib/units";
import { dayOf, nearDate } from "../../../lib/wareki";
import { useText } from "../../../text";
import { FacilityMark } from "../../../ui/facility";
import { Qty } from "../../../ui/value";
import { type Column, flowsheet, labKeys, type Row } from "../flowsheet";

interface Props {
  overview: Overview;
  labs: readonly Lab[];
  columnsMax: number;
  current?: string | undefined;
}

export function LabTable({ overview, labs, columnsMax, current }: Props) {
  const t = useText();
  const sheet = flowsheet(labs, columnsMax);
  const keys = labKeys(overview.labs);
  return (
    <div role="group" className="table-scroll" tabIndex={0} aria-label={t.labsTitle}>
      <table className="flowsheet" data-testid="flowsheet">
        <thead>
          <tr>
            <th scope="col" className="flow-item">
              {t.labsItem}
            </th>
            {sheet.columns.map((column, index) => (
              <DateHead
                key={`${column.date} ${column.facility}`}
                column={column}
                before={sheet.columns[index - 1]}
                last={index === sheet.columns.length - 1}
                overview={overview}
              />
            ))}
            <th scope="col" className="flow-spark">
              {t.labsTrend}
            </th>
            <th scope="col" className="flow-range">
              {t.labsRange}
            </th>
          </tr>
        </thead>
        <tbody>
          {sheet.rows.map(row => (
            <LabRow
              key={keys.get(row.lab)}
              name={keys.get(row.lab) ?? ""}
              row={row}
              overview={overview}
              current={current}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps {
  column: Column;
  before: Column | undefined;
  last: boolean;
  overview: Overview;
}

function DateHead({ column, before, last, overview }: HeadProps) {
  const facility = overview.facilities.find(one => one.id === column.facility);
  const day = dayOf(column.date);
  const newYear = before === undefined || dayOf(before.date)?.year !== day?.year;
  return (
    <th scope="col" className={last ? "flow-date flow-last" : "flow-date"}>
      {facility && <FacilityMark facility={facility} size={15} />}
      <time dateTime={column.date}>
        {newYear && <small>{day?.year}/</small>}
        {nearDate(column.date, column.date)}
      </time>
    </th>
  );
}

interface RowProps {
  name: string;
  row: Row;
  overview: Overview;
  current: string | undefined;
}

function LabRow({ name, row, overview, current }: RowProps) {
  const { lab, cells } = row;
  const here = current === name;
  return (
    <tr className={here ? "flow-here" : undefined}>
      <th scope="row" className="flow-item">
        <Link
          href={`/care/p/${overview.person.id}/labs/${encodeURIComponent(name)}`}
          aria-current={here ? "true" : undefined}
        >
          {lab.text}
        </Link>{" "}
        <small>{displayUnit(lab.unit)}</small>
      </th>
      {cells.map((result, index) => {
        const last = index === cells.length - 1;
        const far = result && (result.flag === "HH" || result.flag === "LL");
        const kind = `flow-cell${last ? " flow-last" : ""}${far ? " flow-far" : ""}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns are fixed for a rendering
          <td key={index} className={kind}>
            {result && <Qty value={result.value} flag={result.flag} />}
          </td>
        );
      })}
      <td className="flow-spark">
        <Spark readings={lab.results} band={lab.range} />
      </td>
      <td className="flow-range nowrap">{displayRange(lab.range)}</td>
    </tr>
  );
}
