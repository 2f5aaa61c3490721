#!/usr/bin/env bash
# Gives what Lockstep writes to what is to read it: schemas, dot, xmllint, speedscope. Exits with 77,
# which ctest shows as skipped, where node or the packages are absent.
set -euo pipefail

lockstep=$1 docs=$2 folder=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

for program in node npm; do
  command -v "$program" >/dev/null || { echo "skipped: no $program here"; exit 77; }
done
[[ $(node --version) =~ ^v([0-9]+) && ${BASH_REMATCH[1]} -ge 18 ]] ||
  { echo "skipped: node $(node --version) is too old"; exit 77; }
mkdir -p "$folder/modules"
cp "$here"/*.js "$here"/package*.json "$folder/modules/"
cd "$folder/modules"
if ! cmp -s package-lock.json node_modules/.of-lock; then
  npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1 ||
    { echo "skipped: npm cannot install what package-lock.json names"; exit 77; }
  cp package-lock.json node_modules/.of-lock
fi
LOCKSTEP=$lockstep LOCKSTEP_DOCS=$docs LOCKSTEP_FOLDER=$folder \
  exec node --test --test-concurrency=1 ./*.test.js
