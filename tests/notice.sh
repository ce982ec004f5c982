#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# That verify and compare notice: a model broken in one step, a captured frame altered, one missing, one too many.
. "$(dirname "$0")/lib.sh"
no_leak_check
cd "$top" || exit 2
can_unshare || { skip notice "namespaces can not be made here"; exit 0; }
[ "${KERNEL:-1}" = 1 ] || { skip notice "built without kernel mode"; exit 0; }
lab=traces/lesson/1-cable.sh
expect_difference() { expect 1 "$@"; } # NAME REGEX COMMAND...
expect() { # STATUS NAME REGEX COMMAND...
	local status=$1 name=$2 re=$3
	shift 3
	timeout 120 "$@" >"$scratch/out" 2>&1 </dev/null
	local rc=$?
	if [ $rc != "$status" ]; then fail "notice/$name" "status $rc, not $status" "$scratch/out"
	elif ! grep -qE -- "$re" "$scratch/out"; then fail "notice/$name" "does not say: $re" "$scratch/out"
	else ok "notice/$name"; fi
}
expect_difference altered-frame 'DIFFERS.*line [0-9]+: frame' "$pktwalk" verify --color=never --fault 1 $lab
expect_difference lost-frame 'DIFFERS.*frame' "$pktwalk" verify --color=never --fault 2 $lab
expect_difference extra-frame 'DIFFERS.*frame' "$pktwalk" verify --color=never --fault 3 $lab
# A capture that lost frames: never "agrees", whatever else was compared.
expect 3 lost-said '^DIFFERS.*frame' "$pktwalk" verify --color=never --fault 4 $lab
expect 3 lost-not-missed '^Not certain: the captures had no room for 1 frame' "$pktwalk" verify --color=never --fault 5 $lab
! grep -q 'kernel agree' "$scratch/out" && ok notice/never-agrees || fail notice/never-agrees "says that they agree" "$scratch/out"
expect 1 lost-and-result '^  not certain: the captures' "$pktwalk" verify --color=never --fault 6 $lab
for f in 0:agrees 4:'not certain' 5:'not certain' 6:differs; do
	"$pktwalk" verify --json --fault "${f%%:*}" $lab >"$scratch/verdict" 2>&1
	name=notice/json-verdict-${f%%:*}
	if ! grep -q "\"verdict\":\"${f#*:}\"" "$scratch/verdict"; then fail "$name" "the verdict is not ${f#*:}" "$scratch/verdict" 1
	elif ! python3 -c 'import jsonschema' 2>/dev/null; then skip "$name" "no python3-jsonschema"
	elif python3 tests/json_check.py docs/trace.schema.json "$scratch/verdict" | grep '^FAIL'; then :
	else ok "$name"; fi
done
# The model broken on purpose: the same program with one line of one source file changed.
broken() { # NAME FILE SED LAB REGEX
	local name=$1 file=$2 dir=$scratch/broken
	rm -rf "$dir" && mkdir -p "$dir" && cp -rp Makefile model sim kernel traces "$dir/"
	sed -i "$3" "$dir/$file"
	if cmp -s "$file" "$dir/$file"; then fail "notice/$name" "the line to break is not in $file any more"; return; fi
	# the objects of what did not change are taken over
	mkdir -p "$dir/build" && cp -rp build/rel "$dir/build/" && touch "$dir/$file"
	if ! make -s -C "$dir" CFLAGS="-O1 -w" pktwalk >"$scratch/log" 2>&1; then fail "notice/$name" "does not build" "$scratch/log"; return; fi
	(cd "$dir" && expect_difference "$name" "$5" ./pktwalk verify --color=never -v "$4") # -v: not only the first
}
while IFS='|' read -r name file sed lab re; do
	case $name in
	'' | '#'*) continue ;;
	root-*) [ "$(id -u)" = 0 ] || { skip "notice/$name" "tracepoints are for root"; continue; } ;;
	esac
	broken "$name" "$file" "$sed" "$lab" "$re"
done <tests/broken.txt
exit 0
