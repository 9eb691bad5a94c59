// A person's own record, in plain words: what they take, the newest results, who holds records. One page.
import "../../styles/all.css";
import "../../styles/me.css";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { ApiError, api } from "../../lib/api";
import { isPatient } from "../../lib/schema";
import { useText } from "../../text";
import { mount } from "../../ui/mount";
import { Bone, Empty, Failed, Skeleton } from "../../ui/state";
import { Record } from "./Record";

async function ownRecord(signal: AbortSignal) {
  const me = await api.me(signal);
  if (!isPatient(me)) return { staff: true as const };
  if (!me.person) return { staff: false as const, overview: undefined };
  try {
    return { staff: false as const, overview: await api.overview(me.person, signal) };
  } catch (error) {
    // Nothing of theirs has arrived yet: an empty book, not a fault.
    if (error instanceof ApiError && error.failure === "not-found")
      return { staff: false as const, overview: undefined };
    throw error;
  }
}

async function leave() {
  try {
    await api.signOut();
  } finally {
    window.location.assign("/");
  }
}

function Mine() {
  const t = useText();
  const answer = useQuery({ queryKey: ["mine"], queryFn: ({ signal }) => ownRecord(signal) });
  const staff = answer.data?.staff;
  useEffect(() => {
    document.title = `${t.meTitle} | Tasuki`;
    if (staff) window.location.replace("/care/");
  }, [t, staff]);
  const overview = answer.data?.staff === false ? answer.data.overview : undefined;
  return (
    <div className="me">
      <header className="me-head">
        <img src="/icon.svg" width="28" height="28" alt="" />
        <span>{t.meTitle}</span>
        <button type="button" className="button" onClick={leave}>
          {t.signOut}
        </button>
      </header>
      <main>
        {answer.isError && <Failed error={answer.error} retry={() => answer.refetch()} />}
        {answer.isPending && (
          <Skeleton>
            <Bone height={60} />
            <Bone height={180} />
            <Bone height={240} />
          </Skeleton>
        )}
        {answer.data && !staff && !overview && <Empty title={t.meLead(0, 0)} />}
        {overview && <Record overview={overview} />}
      </main>
    </div>
  );
}

mount(<Mine />);
