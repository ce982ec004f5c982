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
# tshark takes long to start: one run over all files joined. When that has anything to say, one for each tells whose it is.
# Fragments of one lab and another would be put together there: files that have any are read one by one.
options=(-n -o tcp.desegment_tcp_streams:FALSE -o tcp.analyze_sequence_numbers:FALSE -o http.desegment_body:FALSE
	-o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -T fields -E 'separator=;' -e frame.number
	-e ip.checksum.status -e icmp.checksum.status -e udp.checksum.status -e tcp.checksum.status)
pcapng() { # NAME FILE WANTED-FRAMES [OPTION...]
	local name=$1 got bad
	tshark "${options[@]}" "${@:4}" -r "$2" >"$2.txt" 2>"$2.err"
	got=$(wc -l <"$2.txt")
	# the status of a checksum is 0 when it is bad
	bad=$(awk -F';' '{ for (i = 2; i <= 5; i++) if ($i ~ /(^|,)0(,|$)/) print $1 }' "$2.txt" | head -3 | tr '\n' ' ')
	if grep -v -i 'running as user' "$2.err" | grep -q .; then fail "pcapng/$name" "tshark complains" "$2.err"
	elif [ "$got" != "$3" ]; then fail "pcapng/$name" "tshark reads $got frames, not $3"
	elif [ -n "$bad" ]; then fail "pcapng/$name" "bad checksums: frames $bad"
	else ok "pcapng/$name"; fi
}
frames() { cat "$@" | grep '"kind":"frame"' | grep -vc '"note":'; } # with a note: what no capture shows
if command -v tshark >/dev/null && command -v mergecap >/dev/null; then
	mapfile -t pieces < <(cd "$scratch/json" && grep -l 'ip-proto-' -- *)
	mapfile -t whole < <(cd "$scratch/json" && grep -L 'ip-proto-' -- *)
	if mergecap -a -w "$scratch/all.pcapng" "${whole[@]/#/$scratch/pcapng/}" 2>"$scratch/err"; then
		pcapng "${#whole[@]} files" "$scratch/all.pcapng" "$(frames "${whole[@]/#/$scratch/json/}")" | tee "$scratch/said"
		grep -q '^ok' "$scratch/said" || pieces+=("${whole[@]}")
		for f in "${pieces[@]}"; do
			pcapng "$f" "$scratch/pcapng/$f" "$(frames "$scratch/json/$f")"
		done
	else
		fail pcapng/all "mergecap complains" "$scratch/err"
	fi
else
	skip pcapng "no tshark, or no mergecap"
fi
exit 0
