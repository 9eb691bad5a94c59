import type { Overview } from "../../../lib/schema";
import { nearDate } from "../../../lib/wareki";
import { useText } from "../../../text";
import { FacilityMark } from "../../../ui/facility";
import { Empty } from "../../../ui/state";
import { When } from "../../../ui/value";
import { facilityOf } from "./Medicines";

const arrivalsShown = 6;

export function Arrivals({ overview }: { overview: Overview }) {
  const t = useText();
  return (
    <section className="card arrivals" aria-labelledby="arrivals-title">
      <div className="card-head">
        <h2 id="arrivals-title">{t.arrivalsTitle}</h2>
      </div>
      {overview.arrivals.length === 0 && <Empty title={t.arrivalsNone} />}
      <ul className="arrival-list">
        {overview.arrivals.slice(0, arrivalsShown).map((arrival, index) => {
          const facility = facilityOf(overview, arrival.facility);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: arrivals have no id of their own
            <li key={index} className="arrival">
              {facility && <FacilityMark facility={facility} />}
              <b className="arrival-title">{arrival.title}</b>
              <span className="arrival-date">
                <When date={arrival.date} shown={nearDate(arrival.date, overview.today)} />
              </span>
              <span className="arrival-text">{arrival.text}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
