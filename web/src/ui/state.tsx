// The states every screen has: loading, empty, failed. Words first, a next step, a short code for the telephone.
import { CircleAlert, Lock, RotateCw, SearchX } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError, type Failure } from "../lib/api";
import { type Text, useText } from "../text";

const lateAfter = 5_000;

// Nothing for 200 ms (the style sheet's delay), then the layout to come; after 5 s a sentence.
export function Skeleton({ children }: { children: ReactNode }) {
  const t = useText();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), lateAfter);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className="skeleton" aria-busy="true">
      <p className="skeleton-late" role="status">
        {late ? t.loadingLate : ""}
      </p>
      {children}
    </div>
  );
}

export function Bone({ height, className = "" }: { height: number; className?: string }) {
  return <div className={`bone ${className}`} style={{ height }} />;
}

export function Empty({ title, next }: { title: string; next?: string }) {
  return (
    <div className="empty">
      <p className="empty-title">{title}</p>
      {next && <p className="hint">{next}</p>}
    </div>
  );
}

function words(failure: Failure, t: Text): [string, string] {
  const table: Record<Failure, [string, string]> = {
    offline: [t.failOffline, t.failOfflineNext],
    late: [t.failLate, t.failLateNext],
    "signed-out": [t.failSignedOut, t.failSignedOutNext],
    "no-right": [t.failNoRight, t.failNoRightNext],
    "not-found": [t.failNotFound, t.failNotFoundNext],
    refused: [t.failRefused, t.failRefusedNext],
    unreadable: [t.failUnreadable, t.failUnreadableNext],
  };
  return table[failure];
}

const icons: Partial<Record<Failure, typeof Lock>> = { "no-right": Lock, "not-found": SearchX };

export function Failed({
  error,
  retry,
  children,
}: {
  error: unknown;
  retry?: () => void;
  children?: ReactNode;
}) {
  const t = useText();
  const known = error instanceof ApiError ? error : new ApiError("refused", "", "PAGE");
  const [title, next] = words(known.failure, t);
  const Icon = icons[known.failure] ?? CircleAlert;
  const again = retry && known.failure !== "no-right" && known.failure !== "not-found";
  return (
    <section className="failed card" role="alert">
      <Icon size={24} aria-hidden="true" />
      <div>
        <h2>{title}</h2>
        {known.message && <p>{known.message}</p>}
        <p className="hint">{next}</p>
        <div className="failed-acts">
          {again && (
            <button type="button" className="button button-main" onClick={retry}>
              <RotateCw size={16} aria-hidden="true" /> {t.retry}
            </button>
          )}
          {children}
        </div>
        <p className="hint failed-code">{t.failCode(known.code)}</p>
      </div>
    </section>
  );
}
