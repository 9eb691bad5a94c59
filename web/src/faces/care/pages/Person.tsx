// One person's screens share one answer of the server, the banner and the rail.
import { useEffect, useMemo } from "react";
import { Link, useLocation } from "wouter";
import { useKeys } from "../../../lib/keys";
import type { Me } from "../../../lib/schema";
import { useText } from "../../../text";
import { Bone, Failed, Skeleton } from "../../../ui/state";
import { opened } from "../open";
import { Banner, Rail, railEntries, WithheldStrip } from "../parts/Person";
import { useOverview } from "../queries";
import { useTitle } from "../title";
import { LabsPage } from "./Labs";
import { MedicinesPage } from "./Medicines";
import { OverviewPage } from "./Overview";
import { TimelinePage } from "./Timeline";

export type Screen = "overview" | "timeline" | "labs" | "meds";

export function PersonPage({
  id,
  screen,
  code,
  me,
}: {
  id: string;
  screen: Screen;
  code?: string | undefined;
  me: Me;
}) {
  const t = useText();
  const [, go] = useLocation();
  const answer = useOverview(id);
  const overview = answer.data;
  const name = overview?.person.name ?? "";
  const word = { overview: t.overview, timeline: t.timeline, labs: t.labs, meds: t.medicines }[screen];
  useTitle(word, name);
  useEffect(() => {
    if (name) opened({ id, name });
  }, [id, name]);
  const bindings = useMemo(
    () => Object.fromEntries(railEntries.map(entry => [entry.key, () => go(`/care/p/${id}${entry.path}`)])),
    [id, go],
  );
  useKeys(bindings);

  if (!overview) {
    if (!answer.isError) return <Loading />;
    return (
      <main id="main" className="alone">
        <Failed error={answer.error} retry={() => answer.refetch()}>
          <Link className="button" href="/care/">
            {t.back}
          </Link>
        </Failed>
      </main>
    );
  }
  return (
    <>
      <Banner id={id} overview={overview} me={me} />
      <div className="person-body">
        <Rail id={id} />
        <main id="main" className="person-main">
          {answer.isError && (
            <p className="stale" role="status">
              {t.staleNotice}
            </p>
          )}
          <WithheldStrip overview={overview} />
          {screen === "overview" && <OverviewPage overview={overview} />}
          {screen === "timeline" && <TimelinePage overview={overview} />}
          {screen === "labs" && <LabsPage overview={overview} code={code} />}
          {screen === "meds" && <MedicinesPage overview={overview} />}
        </main>
      </div>
    </>
  );
}

function Loading() {
  return (
    <main id="main" className="person-loading">
      <Skeleton>
        <Bone height={56} className="bone-banner" />
        <div className="person-grid">
          <div>
            <Bone height={360} />
            <Bone height={260} />
          </div>
          <div>
            <Bone height={240} />
            <Bone height={220} />
          </div>
        </div>
      </Skeleton>
    </main>
  );
}
