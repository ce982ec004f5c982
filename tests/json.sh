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
if command -v tshark >/dev/null; then
	for f in "$scratch"/pcapng/*; do
		name=$(basename "$f")
		want=$(grep -c '"kind":"frame"' "$scratch/json/$name")
		got=$(tshark -n -r "$f" 2>"$scratch/err" | wc -l)
		if grep -v -i 'running as user' "$scratch/err" | grep -q .; then fail "pcapng/$name" "tshark complains" "$scratch/err"
		elif [ "$got" != "$want" ]; then fail "pcapng/$name" "tshark reads $got frames, not $want"
		else ok "pcapng/$name"; fi
		bad=$(tshark -n -r "$f" -Y '_ws.malformed || ip.checksum.status == "Bad" || icmp.checksum.status == "Bad" || udp.checksum.status == "Bad" || tcp.checksum.status == "Bad"' \
			-o tcp.desegment_tcp_streams:FALSE -o tcp.analyze_sequence_numbers:FALSE -o http.desegment_body:FALSE \
			-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE 2>/dev/null | head -3)
		[ -z "$bad" ] && ok "pcapng/$name/checksums" || fail "pcapng/$name/checksums" "bad frames: $bad"
	done
else
	skip pcapng "no tshark"
fi
exit 0
