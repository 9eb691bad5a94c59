#!/bin/sh
# tools/fuzz.sh SECONDS: every fuzz target under libFuzzer with clang, that long each, on a copy of its corpus.
# (Each target also replays its corpus under g++ in ./test: that is tests/CMakeLists.txt's business.)
set -eu
cd "$(dirname "$0")/.."
seconds=${1:-60}
cmake --preset fuzz >/dev/null
for source in tests/fuzz/*.cpp; do
  name=$(basename "$source" .cpp)
  [ "$name" = replay ] && continue
  ninja -C build/fuzz "fuzz_$name" >/dev/null
  found=build/fuzz/corpus/$name
  mkdir -p "$found"
  echo "▸ $name, $seconds s"
  build/fuzz/tests/fuzz_"$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -artifact_prefix="build/fuzz/$name-" \
    "$found" "tests/fuzz/corpus/$name" 2>"build/fuzz/$name.log" || { tail -n 30 "build/fuzz/$name.log"; exit 1; }
done
