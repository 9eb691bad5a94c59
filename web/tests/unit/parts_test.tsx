// @vitest-environment happy-dom
// The kit and the search as a person meets them: words, roles, keys.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SearchPanel } from "../../src/faces/care/parts/Search";
import { ApiError, api } from "../../src/lib/api";
import type { Me } from "../../src/lib/schema";
import { setLanguage } from "../../src/text";
import { Failed } from "../../src/ui/state";
import { Name, Qty } from "../../src/ui/value";
import { people } from "../fixtures/hanako.mjs";

const doctor: Me = {
  name: "田中 健",
  role: "医師",
  roleCode: "doctor",
  facility: { id: "1310000001", name: "みなと総合病院" },
};
const clerk: Me = { ...doctor, role: "事務", roleCode: "clerk" };

beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
afterEach(() => {
  cleanup();
  setLanguage("ja");
  vi.useRealTimers();
});

function search(me: Me) {
  const asked = vi.spyOn(api, "people").mockResolvedValue({ people: people.slice(0, 3), more: false });
  render(
    <QueryClientProvider client={new QueryClient()}>
      <SearchPanel me={me} />
    </QueryClientProvider>,
  );
  return { asked, box: screen.getByRole("searchbox") };
}

test("a value is one piece with its unit and the laboratory's flag, said in words", () => {
  render(<Qty value="1180" unit="pg/mL" flag="HH" />);
  expect(document.querySelector(".qty")?.textContent).toBe("1,180 pg/mLHH");
  expect(screen.getByTitle("基準より高い").textContent).toBe("HH");
});

test("a name carries its reading above it", () => {
  render(<Name name="山田 花子" kana="ヤマダ ハナコ" />);
  expect(document.querySelector("ruby rt")?.textContent).toBe("ヤマダ ハナコ");
});

test("nothing is asked while an IME converts; the finished word is", async () => {
  const { asked, box } = search(doctor);
  fireEvent.compositionStart(box);
  fireEvent.change(box, { target: { value: "やまd" } });
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(asked.mock.calls.map(([words]) => words)).toEqual([""]);
  fireEvent.change(box, { target: { value: "やまだ" } });
  fireEvent.compositionEnd(box);
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(asked.mock.calls.at(-1)?.[0]).toBe("やまだ");
});

test("a birth date in any form is said back and asked as a date", async () => {
  const { asked, box } = search(doctor);
  fireEvent.change(box, { target: { value: "昭２７．３．１４" } });
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(asked.mock.calls.at(-1)?.[0]).toBe("1952-03-14");
  expect(screen.getByText(/生年月日 1952\/03\/14\(昭27\)/u)).toBeTruthy();
});

test("namesakes are told apart by birth date and address, and a sentence says so", async () => {
  search(doctor);
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(document.querySelectorAll(".person-same")).toHaveLength(2);
  expect(screen.getByText(/名前か読みが同じ人がいます/u)).toBeTruthy();
});

test("arrow down goes from the box into the results, and up again", async () => {
  const { box } = search(doctor);
  await act(() => vi.advanceTimersByTimeAsync(1000));
  box.focus();
  fireEvent.keyDown(box, { key: "ArrowDown" });
  expect(document.activeElement).toBe(screen.getAllByRole("link")[0]);
  fireEvent.keyDown(document.activeElement as Element, { key: "ArrowUp" });
  expect(document.activeElement).toBe(box);
});

test("a clerk has nothing to press", async () => {
  search(clerk);
  await act(() => vi.advanceTimersByTimeAsync(1000));
  expect(screen.queryAllByRole("link")).toHaveLength(0);
  expect(screen.getAllByText("0012345").length).toBeGreaterThan(0);
});

test("a failure says what, what next, and a short code; no right offers no second try", () => {
  render(<Failed error={new ApiError("offline", "", "NET")} retry={() => {}} />);
  expect(screen.getByRole("alert").textContent).toContain("サーバーにつながりませんでした");
  expect(screen.getByRole("button", { name: /もう一度ためす/u })).toBeTruthy();
  cleanup();
  render(<Failed error={new ApiError("no-right", "同意がありません。", "403")} retry={() => {}} />);
  expect(screen.getByText("同意がありません。")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

test("English has every word", async () => {
  setLanguage("en");
  render(<Failed error={new ApiError("late", "", "T20")} />);
  expect(screen.getByRole("alert").textContent).toContain("No answer after 20 seconds");
});
