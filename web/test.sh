#!/bin/sh
# What can be said about the pages without a server: types, lint and format, wording, units, size of the build.
# (tests/e2e/care.mjs is run by ./test against a real Tasuki.)
set -eu
cd "$(dirname "$0")"
./build.sh fetch
./build.sh
node=$(../tools/node/find.sh)
"$node" node_modules/typescript/bin/tsc --noEmit
biome=node_modules/@biomejs/cli-linux-x64/biome
if [ -x $biome ]; then $biome check --log-level=error .; else echo "skipped: biome (x86-64 only)"; fi
"$node" scripts/wording.mjs
"$node" scripts/size.mjs
"$node" node_modules/vitest/vitest.mjs run --reporter=dot
