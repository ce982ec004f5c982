# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# For the test scripts: one line per test on stdout, "ok NAME", "FAIL NAME: why" or "SKIP NAME: why"; tests/check.sh counts them.
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pktwalk=${PKTWALK:-$top/pktwalk}
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pktwalk-test.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"

ok() { echo "ok $1"; }
fail() { # NAME WHY [FILE: its first lines are shown on stderr]
	echo "FAIL $1: $2"
	[ -z "${3:-}" ] || head -n "${4:-40}" "$3" | sed 's/^/    /' >&2
}
skip() { echo "SKIP $1: $2"; }
# Every lab, by its path from the top; labs that are not for running alone have no .sh ending.
labs() { (cd "$top" && find traces -name '*.sh' | LC_ALL=C sort); }
# For what runs kernel mode, with SAN=1: LeakSanitizer can't work in a process that has left its PID namespace.
no_leak_check() { export ASAN_OPTIONS=detect_leaks=0; }
# Whether this user may make namespaces (then kernel mode can work).
can_unshare() { unshare -Urn true 2>/dev/null || { [ "$(id -u)" = 0 ] && unshare -n true 2>/dev/null; }; }
# Runs a command as a plain user. Fails when there is no way to become one.
as_plain_user() {
	if [ "$(id -u)" != 0 ]; then "$@"; else setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"; fi
}
# Runs "$2..." for every line of stdin as its last word, at most $1 at once; the output of each stays in one piece.
each() {
	local jobs=$1
	shift
	local i=0 line
	mkdir -p "$scratch/each"
	while IFS= read -r line; do
		i=$((i + 1))
		"$@" "$line" >"$scratch/each/$(printf %05d $i)" 2>"$scratch/each/$(printf %05d $i).err" </dev/null &
		while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do wait -n; done
	done
	wait
	for f in "$scratch"/each/*.err; do
		[ -e "$f" ] || continue
		cat "${f%.err}"
		cat "$f" >&2
	done
	rm -rf "$scratch/each"
}
