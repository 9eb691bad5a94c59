// Pictures of each screen and state, from the fixture: node tests/e2e/shots.mjs FOLDER [name part]. For people to look at.
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";
import { fixture } from "../fixtures/server.mjs";

const [folder = "shots", only = ""] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const server = fixture().listen(0, "127.0.0.1");
const closed = fixture({ demo: false }).listen(0, "127.0.0.1");
await new Promise(resolve => closed.on("listening", resolve));
const base = `http://127.0.0.1:${server.address().port}`;
const closedBase = `http://127.0.0.1:${closed.address().port}`;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

const desk = [1440, 900];
const small = [1280, 800];
const phone = [390, 844];
const hanako = "/care/p/p-yamada-hanako";
const shots = [
  ["entry", desk, "", "/"],
  ["entry-phone", phone, "", "/"],
  ["entry-closed", desk, "", closedBase],
  ["start", desk, "医師", "/care/"],
  ["search", desk, "医師", "/care/search", page => page.getByRole("searchbox").fill("やまだ")],
  ["search-none", desk, "医師", "/care/search", page => page.getByRole("searchbox").fill("ない人")],
  ["search-clerk", desk, "事務", "/care/search", page => page.getByRole("searchbox").fill("S27.3.14")],
  ["search-phone", phone, "医師", "/care/search", page => page.getByRole("searchbox").fill("やまだ")],
  ["overview-1440", desk, "医師", hanako],
  ["overview-1440-full", desk, "医師", hanako, undefined, true],
  ["overview-1280", small, "医師", hanako],
  ["overview-6m", desk, "医師", hanako, page => page.getByLabel("6か月").check()],
  ["overview-5y", desk, "医師", hanako, page => page.getByLabel("5年").check()],
  ["overview-all", desk, "医師", hanako, page => page.locator(".segment").last().click()],
  ["overview-1024", [1024, 768], "医師", hanako],
  ["overview-drawer", [1024, 768], "医師", hanako, page => page.locator(".drawer-button").click()],
  ["overview-phone", phone, "医師", hanako, undefined, true],
  ["overview-table", desk, "医師", hanako, page => page.getByText("表で見る").click()],
  ["palette", desk, "医師", hanako, page => page.keyboard.press("Control+k")],
  ["keys", desk, "医師", hanako, page => page.keyboard.press("?")],
  ["user", desk, "医師", hanako, page => page.locator(".user-button").click()],
  ["labs", desk, "医師", `${hanako}/labs`],
  ["lab-detail", desk, "医師", `${hanako}/labs/4Z271000002302301`],
  ["meds", desk, "医師", `${hanako}/meds`],
  ["timeline", desk, "医師", `${hanako}/timeline`],
  ["state-empty", desk, "医師", "/care/p/p-yamada-kako"],
  ["state-withheld", desk, "医師", "/care/p/p-withheld"],
  ["state-forbidden", desk, "医師", "/care/p/p-forbidden"],
  ["state-missing", desk, "医師", "/care/p/p-missing"],
  ["state-broken", desk, "医師", "/care/p/p-broken"],
  ["state-error", desk, "医師", "/care/p/p-error"],
  ["state-slow", desk, "医師", "/care/p/p-slow", page => page.waitForTimeout(5600)],
  ["me-phone", phone, "患者", "/me/", undefined, true],
  ["me-desk", desk, "患者", "/me/"],
];

for (const [name, [width, height], role, path, act, fullPage = false] of shots.filter(([one]) =>
  one.includes(only),
)) {
  const page = await browser.newPage({ viewport: { width, height } });
  page.on(
    "console",
    message =>
      message.type() === "error" && !/40[134]|500/u.test(message.text()) && console.log(name, message.text()),
  );
  page.on("pageerror", error => console.log(name, String(error)));
  if (role) {
    await page.goto(base);
    await page.locator("button.role", { hasText: role }).click();
    await page.waitForURL(/\/(?:care|me)\//u);
  }
  await page.goto(path.startsWith("http") ? path : base + path);
  if (name !== "state-slow") await page.waitForLoadState("networkidle");
  if (act) await act(page);
  await page.waitForTimeout(450);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage });
  await page.close();
}
await browser.close();
server.close();
closed.close();
