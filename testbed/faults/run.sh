#!/bin/sh
# The fault tests: edge and agent in two network namespaces, a wire between them that breaks, and processes that die.
# Needs root, python3, iproute2, /dev/net/tun. About eight minutes; a line a fault, exit code 0 where all passed.
#
#   testbed/faults/run.sh [FAULT...]      all, or the named ones (see faults.py)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
launcher=${DOORWARD_LAUNCHER:-$here/../../doorward}
"$launcher" agent --help >/dev/null # builds, where this is a checkout
exec python3 -B "$here/faults.py" "$launcher" "$@"
