import { Link } from "wouter";
import type { Facility, Medicine, Overview } from "../../../lib/schema";
import { useText } from "../../../text";
import { FacilityMark } from "../../../ui/facility";
import { Empty } from "../../../ui/state";

export function facilityOf(overview: Overview, id: string): Facility | undefined {
  return overview.facilities.find(facility => facility.id === id);
}

export function keyOfMedicine(medicine: Medicine): string {
  return `${medicine.reference} ${medicine.text} ${medicine.start}`;
}

// The same drug ordered again is one line: the newest order's.
export function currentMedicines(overview: Overview): Medicine[] {
  const seen = new Set<string>();
  return overview.medicines.filter(medicine => {
    const key = `${medicine.facility} ${medicine.text}`;
    if (!medicine.active || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

export function MedicineCard({ overview }: { overview: Overview }) {
  const t = useText();
  const current = currentMedicines(overview);
  return (
    <section className="card medicines" aria-labelledby="medicines-title" data-testid="medicines">
      <div className="card-head">
        <h2 id="medicines-title">{t.medicinesTitle(current.length)}</h2>
        <span className="card-room" />
        <Link className="button" href={`/care/p/${overview.person.id}/meds`}>
          {t.medicinesAll}
        </Link>
      </div>
      {current.length === 0 && <Empty title={t.medicinesNone} next={t.medicinesNoneNext} />}
      <ul className="medicine-list">
        {current.map(medicine => (
          <MedicineLine
            key={keyOfMedicine(medicine)}
            medicine={medicine}
            facility={facilityOf(overview, medicine.facility)}
          />
        ))}
      </ul>
    </section>
  );
}

function MedicineLine({ medicine, facility }: { medicine: Medicine; facility: Facility | undefined }) {
  const how = [medicine.dose, medicine.usage].filter(Boolean).join(" ");
  return (
    <li className="medicine">
      {facility && <FacilityMark facility={facility} />}
      <span className="medicine-name">{medicine.text}</span>
      <DaysLeft medicine={medicine} />
      {how && <span className="medicine-how">{how}</span>}
    </li>
  );
}

export function DaysLeft({ medicine }: { medicine: Medicine }) {
  const t = useText();
  const { daysLeft } = medicine;
  if (daysLeft === null || daysLeft === undefined) return null;
  return (
    <span className={daysLeft <= 0 ? "days days-over" : "days"}>
      {daysLeft <= 0 ? t.daysOver : t.daysLeft(daysLeft)}
    </span>
  );
}
