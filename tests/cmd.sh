#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The command language, as `pktwalk parse` reads it.
#   tests/cmd/X.in    a lab; X.ok is its canonical form, which must parse to itself
#   tests/cmd/X.bad   labs with one mistake each, lines "%%" between them; X.err has what is said of each
#   tests/cmd/X.sh    a lab of commands that fail, each with the status of the real tool; run, and where the real tools
#                     are, compared with theirs word by word (tests/oracle.sh)
# tests/cmd.sh --update writes .ok and .err anew (then read the difference before committing it).
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 2
update=0
[ "${1:-}" != --update ] || update=1

compare() { # NAME GOT WANT
	if [ "$update" = 1 ]; then cp "$2" "$3"
	elif [ ! -e "$3" ]; then fail "$1" "there is no ${3#"$top"/}"
	elif ! diff -u "$3" "$2" >diff; then fail "$1" "differs from ${3#"$top"/}" diff
	else ok "$1"; fi
}

good() {
	local name rc
	name=cmd/$(basename "$1" .in)
	cp "$1" lab.sh
	"$pktwalk" parse lab.sh >got 2>err </dev/null
	rc=$?
	if [ $rc != 0 ] || [ -s err ]; then
		fail "$name" "status $rc" err
		return
	fi
	compare "$name" got "${1%.in}.ok"
	cp got lab.sh
	if "$pktwalk" parse lab.sh 2>&1 </dev/null | cmp -s - got; then ok "$name-again"
	else fail "$name-again" "what parse prints does not parse to itself"; fi
}

one_bad() { # the lab is lab.sh
	local rc
	timeout 60 "$pktwalk" parse lab.sh >out 2>err </dev/null
	rc=$?
	if [ $rc = 0 ]; then # some things are only known when a command's turn comes
		echo "when run:"
		timeout 60 "$pktwalk" run -q --color=never lab.sh >out 2>err </dev/null
		rc=$?
	fi
	[ $rc = 2 ] || echo "status $rc"
	[ ! -s out ] || echo "something on standard output"
	cat err
}

bad() {
	local line
	: >got
	: >lab.sh
	while IFS= read -r line || [ -n "$line" ]; do
		if [ "$line" != %% ]; then
			printf '%s\n' "$line" >>lab.sh
			continue
		fi
		{ one_bad; echo %%; } >>got
		: >lab.sh
	done <"$1"
	one_bad >>got
	compare "cmd/$(basename "$1")" got "${1%.bad}.err"
}

words() {
	local name
	name=cmd/$(basename "$1")
	[ "$update" = 0 ] || return
	if "$pktwalk" run --color=never -q "$1" >got 2>&1 </dev/null; then ok "$name"; else fail "$name" "status $?" got; fi
	(cd "$top" && tests/oracle.sh "${1#"$top"/}")
}

for f in "$top"/tests/cmd/*.in; do good "$f"; done
for f in "$top"/tests/cmd/*.bad; do bad "$f"; done
for f in "$top"/tests/cmd/*.sh; do words "$f"; done
exit 0
