// Builds dist/ and lays a .gz and a .br beside every file that is text: the server sends them as they are.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const web = fileURLToPath(new URL("..", import.meta.url));
const dist = join(web, "dist");
const text = /\.(?:html|js|css|svg|json|txt)$/u;

function files(folder) {
  return readdirSync(folder).flatMap(name => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : [path];
  });
}

const vite = spawnSync(
  process.execPath,
  [join(web, "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"],
  {
    cwd: web,
    stdio: "inherit",
  },
);
if (vite.status !== 0) process.exit(vite.status ?? 1);

for (const path of files(dist).filter(one => text.test(one))) {
  const bytes = readFileSync(path);
  writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  writeFileSync(
    `${path}.br`,
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
  );
}
