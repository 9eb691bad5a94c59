#!/bin/sh
# Installs what is missing from Debian and fetches the npm sources of third_party: prepare.sh build | test | long (each
# includes the ones before it).
# Nothing is asked for, and no root is needed, when everything is present.
set -eu
cd "$(dirname "$0")/.."
case "${1:-build}" in
  build) groups='build' ;;
  test) groups='build|test' ;;
  long) groups='build|test|long' ;;
  *) echo "usage: tools/prepare.sh build|test|long" >&2; exit 2 ;;
esac

wanted=$(sed -nE "s/^($groups) ([^ #]+).*/\2/p" packaging/debian-packages.txt)
# shellcheck disable=SC2086
present=$(dpkg-query -W -f='${Package} ${Status}\n' $wanted 2>/dev/null | sed -n 's/ install ok installed$//p')
missing=''
for package in $wanted; do
  case "$package" in  # one from elsewhere serves as well
    nodejs) command -v node >/dev/null && continue ;;
    npm) command -v npm >/dev/null && continue ;;
  esac
  printf '%s\n' "$present" | grep -qx "$package" || missing="$missing $package"
done

# Once per lockfile; the mark is laid last, so an interrupted fetch is done again.
fetch_sources() {
  mark=third_party/node_modules/.fetched
  if [ -e $mark ] && [ ! third_party/package-lock.json -nt $mark ]; then return; fi
  (cd third_party && npm ci --ignore-scripts --no-audit --no-fund --silent)
  touch $mark
}

if [ -z "$missing" ]; then
  fetch_sources
  exit
fi

echo "足りないものを入れます / installing:$missing"
as_root=''
[ "$(id -u)" = 0 ] || as_root=sudo
if [ -n "$as_root" ] && ! command -v sudo >/dev/null; then
  echo "管理者として入れてください / please install as root: apt-get install$missing" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# apt's lists may be old or absent on a fresh machine: refresh only when the first try fails.
# shellcheck disable=SC2086
$as_root apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
  { $as_root apt-get update -q >/dev/null && $as_root apt-get install -y -q --no-install-recommends $missing >/dev/null; }
fetch_sources
