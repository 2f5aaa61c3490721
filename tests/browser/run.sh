#!/usr/bin/env bash
# Makes the pages and drives them in a browser. Exits with 77, which ctest shows as skipped, where
# Chromium, node or the packages are absent.
set -euo pipefail

lockstep=$1 pages=$2 folder=$3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

for program in chromium node npm; do
  command -v "$program" >/dev/null || { echo "skipped: no $program here"; exit 77; }
done
mkdir -p "$folder/modules"
cp "$here"/*.js "$here"/package*.json "$folder/modules/"
[[ $(node --version) =~ ^v([0-9]+) && ${BASH_REMATCH[1]} -ge 18 ]] ||
  { echo "skipped: node $(node --version) is too old"; exit 77; }
if ! [[ -d $folder/modules/node_modules/playwright-core ]]; then
  (cd "$folder/modules" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) ||
    { echo "skipped: npm cannot install what package-lock.json names"; exit 77; }
fi
for name in write-after-pause deadly-embrace redlock-restart-without-fsync the-deposed-leaders-axe; do
  rm -rf "${folder:?}/$name"
  "$lockstep" run "$name" -q --expect violation -o "$folder/$name" >/dev/null
  cp "$folder/$name/timeline.html" "$folder/$name.html"
done
"$pages" "$folder"
rm -rf "${folder:?}/versus"
"$lockstep" versus redis-setpx redis-fence-atomic:resource=RP2 --scenario write-after-pause -q \
  -o "$folder/versus" >/dev/null
cp "$folder/versus/versus.html" "$folder/versus.html"
rm -rf "${folder:?}/campaign"
"$lockstep" sweep redis-setpx --faults gc-pause --runs 100 -q --expect violation \
  -o "$folder/campaign" >/dev/null
# What its page says how to make of the first failure, word by word.
for verb in odds envelope; do
  words=$(grep -o "lockstep $verb [^<]*" "$folder/campaign/index.html" | head -n 1)
  (cd "$folder/campaign" && "$lockstep" ${words#lockstep } -q >/dev/null)
done
cd "$folder/modules"
LOCKSTEP_PAGES=$folder exec node --test --test-concurrency=1 ./*.test.js
