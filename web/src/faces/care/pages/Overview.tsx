import { ListChecks } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import type { Overview } from "../../../lib/schema";
import { useText } from "../../../text";
import { Dialog } from "../../../ui/dialog";
import { Empty } from "../../../ui/state";
import { useMedia } from "../media";
import { Arrivals } from "../parts/Arrivals";
import { Checks, checkCount } from "../parts/Checks";
import { LabTable } from "../parts/LabTable";
import { LifelineCard } from "../parts/LifelineCard";
import { MedicineCard } from "../parts/Medicines";

const labsTop = 7;
const datesShown = { desk: 5, phone: 2 }; // a phone sees the newest without scrolling

// Between a tablet's and a desk's width the right column waits in a drawer, its count on the button.
const drawerWidths = "(min-width: 1024px) and (max-width: 1279px)";

export function OverviewPage({ overview }: { overview: Overview }) {
  const drawer = useMedia(drawerWidths);
  return (
    <div className="person-grid">
      <div className="person-column">
        {drawer && <SideDrawer overview={overview} />}
        <LifelineCard overview={overview} />
        <LabCard overview={overview} />
        <Arrivals overview={overview} />
      </div>
      {!drawer && (
        <div className="person-side">
          <Checks overview={overview} />
          <MedicineCard overview={overview} />
        </div>
      )}
    </div>
  );
}

function SideDrawer({ overview }: { overview: Overview }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const count = checkCount(overview);
  return (
    <>
      <button type="button" className="button drawer-button" onClick={() => setOpen(true)}>
        <ListChecks size={17} aria-hidden="true" /> {t.checkDrawer}
        <span className="count">{count}</span>
      </button>
      <Dialog open={open} onClose={() => setOpen(false)} title={t.checkDrawer} kind="drawer">
        <Checks overview={overview} />
        <MedicineCard overview={overview} />
      </Dialog>
    </>
  );
}

function LabCard({ overview }: { overview: Overview }) {
  const t = useText();
  const phone = useMedia("(max-width: 767px)");
  const { labs } = overview;
  return (
    <section className="card" aria-labelledby="labs-title">
      <div className="card-head">
        <h2 id="labs-title">{t.labsTitle}</h2>
        <span className="hint">{t.labsNote}</span>
        <span className="card-room" />
        {labs.length > 0 && (
          <Link className="button" href={`/care/p/${overview.person.id}/labs`}>
            {t.labsAll(labs.length)}
          </Link>
        )}
      </div>
      {labs.length === 0 ? (
        <Empty title={t.labsNone} next={t.labsNoneNext} />
      ) : (
        <LabTable
          overview={overview}
          labs={labs.slice(0, labsTop)}
          columnsMax={phone ? datesShown.phone : datesShown.desk}
        />
      )}
    </section>
  );
}
