#!/usr/bin/env bash
# build.sh: install the Debian packages and build the programs that localkube is made of, where they are missing or old.
#
#   build.sh HOME      builds into HOME/bin
#
# Each program has a stamp: a sum over its sources. A cold build takes 7 minutes on 2 idle cores; later ones
# seconds, as Go keeps what it compiled. May be run again after an interruption, and by several at once.
set -euo pipefail

kubernetes=1.34.4 # as in go.mod
helm=v4.2.4

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
home=$1
export CGO_ENABLED=0

say() { printf 'localkube: %s\n' "$*" >&2; }
die() {
    say "$*"
    exit 1
}

# --- Debian packages --------------------------------------------------------------------------

# program:package
programs=(/usr/bin/containerd:containerd /usr/sbin/runc:runc /usr/lib/cni/ptp:containernetworking-plugins
    /usr/sbin/nft:nftables /bin/ip:iproute2 /usr/sbin/conntrack:conntrack /bin/busybox:busybox-static
    /usr/bin/nsenter:util-linux /bin/mount:mount /usr/bin/strip:binutils)

install_packages() {
    local pair missing=()
    for pair in "${programs[@]}"; do
        [ -x "${pair%%:*}" ] || missing+=("${pair#*:}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    [ "$(id -u)" = 0 ] || die "only root can have these installed: ${missing[*]} (Debian's package names)"
    command -v apt-get >/dev/null || die "not a Debian machine; missing here: ${missing[*]} (Debian's package names)"
    say "installing: ${missing[*]}"
    # RUNLEVEL=1: the services of these packages (containerd) are not started.
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    apt-get install -y --no-install-recommends "${missing[@]}" >/dev/null 2>&1 && return
    apt-get update -q >&2 && apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# --- Go programs ------------------------------------------------------------------------------

# Builds a program, unless its stamp tells that it is of these sources. Go compiles packages by the thousand for the
# big ones: a line is printed for every 200.
build() { # name, sum, folder, go arguments...
    local name=$1 sum=$2 folder=$3 stamp=$home/stamps/$1 begun=$SECONDS
    shift 3
    [ -x "$home/bin/$name" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sum" ] && return
    command -v go >/dev/null || die "missing: go (the Go toolchain, see go.mod for the version)"
    say "building $name"
    (cd "$folder" && nice go "$@" 2>&1) | awk -v name="$name" '
        /^[a-z0-9.-]+(\/[^ ]*)?$/ { if (++count % 200 == 0) printf "localkube: %s: %d packages compiled\n", name, count; fflush(); next }
        /^go: downloading/ { if (++fetched % 100 == 0) printf "localkube: %s: %d modules fetched\n", name, fetched; fflush(); next }
        { print }' >&2
    [ -x "$home/bin/$name" ] || die "$name was not built"
    printf '%s' "$sum" >"$stamp"
    say "$name: $(($(stat -c %s "$home/bin/$name") / 1000000)) MB, $((SECONDS - begun)) s"
}

sum() { # folder or file...
    { go version && find "$@" -type f \( -name '*.go' -o -name 'go.*' -o -name build.sh \) -print0 | sort -z | xargs -0 sha256sum; } | sha256sum
}

build_all() {
    local compile=(build -v -p 2 -trimpath) version="" package
    for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
        version+=" -X $package.gitVersion=v$kubernetes -X $package.gitMajor=1 -X $package.gitMinor=${kubernetes:2:2}"
    done
    cd "$here"
    # Quick ones first: their mistakes show at once.
    build pause "$(sum pause)" . "${compile[@]}" -ldflags "-s -w" -o "$home/bin/pause" ./pause
    build kube "$(sum kube go.mod go.sum build.sh)" . "${compile[@]}" -ldflags "-s -w$version" -o "$home/bin/kube" ./kube
    build localkube "$(sum .)" . "${compile[@]}" -ldflags "-s -w" -o "$home/bin/localkube" .
    build coredns "$(sum coredns build.sh)" coredns "${compile[@]}" -ldflags "-s -w" -o "$home/bin/coredns" .
    GOBIN=$home/bin build helm "$(sum build.sh)" . install -v -p 2 -trimpath -ldflags "-s -w" "helm.sh/helm/v4/cmd/helm@$helm"
    local name
    for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
        ln -sfn kube "$home/bin/$name"
    done
}

mkdir -p "$home/bin" "$home/stamps"
exec 9>"$home/stamps/lock"
flock -n 9 || { say "another build is at work; waiting for it" && flock 9; }
install_packages
build_all
