#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The machine formats: every line of --json of every lab against the schema in docs/; pcapng through tshark.
. "$(dirname "$0")/lib.sh"
cd "$top" || exit 2
mkdir -p "$scratch/json" "$scratch/pcapng"
for lab in $(labs); do
	name=$(echo "${lab%.sh}" | tr / _)
	"$pktwalk" run --json --pcapng "$scratch/pcapng/$name" "$lab" >"$scratch/json/$name" 2>"$scratch/err" </dev/null ||
		fail "json/$lab" "status $?" "$scratch/err"
done
if python3 -c 'import jsonschema' 2>/dev/null; then
	python3 tests/json_check.py docs/trace.schema.json "$scratch"/json/* || fail json/schema "the checker failed"
else
	skip json/schema "no python3-jsonschema"
fi
# One run of tshark per file: a line per frame, with what it thinks of the checksums.
pcapng() { # FILE
	local name want got bad
	name=$(basename "$1")
	want=$(grep -c '"kind":"frame"' "$scratch/json/$name")
	tshark -n -r "$1" -o tcp.desegment_tcp_streams:FALSE -o tcp.analyze_sequence_numbers:FALSE -o http.desegment_body:FALSE \
		-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -T fields -E 'separator=;' -e frame.number \
		-e ip.checksum.status -e icmp.checksum.status -e udp.checksum.status -e tcp.checksum.status \
		>"$1.txt" 2>"$1.err"
	got=$(wc -l <"$1.txt")
	if grep -v -i 'running as user' "$1.err" | grep -q .; then fail "pcapng/$name" "tshark complains" "$1.err"
	elif [ "$got" != "$want" ]; then fail "pcapng/$name" "tshark reads $got frames, not $want"
	else ok "pcapng/$name"; fi
	# the status of a checksum is 0 when it is bad
	bad=$(awk -F';' '{ for (i = 2; i <= 5; i++) if ($i ~ /(^|,)0(,|$)/) print $1 }' "$1.txt" | head -3 | tr '\n' ' ')
	[ -z "$bad" ] && ok "pcapng/$name/checksums" || fail "pcapng/$name/checksums" "bad frames: $bad"
}
if command -v tshark >/dev/null; then
	ls "$scratch"/pcapng/* | each "$(nproc)" pcapng
else
	skip pcapng "no tshark"
fi
exit 0
