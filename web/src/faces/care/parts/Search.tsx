// One box that finds people by name, kana, number or birth date in any form; results as one types, never on Enter of a
// conversion, and never opened by itself.
import { Search as SearchIcon } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Link } from "wouter";
import { hiragana, normalised } from "../../../lib/kana";
import { composing } from "../../../lib/keys";
import { isClerk, type Me, type Person } from "../../../lib/schema";
import { ageOn, birthDate, parseDate } from "../../../lib/wareki";
import { useText } from "../../../text";
import { Bone, Empty, Failed, Skeleton } from "../../../ui/state";
import { Name, sexWord } from "../../../ui/value";
import { usePeople } from "../queries";

const pauseBeforeAsking = 180;

let lastWords = ""; // back from a person to the same results; in memory, because a URL would keep the name

export function useTyped(): [string, (words: string) => void, string, (on: boolean) => void] {
  const [words, setWords] = useState(lastWords);
  const [asked, setAsked] = useState(normalised(lastWords));
  const [busy, setBusy] = useState(false); // an IME is converting
  useEffect(() => {
    if (busy) return;
    lastWords = words;
    const timer = setTimeout(() => setAsked(normalised(words)), pauseBeforeAsking);
    return () => clearTimeout(timer);
  }, [words, busy]);
  return [words, setWords, asked, setBusy];
}

interface Props {
  me: Me;
  onOpen?: (() => void) | undefined;
  autoFocus?: boolean;
}

export function SearchPanel({ me, onOpen, autoFocus = true }: Props) {
  const t = useText();
  const [words, setWords, asked, setBusy] = useTyped();
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const hint = useId();
  const understood = parseDate(asked);
  useEffect(() => {
    if (autoFocus) input.current?.select();
  }, [autoFocus]);

  // One tab stop for the list: arrows move through it, and back into the box at its top.
  const walk = (event: KeyboardEvent) => {
    if (composing(event.nativeEvent) || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const stops = [input.current, ...(box.current?.querySelectorAll<HTMLElement>("a.person-link") ?? [])];
    const at = stops.indexOf(document.activeElement as HTMLElement & HTMLInputElement);
    const next = stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows between the box and its results, as in a combobox
    <div className="search" ref={box} onKeyDown={walk}>
      <label className="search-box">
        <SearchIcon size={18} aria-hidden="true" />
        <span className="search-label">{t.searchLabel}</span>
        <input
          ref={input}
          type="text" // not "search": there Esc empties the box instead of closing the palette
          role="searchbox"
          inputMode="search"
          data-first
          value={words}
          autoComplete="off"
          spellCheck={false}
          aria-describedby={hint}
          placeholder={t.searchHint}
          onChange={event => setWords(event.target.value)}
          onCompositionStart={() => setBusy(true)}
          onCompositionEnd={() => setBusy(false)}
        />
      </label>
      <p id={hint} className="hint search-understood">
        {understood ? t.searchDate(birthDate(understood)) : isClerk(me) ? t.searchClerk : ""}
      </p>
      <Results me={me} words={understood ?? asked} onOpen={onOpen} />
    </div>
  );
}

function Results({ me, words, onOpen }: { me: Me; words: string; onOpen?: (() => void) | undefined }) {
  const t = useText();
  const answer = usePeople(words);
  if (answer.isError && !answer.data) return <Failed error={answer.error} retry={() => answer.refetch()} />;
  if (!answer.data) {
    return (
      <Skeleton>
        {[1, 2, 3, 4].map(row => (
          <Bone key={row} height={44} />
        ))}
      </Skeleton>
    );
  }
  const { people, more } = answer.data;
  return (
    <section aria-label={words ? t.searchTitle : t.searchRecent}>
      <p className="search-count" role="status">
        {people.length > 0 && (words ? t.searchCount(people.length) : t.searchRecent)}
      </p>
      {people.length === 0 && words && <Empty title={t.searchNone(words)} next={t.searchNoneNext} />}
      {people.length === 0 && !words && <Empty title={t.searchRecentNone} next={t.searchRecentNext} />}
      <PeopleList people={people} me={me} onOpen={onOpen} />
      {more && <p className="hint">{t.searchMore}</p>}
    </section>
  );
}

// Two people of one name or one reading: birth date and address go bold, and a sentence says so.
function namesakes(people: readonly Person[]): Set<string> {
  const count = new Map<string, number>();
  const keyOf = (person: Person) => hiragana(person.kana).replace(/ /gu, "") || person.name;
  for (const person of people) count.set(keyOf(person), (count.get(keyOf(person)) ?? 0) + 1);
  return new Set(people.filter(person => (count.get(keyOf(person)) ?? 0) > 1).map(person => person.id));
}

export function PeopleList({
  people,
  me,
  onOpen,
}: {
  people: readonly Person[];
  me: Me;
  onOpen?: (() => void) | undefined;
}) {
  const t = useText();
  const same = namesakes(people);
  return (
    <>
      {same.size > 0 && <p className="search-same">{t.searchSame}</p>}
      <ul className="people">
        {people.map(person => (
          <li key={person.id} className={same.has(person.id) ? "person person-same" : "person"}>
            {isClerk(me) ? (
              <div className="person-link">
                <PersonLine person={person} me={me} />
              </div>
            ) : (
              <Link
                className="person-link"
                href={`/care/p/${person.id}`}
                {...(onOpen ? { onClick: onOpen } : {})}
              >
                <PersonLine person={person} me={me} />
              </Link>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

const today = () => new Date().toISOString().slice(0, 10);

function PersonLine({ person, me }: { person: Person; me: Me }) {
  const t = useText();
  const age = ageOn(person.birthDate, today());
  const own = person.identifiers.find(one => one.facility === me.facility?.id) ?? person.identifiers[0];
  return (
    <>
      <span className="person-name">
        <Name name={person.name} kana={person.kana} />
      </span>
      <span className="person-birth nowrap">
        {birthDate(person.birthDate)} {age !== undefined && t.age(age)}
      </span>
      <span className="person-sex">{sexWord(person.sex, t)}</span>
      <span className="person-number nowrap">{own?.value}</span>
      <span className="person-address">{person.address}</span>
    </>
  );
}
