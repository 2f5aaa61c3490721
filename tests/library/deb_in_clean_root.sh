#!/usr/bin/env bash
# Makes the Debian packages, installs both into a fresh root by apt, runs the command there, builds
# an example against them and judges it, purges them, and looks for what is left:
# deb_in_clean_root.sh BUILD. 77: not possible here. ROOT_TARBALL_DIR may hold a base to copy.
set -euo pipefail
build=$1
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[[ $(id -u) == 0 ]] || { echo "needs root"; exit 77; }
command -v debootstrap >/dev/null || { echo "needs debootstrap"; exit 77; }
work=$(mktemp -d)
root=$work/root
cleanup() {
  for mounted in proc dev; do umount -l "$root/$mounted" 2>/dev/null || true; done
  rm -rf --one-file-system "$work"
}
trap cleanup EXIT

(cd "$work" && cpack -G DEB --config "$build/CPackConfig.cmake" >cpack.log 2>&1) ||
  { cat "$work/cpack.log"; exit 1; }
if [[ -n ${ROOT_TARBALL_DIR:-} ]]; then
  cp -a "$ROOT_TARBALL_DIR" "$root"
else
  debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root" \
    >"$work/debootstrap.log" 2>&1 || { tail -n 3 "$work/debootstrap.log"; exit 77; }
fi
[[ -s $root/etc/resolv.conf ]] || cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --make-private "$root/dev"
inside() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C "$@"; }
# quietly <command>...: what it says only when it fails.
quietly() { inside "$@" >"$work/said" 2>&1 || { tail -n 30 "$work/said"; exit 1; }; }

cp "$work"/lockstep_*.deb "$root/lockstep.deb"
cp "$work"/lockstep-dev_*.deb "$root/lockstep-dev.deb"
quietly apt-get -q update
! inside sh -c 'command -v lockstep' || { echo "lockstep is there already"; exit 1; }

# The command alone
quietly apt-get -q install -y --no-install-recommends /lockstep.deb
inside lockstep --version
quietly lockstep sweep redis-setpx --faults gc-pause --runs 50 --expect violation -q
quietly lockstep demo -o /tmp/demo
inside sh -c 'test -s /usr/share/bash-completion/completions/lockstep'
inside rm -rf /tmp/demo

# A project of somebody else's
quietly apt-get -q install -y --no-install-recommends /lockstep-dev.deb \
  g++ cmake ninja-build libgtest-dev
cp -a "$source/examples/fenced_redis_lock" "$root/example"
quietly cmake -S /example -B /example/build -G Ninja
quietly cmake --build /example/build
quietly ctest --test-dir /example/build --output-on-failure
quietly lockstep sweep --plugin /example/build/libfenced_lock.so fenced-lock --resource RP2 \
  --faults gc-pause --runs 50
inside rm -rf /example

quietly dpkg --purge lockstep-dev lockstep
left=$(inside find / -xdev -name '*lockstep*' -not -path '/proc/*' -not -path '/dev/*' \
  -not -path '/lockstep.deb' -not -path '/lockstep-dev.deb' -not -path '/var/log/*' \
  -not -path '/var/lib/apt/*' -not -path '/var/cache/*')
[[ -z $left ]] || { echo "left behind: $left"; exit 1; }
echo "both packages were installed, the command ran, an example was built and judged, nothing is left"
