// The people open in this window, as tabs. In memory only: nothing about people outlives the page.
import { useSyncExternalStore } from "react";

export interface OpenPerson {
  id: string;
  name: string;
}

const openMax = 6;
let open: readonly OpenPerson[] = [];
const listeners = new Set<() => void>();

function change(next: readonly OpenPerson[]): void {
  open = next;
  for (const listener of listeners) listener();
}

export function opened(person: OpenPerson): void {
  const known = open.find(one => one.id === person.id);
  if (known?.name === person.name) return;
  change(known ? open.map(one => (one.id === person.id ? person : one)) : [...open, person].slice(-openMax));
}

export function closed(id: string): void {
  change(open.filter(one => one.id !== id));
}

export function useOpenPeople(): readonly OpenPerson[] {
  return useSyncExternalStore(
    listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}

// The tab's strip of colour, the same on the banner: a guard against reading the wrong person.
export function tabHue(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return sum % 6;
}
