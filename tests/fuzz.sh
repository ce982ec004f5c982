#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every fuzz target for a while on its seed corpus:   tests/fuzz.sh [SECONDS]   (briefly in `make check`)
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
seconds=${1:-5}
if ! command -v clang >/dev/null || ! make -s -j"$(nproc)" fuzzers >"$scratch/build" 2>&1; then
	if command -v clang >/dev/null; then fail fuzz/build "does not build" "$scratch/build"; else skip fuzz "no clang"; fi
	exit 0
fi
# Seeds of labs are also all labs that there are, without their comments.
seeds=$scratch/seeds-lab
mkdir -p "$seeds" "$scratch"/seeds-{packet,pcap,netlink}
for f in tests/cmd/*.in traces/*/*.sh; do
	grep -vE '^[[:space:]]*#( |!)' "$f" >"$seeds/$(echo "$f" | tr / _)"
done
one() { # TARGET
	local name=$1 corpus=tests/fuzz/corpus/$1 found dict=tests/fuzz/$1.dict
	found=$(mktemp -d "$scratch/found.XXXXXX")
	mkdir -p "$found/new"
	local options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=4096 -max_len=2048 -close_fd_mask=3)
	[ "$name" != netlink ] || options+=(-max_len=12288) # a dump is larger
	[ ! -e "$dict" ] || options+=(-dict="$dict")
	if timeout $((seconds + 120)) build/fuzz/"$name" "${options[@]}" -artifact_prefix="$found/" "$found/new" "$corpus" \
		"$scratch/seeds-$name" >"$found/log" 2>&1; then
		ok "fuzz/$name"
	else
		cp "$found"/crash-* "$found"/leak-* "$found"/timeout-* "$found"/oom-* build/fuzz/ 2>/dev/null
		tail -40 "$found/log" >&2
		fail "fuzz/$name" "found something: see build/fuzz/"
	fi
}
for t in tests/fuzz/fuzz_*.c; do
	t=$(basename "$t" .c)
	echo "${t#fuzz_}"
done | grep -v "$([ "${KERNEL:-1}" = 1 ] && echo '^$' || echo '^netlink$')" | each "$(nproc)" one
exit 0
