import type { Medicine, Overview } from "../../../lib/schema";
import { dateOfNumber, dayNumber, slashDate } from "../../../lib/wareki";
import { useText } from "../../../text";
import { FacilityMark } from "../../../ui/facility";
import { Empty } from "../../../ui/state";
import { type Course, courses } from "../lifelines";
import { currentMedicines, DaysLeft, facilityOf, keyOfMedicine } from "../parts/Medicines";

export function MedicinesPage({ overview }: { overview: Overview }) {
  const t = useText();
  const current = currentMedicines(overview);
  // Orders that followed one another are one line; what is still taken stands above, not here.
  const past = courses(overview.medicines, dayNumber(overview.today) ?? 0)
    .filter(course => !course.active)
    .sort((one, other) => other.to - one.to)
    .map(pastMedicine);
  return (
    <div className="person-column">
      <MedicineTable overview={overview} title={t.medicinesNow} medicines={current} />
      {past.length > 0 && <MedicineTable overview={overview} title={t.medicinesPast} medicines={past} />}
    </div>
  );
}

function pastMedicine(course: Course): Medicine {
  const { text, facility, dose, usage, from, to } = course;
  const start = dateOfNumber(from);
  return {
    text,
    facility,
    dose,
    usage,
    start,
    end: dateOfNumber(to),
    active: false,
    reference: "",
    ordered: start,
  };
}

function MedicineTable({
  overview,
  title,
  medicines,
}: {
  overview: Overview;
  title: string;
  medicines: readonly Medicine[];
}) {
  const t = useText();
  return (
    <section className="card" aria-label={title}>
      <div className="card-head">
        <h2>{title}</h2>
        <span className="hint">{t.times(medicines.length)}</span>
      </div>
      {medicines.length === 0 && <Empty title={t.medicinesNone} next={t.medicinesNoneNext} />}
      {medicines.length > 0 && (
        <div role="group" className="table-scroll" tabIndex={0} aria-label={title}>
          <table className="table table-wide">
            <thead>
              <tr>
                <th scope="col">{t.drug}</th>
                <th scope="col">{t.dose}</th>
                <th scope="col">{t.usage}</th>
                <th scope="col">{t.period}</th>
                <th scope="col">{t.left}</th>
                <th scope="col">{t.tableWhere}</th>
              </tr>
            </thead>
            <tbody>
              {medicines.map(medicine => (
                <MedicineRow key={keyOfMedicine(medicine)} overview={overview} medicine={medicine} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function MedicineRow({ overview, medicine }: { overview: Overview; medicine: Medicine }) {
  const facility = facilityOf(overview, medicine.facility);
  const end = medicine.end ? slashDate(medicine.end) : "";
  return (
    <tr>
      <th scope="row">{medicine.text}</th>
      <td className="nowrap">{medicine.dose}</td>
      <td>{medicine.usage}</td>
      <td className="nowrap">
        {slashDate(medicine.start ?? medicine.ordered)}–{end}
      </td>
      <td className="nowrap">{medicine.active && <DaysLeft medicine={medicine} />}</td>
      <td>
        {facility && <FacilityMark facility={facility} size={16} />} {facility?.name}
      </td>
    </tr>
  );
}
