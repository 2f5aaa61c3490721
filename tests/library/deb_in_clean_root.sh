#!/usr/bin/env bash
# Makes the Debian packages, installs the command's into a fresh root by apt, runs it there, removes
# it, and looks for what is left. 77: not possible here. ROOT_TARBALL_DIR may hold a base to copy.
set -euo pipefail
build=$1
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

cp "$work"/lockstep_*.deb "$root/lockstep.deb"
inside apt-get -q update >/dev/null
! inside sh -c 'command -v lockstep' || { echo "lockstep is there already"; exit 1; }
inside apt-get -q install -y --no-install-recommends /lockstep.deb >/dev/null
inside lockstep --version
inside lockstep sweep redis-setpx --faults gc-pause --runs 50 --expect violation -q >/dev/null
inside lockstep demo -o /tmp/demo >/dev/null
inside sh -c 'test -s /usr/share/bash-completion/completions/lockstep'
inside rm -rf /tmp/demo
inside dpkg --purge lockstep >/dev/null
left=$(inside find / -xdev -name '*lockstep*' -not -path '/proc/*' -not -path '/dev/*' \
  -not -path '/lockstep.deb' -not -path '/var/log/*' -not -path '/var/lib/apt/*' \
  -not -path '/var/cache/*')
[[ -z $left ]] || { echo "left behind: $left"; exit 1; }
echo "installed, ran, and left nothing"
