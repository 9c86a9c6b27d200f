#!/bin/sh
# Doorward (edge, link, agent) beside nginx as a plain TLS reverse proxy, same backend, same run.
# Usage: testbed/bench/run.sh [ROUNDS]; README.md beside this file says what is measured.
set -eu
root=$(CDPATH='' cd "$(dirname "$0")/../.." && pwd -P)
for tool in nginx wrk openssl; do
  command -v "$tool" >/dev/null || {
    echo "The benchmark needs $tool; on Debian: apt-get install nginx-light wrk openssl" >&2
    exit 1
  }
done
exec "$root/doorward" bench "$@"
