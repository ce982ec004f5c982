#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every kind of test and ends with the line "N passed, N failed, N skipped".
#   tests/check.sh [SUITE ...]      suites: the names in the list below
cd "$(dirname "$0")/.." || exit 2
suites=${*:-unit cmd golden json bad lint kernel random repeat harm notice compare oracle fuzz install}
log=$(mktemp "${TMPDIR:-/tmp}/pktwalk-check.XXXXXX")
before=$log.before after=$log.after # of the machine's own network and the like
trap 'rm -f "$log" "$before" "$after"' EXIT
tests/state.sh >"$before"
began=$(date +%s)
for s in $suites; do
	t=$(date +%s)
	printf '== %s\n' "$s"
	if [ ! -x "tests/$s.sh" ]; then
		echo "FAIL $s: no such suite" | tee -a "$log"
		continue
	fi
	"tests/$s.sh" | tee -a "$log" | grep -v '^ok ' # what passed is only counted
	rc=${PIPESTATUS[0]}
	[ "$rc" = 0 ] || echo "FAIL $s: the suite itself ended with status $rc" | tee -a "$log"
	printf '   %s: %s s\n' "$s" $(($(date +%s) - t))
done
# Nothing of the machine was touched. What other programs do at the same time may be on its way back.
untouched=FAIL
for i in 1 2 3 4 5; do
	tests/state.sh >"$after"
	# new modules that the kernel random loaded when something was first used bring sysctls with them
	if grep '^modules' "$before" | cmp -s - <(grep '^modules' "$after"); then
		cmp -s "$before" "$after" && untouched=ok && break
	else
		diff <(grep -v '^modules\|^sysctl' "$before") <(grep -v '^modules\|^sysctl' "$after") >/dev/null &&
			! diff "$before" "$after" | grep -q '^< sysctl' && untouched=ok && break
	fi
	sleep "$i"
done
if [ $untouched = ok ]; then
	echo "ok check/machine-untouched" >>"$log"
else
	echo "FAIL check/machine-untouched: the machine is not as it was" | tee -a "$log"
	diff "$before" "$after" | head -40
fi
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^FAIL ' "$log")
skipped=$(grep -c '^SKIP ' "$log")
echo "took $(($(date +%s) - began)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
