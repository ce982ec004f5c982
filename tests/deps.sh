#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Installs the Debian packages that a purpose needs and that are missing; says so; silent when there are none.
#   tests/deps.sh model|build|check|bench
set -eu
model="gcc libc6-dev make"
build="$model libmnl-dev libnftnl-dev libpcap-dev"
check="$build bash clang clang-tidy clang-format cppcheck iproute2 iptables nftables iputils-ping
	net-tools netcat-openbsd curl procps util-linux tcpdump tshark python3-jsonschema jq mandoc git kmod"
case "${1:-}" in
model) want=$model ;;
build) want=$build ;;
check) want=$check ;;
bench) want="$build iproute2 iptables iputils-ping" ;;
*) echo "usage: tests/deps.sh model|build|check|bench" >&2; exit 2 ;;
esac
command -v dpkg-query >/dev/null 2>&1 || {
	echo "deps: not a Debian system: please see to it yourself that there are: $want" >&2
	exit 0
}
# clang's runtime for sanitizers and fuzzers is a package of its own, with the version in its name.
runtime() {
	v=$(apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9][0-9]*\)$/\1/p' | head -1)
	echo "${v:+libclang-rt-$v-dev}"
}
list_missing() {
	for p in $want $(case " $want " in *" clang "*) runtime ;; esac); do
		case "$(dpkg-query -W -f '${Status}' "$p" 2>/dev/null)" in
		*" installed") ;;
		*) printf ' %s' "$p" ;;
		esac
	done
}
missing=$(list_missing)
[ -n "$missing" ] || exit 0
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
echo "deps: installing what is missing, with $as_root${as_root:+ }apt-get:$missing"
$as_root apt-get update -qq || echo "deps: 'apt-get update' failed: going on with the package lists there are" >&2
# shellcheck disable=SC2046 # words are wanted
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(list_missing) >/dev/null
