#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every lab in traces/ against the trace kept beside it (LAB.trace): the whole text at -v, twice, byte for byte.
#   tests/golden.sh            compare
#   tests/golden.sh --update   write the traces anew (then read the difference before committing it)
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
one() {
	local lab=$1 want=${1%.sh}.trace got diff
	got=$scratch/$(echo "$lab" | tr / _)
	diff=$got.diff
	"$pktwalk" run -v --color=never "$lab" >"$got" 2>&1 </dev/null
	local rc=$?
	if [ "$update" = 1 ]; then
		cp "$got" "$want"
		return
	fi
	[ $rc = 0 ] || { fail "golden/$lab" "status $rc, not 0" "$got" 5; return; }
	[ -e "$want" ] || { fail "golden/$lab" "there is no $want"; return; }
	diff -u "$want" "$got" >"$diff" || { fail "golden/$lab" "differs from $want" "$diff"; return; }
	"$pktwalk" run -v --color=never "$lab" 2>&1 </dev/null | cmp -s - "$want" || { fail "golden/$lab" "a second run differs"; return; }
	ok "golden/$lab"
}
update=0
[ "${1:-}" != --update ] || update=1
labs | each "$(nproc)" one
exit 0
