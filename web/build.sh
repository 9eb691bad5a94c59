#!/bin/sh
# Builds the pages into web/dist, with .gz and .br beside each file. Quiet, safe to repeat and to interrupt: nothing is
# done when dist is newer than its sources.   build.sh [fetch]: only brings the packages
set -eu
cd "$(dirname "$0")"
step() { printf '▸ %s\n' "$*"; }

fresh() { # FILE SOURCE...: FILE is there and no SOURCE is newer
  made=$1
  shift
  [ -e "$made" ] && [ -z "$(find "$@" -newer "$made" -type f -print -quit)" ]
}
fetch() { # once per lockfile; the mark is laid last, so an interrupted fetch is done again
  if fresh node_modules/.fetched package.json package-lock.json; then return; fi
  step "画面の部品を集めています / fetching page packages"
  ../tools/node/npm.sh ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
  touch node_modules/.fetched
}

if [ "${1:-}" = fetch ]; then
  fetch
  exit
fi
if fresh dist/.built build.sh index.html care me src public scripts package.json package-lock.json vite.config.ts; then exit 0; fi
fetch
node=$(../tools/node/find.sh)
step "画面を組み立てています / building pages"
"$node" scripts/build.mjs
touch dist/.built
