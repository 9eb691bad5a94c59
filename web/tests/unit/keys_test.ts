// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from "vitest";
import { keyName, setSingleKeys } from "../../src/lib/keys";

const pressed = (init: KeyboardEventInit & { keyCode?: number }, target: Element = document.body) => {
  const event = new KeyboardEvent("keydown", { bubbles: true, ...init });
  if (init.keyCode !== undefined) Object.defineProperty(event, "keyCode", { value: init.keyCode });
  Object.defineProperty(event, "target", { value: target });
  return event;
};
const input = document.createElement("input");

afterEach(() => setSingleKeys(true));

describe("a key", () => {
  const cases: [string, KeyboardEvent, string | undefined][] = [
    ["a_digit_switches_screens", pressed({ key: "1" }), "1"],
    ["a_digit_in_a_box_is_text", pressed({ key: "1" }, input), undefined],
    ["enter_of_a_conversion_is_the_imes", pressed({ key: "Enter", isComposing: true }), undefined],
    ["escape_of_a_conversion_is_the_imes", pressed({ key: "Escape", isComposing: true }), undefined],
    ["safari_reports_229_after_composition", pressed({ key: "Enter", keyCode: 229 }), undefined],
    ["ctrl_k_works_in_a_box", pressed({ key: "k", ctrlKey: true }, input), "ctrl+k"],
    ["command_k_is_ctrl_k", pressed({ key: "K", metaKey: true }), "ctrl+k"],
    [
      "ctrl_k_of_a_conversion_is_the_imes",
      pressed({ key: "k", ctrlKey: true, isComposing: true }, input),
      undefined,
    ],
    ["alt_belongs_to_the_browser", pressed({ key: "1", altKey: true }), undefined],
  ];
  test.each(cases)("%s", (_, event, name) => expect(keyName(event)).toBe(name));

  test("single keys can be switched off, others stay (WCAG 2.1.4)", () => {
    setSingleKeys(false);
    expect(keyName(pressed({ key: "1" }))).toBeUndefined();
    expect(keyName(pressed({ key: "Escape" }))).toBe("escape");
    expect(keyName(pressed({ key: "k", ctrlKey: true }))).toBe("ctrl+k");
  });
});
