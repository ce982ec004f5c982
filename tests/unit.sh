#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The unit tests: each program under the build's unit/ directory is one test here; it reports its own count.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
dir=${UNIT_DIR:-build/rel/unit}
for src in tests/unit/*_test.c; do
	name=$(basename "$src" .c)
	if [ ! -x "$dir/$name" ]; then
		fail "unit/$name" "not built"
	elif timeout 120 "$dir/$name" >"$scratch/out" 2>"$scratch/err"; then
		if grep -q '^unit [1-9][0-9]* passed, 0 failed' "$scratch/out"; then
			ok "unit/$name"
		else
			fail "unit/$name" "no test was counted" "$scratch/out"
		fi
		grep '^SKIP ' "$scratch/out"
	else
		cat "$scratch/out" >>"$scratch/err"
		fail "unit/$name" "status $?" "$scratch/err"
	fi
done
exit 0
