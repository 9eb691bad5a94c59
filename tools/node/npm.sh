#!/bin/sh
# Runs npm with the Node of find.sh: npm.sh ci ...
# Why: npm leaves out an optional package whose "engines" the running Node does not meet, and says nothing. Debian's npm
# runs on Node 18, so the bundler's machine code (Node >= 20.19) would be missing on a bare Debian 12.
# NODE_PATH: Debian keeps npm's own modules where only Debian's Node looks for them.
set -eu
node=$("$(dirname "$0")/find.sh")
NODE_PATH=/usr/share/nodejs:/usr/share/node_modules exec "$node" "$(readlink -f "$(command -v npm)")" "$@"
