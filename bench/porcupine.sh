#!/usr/bin/env bash
# Judges the same histories with Porcupine and with Lockstep, one after the other, and prints the
# ratios of their processor times: bench/porcupine.sh PORCUPINE [BENCH].
#
# PORCUPINE is a checkout of github.com/anishathalye/porcupine, whose test_data/ has the logs of
# etcd and the histories of maps; it and what it judges stay outside of this repository. BENCH is
# lockstep_checker_bench (build/release/ by default: ./dev bench builds it). Go must be installed
# (golang-go). Needs 8 GB of memory for the valid mutex of 100,000 operations, and more than there
# often is for the invalid one: that is asked of Porcupine with 10,000 alone.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
porcupine=$(cd "$1" && pwd)
bench=$(realpath "${2:-$here/../build/release/lockstep_checker_bench}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir "$work/histories" "$work/program"
cp "$porcupine"/test_data/jepsen/*.log "$porcupine"/test_data/kv/c10-*.txt \
  "$porcupine"/test_data/kv/c50-*.txt "$work/histories"
for case in 10000-valid 10000-overlap 100000-valid; do
  "$bench" "${case%-*}" 20 0 "${case#*-}" >"$work/histories/lock-$case.txt"
done
cp "$here/porcupine/main.go" "$work/program"
cat >"$work/program/go.mod" <<MOD
module side_by_side
go 1.16
require github.com/anishathalye/porcupine v0.0.0
replace github.com/anishathalye/porcupine => $porcupine
MOD
(cd "$work/program" && go build -o side_by_side .)

GOMAXPROCS=1 "$work/program/side_by_side" "$work/histories" >"$work/theirs"
"$bench" "$work/histories" >"$work/ours"
printf '%-32s %-14s %-14s %12s %12s %9s\n' history Porcupine Lockstep seconds seconds ratio
awk -F': ' '
  { split($2, part, " ") }
  NR == FNR { verdict[$1] = part[1]; took[$1] = part[2]; next }
  $1 in took {
    printf "%-32s %-14s %-14s %12.5f %12.5f %9.1f\n", $1, verdict[$1], part[1], took[$1], part[2],
      took[$1] / part[2]
  }' "$work/theirs" "$work/ours"
