// The clinician's frame: bar with search and open people, the palette on Ctrl K, the list of keys.
import { Keyboard, Languages, LogOut, Search, X } from "lucide-react";
import { type ReactNode, useMemo, useState } from "react";
import { Link, useLocation } from "wouter";
import { api } from "../../../lib/api";
import { setSingleKeys, singleKeysOn, useKeys } from "../../../lib/keys";
import type { Me } from "../../../lib/schema";
import { language, setLanguage, useText } from "../../../text";
import { Dialog } from "../../../ui/dialog";
import { closed, tabHue, useOpenPeople } from "../open";
import { SearchPanel } from "./Search";

export function Shell({ me, children }: { me: Me; children: ReactNode }) {
  const t = useText();
  const [palette, setPalette] = useState(false);
  const [keys, setKeys] = useState(false);
  const bindings = useMemo(() => ({ "ctrl+k": () => setPalette(true), "?": () => setKeys(true) }), []);
  useKeys(bindings);
  return (
    <div className="care">
      <a className="skip" href="#main">
        {t.skip}
      </a>
      <header className="bar">
        <Link href="/care/" className="bar-logo">
          <Logo /> <span>{t.appName}</span>
        </Link>
        <button
          type="button"
          className="bar-search"
          onClick={() => setPalette(true)}
          aria-keyshortcuts="Control+K"
        >
          <Search size={16} aria-hidden="true" />
          <span>{t.searchShort}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <Tabs />
        <div className="bar-right">
          <button
            type="button"
            className="bar-icon"
            aria-label={t.keysTitle}
            title={t.keysTitle}
            onClick={() => setKeys(true)}
          >
            <Keyboard size={20} aria-hidden="true" />
          </button>
          <UserMenu me={me} />
        </div>
      </header>
      {children}
      <Dialog open={palette} onClose={() => setPalette(false)} title={t.searchTitle} kind="palette">
        <SearchPanel me={me} onOpen={() => setPalette(false)} />
      </Dialog>
      <Dialog open={keys} onClose={() => setKeys(false)} title={t.keysTitle}>
        <KeyList />
      </Dialog>
    </div>
  );
}

export function Logo({ size = 22 }: { size?: number }) {
  return <img src="/icon.svg" width={size} height={size} alt="" />;
}

function Tabs() {
  const t = useText();
  const people = useOpenPeople();
  const [path, go] = useLocation();
  if (people.length === 0) return null;
  const shut = (id: string) => {
    closed(id);
    if (path.startsWith(`/care/p/${id}`)) go("/care/");
  };
  return (
    <nav className="tabs" aria-label={t.people}>
      {people.map(person => {
        const here = path.startsWith(`/care/p/${person.id}`);
        return (
          <span key={person.id} className={`tab hue-${tabHue(person.id)}${here ? " tab-here" : ""}`}>
            <Link href={`/care/p/${person.id}`} aria-current={here ? "page" : undefined}>
              {person.name}
            </Link>
            <button
              type="button"
              className="tab-close"
              aria-label={t.closePerson(person.name)}
              onClick={() => shut(person.id)}
            >
              <X size={14} aria-hidden="true" />
            </button>
          </span>
        );
      })}
    </nav>
  );
}

async function leave() {
  try {
    await api.signOut();
  } finally {
    window.location.assign("/"); // a fresh page: nothing read stays in memory
  }
}

function UserMenu({ me }: { me: Me }) {
  const t = useText();
  return (
    <div className="user">
      <button type="button" className="user-button" popoverTarget="user-menu" title={t.signedInAs(me.name)}>
        <span className="user-name">
          {me.name} <small>{me.role}</small>
        </span>
        <span className="user-place">{me.facility?.name}</span>
      </button>
      <div id="user-menu" className="menu" popover="auto">
        <p className="menu-head">{t.signedInAs(me.name)}</p>
        <button
          type="button"
          className="menu-item"
          onClick={() => setLanguage(language() === "en" ? "ja" : "en")}
        >
          <Languages size={18} aria-hidden="true" /> {t.language}
        </button>
        <button type="button" className="menu-item" onClick={leave}>
          <LogOut size={18} aria-hidden="true" /> {t.signOut}
        </button>
      </div>
    </div>
  );
}

function KeyList() {
  const t = useText();
  const [on, setOn] = useState(singleKeysOn());
  const rows: [string, string][] = [
    ["Ctrl K", t.keySearch],
    ["1 – 4", t.keyRail],
    ["← → ↑ ↓", t.keyArrows],
    ["?", t.keyHelp],
    ["Esc", t.keyClose],
  ];
  return (
    <>
      <dl className="keys">
        {rows.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label className="switch-line">
        <input
          type="checkbox"
          role="switch"
          className="switch"
          checked={on}
          onChange={event => {
            setSingleKeys(event.target.checked);
            setOn(event.target.checked);
          }}
        />
        {t.keysSwitch}
      </label>
    </>
  );
}
