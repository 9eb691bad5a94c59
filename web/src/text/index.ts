// The page's words: one typed dictionary a language, Japanese first. A key missing in English is a type error.
import { useSyncExternalStore } from "react";
import { en } from "./en";
import { ja } from "./ja";

export type Language = "ja" | "en";
export type Text = {
  [K in keyof typeof ja]: (typeof ja)[K] extends (...words: infer W) => string
    ? (...words: W) => string
    : string;
};

const storageName = "tasuki.language"; // a preference of this browser; nothing about people
const books: Record<Language, Text> = { ja, en };
const listeners = new Set<() => void>();

export function language(): Language {
  return localStorage.getItem(storageName) === "en" ? "en" : "ja";
}

export function setLanguage(next: Language): void {
  localStorage.setItem(storageName, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useText(): Text {
  return books[useSyncExternalStore(subscribe, language)];
}
