// The clinician's face: one flat table of routes.
import "../../styles/all.css";
import "../../styles/care-frame.css";
import "../../styles/care.css";
import "../../styles/care-narrow.css";
import { useEffect } from "react";
import { Link, Route, Switch } from "wouter";
import { isClerk, isPatient, type Me } from "../../lib/schema";
import { useText } from "../../text";
import { mount } from "../../ui/mount";
import { Empty, Failed } from "../../ui/state";
import { PersonPage, type Screen } from "./pages/Person";
import { SearchPage } from "./pages/Search";
import { Shell } from "./parts/Shell";
import { useMe } from "./queries";

const screens: [string, Screen][] = [
  ["/care/p/:id", "overview"],
  ["/care/p/:id/timeline", "timeline"],
  ["/care/p/:id/labs", "labs"],
  ["/care/p/:id/labs/:code", "labs"],
  ["/care/p/:id/meds", "meds"],
];

function Routes({ me }: { me: Me }) {
  const t = useText();
  return (
    <Switch>
      <Route path="/care">
        <SearchPage me={me} start />
      </Route>
      <Route path="/care/search">
        <SearchPage me={me} />
      </Route>
      {!isClerk(me) &&
        screens.map(([path, screen]) => (
          <Route key={path} path={path}>
            {(params: { id: string; code?: string }) => (
              <PersonPage key={params.id} id={params.id} screen={screen} code={params.code} me={me} />
            )}
          </Route>
        ))}
      <Route>
        <main id="main" className="alone">
          <Empty title={isClerk(me) ? t.searchClerk : t.notFoundPage} />
          <Link className="button" href="/care/">
            {t.back}
          </Link>
        </main>
      </Route>
    </Switch>
  );
}

function Care() {
  const me = useMe();
  const patient = me.data && isPatient(me.data);
  useEffect(() => {
    if (patient) window.location.replace("/me/");
  }, [patient]);
  if (me.isError) {
    return (
      <main id="main" className="alone">
        <Failed error={me.error} retry={() => me.refetch()} />
      </main>
    );
  }
  if (!me.data || patient) return null;
  return (
    <Shell me={me.data}>
      <Routes me={me.data} />
    </Shell>
  );
}

mount(<Care />);
