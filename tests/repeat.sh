#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Nothing is flaky: labs again and again on the real kernel, many at once, must agree every time.
#   tests/repeat.sh [LAB ...]      default: every lab in traces/
# From the environment: TIMES=N repetitions; JOBS=N labs at once (8 per core: they mostly wait); LOAD=1 keeps one core
# busy meanwhile; SLOW=1 makes pktwalk 60 ms late before each command, as a busy machine does; USERS="root user" as whom
# (as the one who calls); KEEP=DIR for the outputs of those that did not agree (a new directory, named at the end).
# Without TIMES: what `make check` has time for, some labs once, with LOAD and SLOW.
# A run that is not certain is made again, three times in all; how often that was is said at the end.
# Per lab that did not agree every time: how often it agreed, differed, was not certain, could not be verified.
. "$(dirname "$0")/lib.sh"
no_leak_check
cd "$top" || exit 2
some=1
if [ -z "${TIMES:-}" ]; then LOAD=1 SLOW=1 some=7; fi
times=${TIMES:-1} jobs=${JOBS:-$(($(nproc) * 8))}
if ! can_unshare; then
	skip repeat "namespaces can not be made here (neither as root nor in a user namespace)"
	exit 0
fi
users=${USERS:-$([ "$(id -u)" = 0 ] && echo root || echo user)}
keep=${KEEP:-$(mktemp -d "${TMPDIR:-/tmp}/pktwalk-repeat.XXXXXX")}
mkdir -p "$keep" || exit 2
bin=$scratch/pktwalk
cp -L "$pktwalk" "$bin" && chmod 755 "$bin"
mkdir "$scratch/labs" && cp -r traces "$scratch/labs/" && chmod -R a+rX "$scratch/labs"
[ $# -gt 0 ] || mapfile -t list < <(labs | awk -v some=$some 'NR % some == 0')
[ $# = 0 ] || list=("$@")
cd "$scratch/labs" || exit 2

busy=0
# The load: a loop that ends with this script, however that ends, and after a bounded time in any case.
if [ "${LOAD:-0}" = 1 ]; then
	timeout $((60 + times * 60)) bash -c 'while kill -0 "$1" 2>/dev/null; do for ((i = 0; i < 300000; i++)); do :; done; done' - $$ &
	load=$! busy=1
	trap 'kill $load 2>/dev/null; rm -rf "$scratch"' EXIT
fi

once() { # USER LAB N
	local as='' out=$scratch/out.$BASHPID verdict rc try
	[ "$1" = root ] || as=as_plain_user
	for try in 1 2 3; do
		$as timeout 300 "$bin" verify --color=never -q ${SLOW:+--fault 7} "$2" >"$out" 2>&1
		rc=$?
		[ $rc = 3 ] || break
		echo "again $1 $2"
	done
	case $rc in
	0) verdict=agreed ;;
	1) verdict=differed ;;
	3) verdict=uncertain ;;
	*) verdict=failed ;;
	esac
	[ $rc = 0 ] || mv "$out" "$keep/$1-$(echo "${2%.sh}" | tr / -)-$3.$verdict"
	rm -f "$out"
	echo "$verdict $1 $2" # one write: lines of several do not mix
}
began=$(date +%s)
for ((n = 1; n <= times; n++)); do
	for u in $users; do
		for lab in "${list[@]}"; do
			once "$u" "$lab" "$n" </dev/null &
			while [ "$(jobs -rp | wc -l)" -ge $((jobs + busy)) ]; do wait -n; done
		done
	done
done >"$scratch/verdicts"
for p in $(jobs -rp); do [ "$p" = "${load:-}" ] || wait "$p"; done
awk -v OFS=' ' '{ n[$2 "/" $3, $1]++; lab[$2 "/" $3] = 1 }
	END { for (l in lab) print l, n[l, "agreed"] + 0, n[l, "differed"] + 0, n[l, "uncertain"] + 0, n[l, "failed"] + 0 }
' "$scratch/verdicts" | LC_ALL=C sort | while read -r lab agreed differed uncertain failed; do
	if [ "$agreed" = "$times" ]; then
		ok "repeat/$lab"
	else
		echo "FAIL repeat/$lab: $agreed agreed, $differed differed, $uncertain not certain, $failed could not be verified"
	fi
done
all=$(grep -vc '^again' "$scratch/verdicts")
echo "repeat: $all runs, $(grep -c '^again' "$scratch/verdicts") not certain and made again, $(grep -c '^agreed' "$scratch/verdicts") agreed, $jobs at once, $(($(date +%s) - began)) s"
rmdir "$keep" 2>/dev/null || echo "repeat: the outputs of those that did not agree are in $keep"
