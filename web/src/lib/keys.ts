// Keyboard rules of the clinician's page: single keys are off in inputs, while composing, and when switched off
// (WCAG 2.2, 2.1.4). An Enter or Esc that ends a Japanese conversion belongs to the IME, never to the page.
import { useEffect } from "react";

const switchName = "tasuki.singleKeys"; // a preference of this browser; nothing about people

export function singleKeysOn(): boolean {
  return localStorage.getItem(switchName) !== "off";
}

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(switchName, on ? "on" : "off");
}

interface KeyLike {
  isComposing: boolean;
  keyCode: number;
}

// 229 is what browsers that end composition before keydown (Safari) still report.
export function composing(event: KeyLike): boolean {
  return event.isComposing || event.keyCode === 229;
}

export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/u.test(target.tagName);
}

export type KeyName = string; // "ctrl+k", "1", "?", "escape"

export function keyName(event: KeyboardEvent): KeyName | undefined {
  if (composing(event)) return undefined;
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey) return event.altKey ? undefined : `ctrl+${key}`;
  if (event.altKey || typing(event.target)) return undefined;
  return key.length === 1 && !singleKeysOn() ? undefined : key;
}

export function useKeys(bindings: Record<KeyName, () => void>): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const name = keyName(event);
      const act = name === undefined ? undefined : bindings[name];
      if (!act || (document.querySelector("dialog[open]") && name !== "ctrl+k")) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [bindings]);
}
