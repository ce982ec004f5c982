#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Runs every kind of test and ends with the line "N passed, N failed, N skipped".
#   tests/check.sh [SUITE ...]      suites: the names in the list below
cd "$(dirname "$0")/.." || exit 2
suites=${*:-unit cmd golden json bad lint kernel notice compare oracle fuzz install}
log=$(mktemp "${TMPDIR:-/tmp}/pktwalk-check.XXXXXX")
trap 'rm -f "$log"' EXIT
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
passed=$(grep -c '^ok ' "$log")
failed=$(grep -c '^FAIL ' "$log")
skipped=$(grep -c '^SKIP ' "$log")
echo "took $(($(date +%s) - began)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
