#!/bin/sh
# The whole acceptance run: installs what it needs, starts Doorward's demo with several services behind it,
# runs every step against it. Results and logs: target/acceptance/. Works from any folder, needs no terminal.
#
#   testbed/acceptance/run.sh [STEP...]      all steps, or the named ones (see run.mjs)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
cd "$here"

if ! [ -d node_modules ] || ! cmp -s package-lock.json node_modules/.installed-lock; then
  echo "installing npm packages"
  npm ci --no-audit --no-fund --loglevel=error --ignore-scripts
  cp package-lock.json node_modules/.installed-lock
fi

if [ -z "${CHROMIUM:-}" ] && ! [ -x /usr/bin/chromium ]; then
  echo "installing chromium"
  log=$(mktemp)
  if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >"$log" 2>&1; then
    cat "$log" >&2
    echo "run.sh: chromium could not be installed: install it, or name one in CHROMIUM" >&2
    exit 1
  fi
  rm -f "$log"
fi

# The packages need Node 22 or newer: the one of this folder's packages, where it is for this machine.
node=
for found in node_modules/node-linux-*/bin/node "$(command -v node || true)"; do
  if [ -x "$found" ] && "$found" -e 'process.exit(process.versions.node.split(".")[0] >= 22 ? 0 : 1)' 2>/dev/null; then
    node=$(cd "$(dirname "$found")" && pwd)/node
    break
  fi
done
if [ -z "$node" ]; then
  echo "run.sh: no Node 22 or newer found: install one" >&2
  exit 1
fi

exec "$node" run.mjs "$@"
