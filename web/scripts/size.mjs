// Fails when a face's first route outgrows its budget (budgets.json, gzip kB), counted from its built index.html.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const web = fileURLToPath(new URL("..", import.meta.url));
const budgets = JSON.parse(readFileSync(join(web, "budgets.json"), "utf8"));
let over = 0;
for (const [page, budget] of Object.entries(budgets)) {
  const html = readFileSync(join(web, "dist", page), "utf8");
  for (const kind of ["js", "css"]) {
    const paths = [...html.matchAll(new RegExp(`(?:src|href)="(/assets/[^"]+\\.${kind})"`, "gu"))].map(
      match => match[1],
    );
    const size =
      paths.reduce((sum, path) => sum + readFileSync(join(web, "dist", `${path}.gz`)).length, 0) / 1000;
    const fits = size <= budget[kind];
    if (!fits) over++;
    console.log(`${fits ? "ok  " : "over"} ${page} ${kind} ${size.toFixed(1)} / ${budget[kind]} kB`);
  }
}
process.exit(over === 0 ? 0 : 1);
