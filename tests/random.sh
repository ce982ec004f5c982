#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Random labs: a fixed small number in model and kernel, as root and as a plain user; and that the driver does what it
# says: the same seed gives the same labs, shards are parts of the whole and add up, a broken model is found and the lab
# that shows it made small, kill -9 leaves nothing.
. "$(dirname "$0")/lib.sh"
no_leak_check
cd "$top" || exit 2
can_unshare || { skip random "namespaces can not be made here"; exit 0; }
[ "${KERNEL:-1}" = 1 ] || { skip random "built without kernel mode"; exit 0; }
bin=$scratch/pktwalk
cp -L "$pktwalk" "$bin" && chmod 755 "$bin" && mkdir -m 777 "$scratch/out"
fuzz() { timeout 900 "$bin" fuzz --keep "$scratch/out/found" "$@" </dev/null; }

# ---- the labs themselves ----
agree() { # NAME USER ARGS...
	local name=$1 user=$2
	shift 2
	if [ "$user" = root ]; then fuzz "$@" >"$scratch/log" 2>&1; else as_plain_user timeout 900 "$bin" fuzz --keep "$scratch/out/found.user" "$@" >"$scratch/log" 2>&1 </dev/null; fi
	local rc=$?
	case $rc in
	0) ok "random/$name" ;;
	3) skip "random/$name" "not all were certain on this machine, now: $(tail -1 "$scratch/log")" ;;
	*) fail "random/$name" "status $rc" "$scratch/log" 200 ;;
	esac
}
if [ "$(id -u)" = 0 ]; then agree labs/root root --seed 1 --labs 60 --findings 1; else skip random/labs/root "not run as root"; fi
if as_plain_user unshare -Urn true 2>/dev/null; then agree labs/user user --seed 2 --labs 20 --findings 1; else skip random/labs/user "a plain user may not make user namespaces here"; fi

# ---- seeds, shards, merging ----
lab_lines() { grep -h '"type":"lab"' "$@" | sed -n 's/.*"index":\([0-9]*\),"seed":\([0-9]*\).*/\1 \2/p' | sort -n; }
fuzz --model --seed 3 --labs 12 --jobs 3 --json >"$scratch/one" 2>&1
fuzz --model --seed 3 --labs 12 --jobs 9 --json >"$scratch/two" 2>&1
fuzz --model --seed 4 --labs 12 --json >"$scratch/other" 2>&1
lab_lines "$scratch/one" >"$scratch/one.labs"
if [ "$(wc -l <"$scratch/one.labs")" = 12 ] && cmp -s "$scratch/one.labs" <(lab_lines "$scratch/two"); then ok random/same-seed
else fail random/same-seed "not the same 12 labs, with 3 and 9 at once" "$scratch/one.labs"; fi
if cmp -s "$scratch/one.labs" <(lab_lines "$scratch/other"); then fail random/other-seed "another seed, the same labs"; else ok random/other-seed; fi
seed=$(sed -n '1s/.* //p' "$scratch/one.labs")
"$bin" fuzz --print "$seed" >"$scratch/lab.sh"
"$bin" run -q "$scratch/lab.sh" >/dev/null 2>&1
if [ $? -lt 2 ] && [ -s "$scratch/lab.sh" ] && cmp -s "$scratch/lab.sh" <("$bin" fuzz --print "$seed"); then ok random/print
else fail random/print "the lab of seed $seed" "$scratch/lab.sh"; fi
for i in 1 2 3; do fuzz --model --seed 3 --labs 11 --shard $i/3 --json >"$scratch/shard.$i" 2>&1; done
if [ "$(lab_lines "$scratch"/shard.[123] | cut -d' ' -f1 | tr '\n' ' ')" = "0 1 2 3 4 5 6 7 8 9 10 " ]; then ok random/shards
else fail random/shards "3 shards are not the 11 labs, each once"; fi
"$bin" fuzz --json --merge "$scratch"/shard.[123] >"$scratch/merged" 2>&1
count() { grep -h '"type":"summary"' "$@" | grep -o "\"$what\":[0-9]*" | cut -d: -f2 | awk '{ s += $1 } END { print s + 0 }'; }
cover() { grep -h '"group":"operation","name":"addr add"' "$@" | grep -o '"labs":[0-9]*' | cut -d: -f2 | awk '{ s += $1 } END { print s + 0 }'; }
bad=
for what in labs predicted differs refused; do [ "$(count "$scratch"/shard.[123])" = "$(count "$scratch/merged")" ] || bad="$bad $what"; done
[ "$(cover "$scratch"/shard.[123])" = "$(cover "$scratch/merged")" ] && [ "$(cover "$scratch/merged")" -gt 0 ] || bad="$bad coverage"
if [ -z "$bad" ]; then ok random/merge; else fail random/merge "does not add up:$bad" "$scratch/merged"; fi
refuses() { # NAME REGEX FILE...
	local name=$1 re=$2 out
	shift 2
	out=$("$bin" fuzz --merge "$@" 2>&1 >/dev/null)
	if [ $? = 2 ] && grep -qE "$re" <<<"$out"; then ok "random/merge-$name"; else fail "random/merge-$name" "not refused: $out"; fi
}
refuses twice 'there twice' "$scratch/shard.1" "$scratch/shard.2" "$scratch/shard.1"
head -n -1 "$scratch/shard.1" >"$scratch/cut" && refuses no-summary 'not whole' "$scratch/cut"
head -c -9 "$scratch/shard.1" >"$scratch/cut" && refuses broken-off 'broken off' "$scratch/cut"
head -c 3000 /dev/urandom >"$scratch/cut" && refuses noise 'not a line' "$scratch/cut"
sed '/"type":"lab"/s/"verdict":"[a-z]*"/"verdict":"differs"/' "$scratch/shard.1" >"$scratch/differs"
"$bin" fuzz --merge "$scratch/differs" >/dev/null 2>&1
[ $? = 1 ] && ok random/merge-status || fail random/merge-status "a disagreement, and the status is not 1"

# ---- a model that is broken on purpose is found, and the lab made small ----
broken() { # NAME FILE SED LABS COMMANDS
	local name=$1 file=$2 dir=$scratch/broken labs=$4 most=$5 out rc lab n
	rm -rf "$dir" && mkdir -p "$dir" && cp -rp Makefile model sim kernel "$dir/"
	sed -i "$3" "$dir/$file"
	if cmp -s "$file" "$dir/$file"; then fail "random/$name" "the line to break is not in $file any more"; return; fi
	mkdir -p "$dir/build" && cp -rp build/rel "$dir/build/" && touch "$dir/$file"
	if ! make -s -C "$dir" CFLAGS="-O1 -w" pktwalk >"$scratch/log" 2>&1; then fail "random/$name" "does not build" "$scratch/log"; return; fi
	(cd "$dir" && timeout 900 ./pktwalk fuzz --seed 5 --labs "$labs" --findings 1 --keep found >"$scratch/log" 2>&1 </dev/null)
	rc=$?
	lab=$dir/$(grep -o 'found/[0-9]*\.sh' "$scratch/log" | head -1) # the first, which was made small
	if [ $rc != 1 ] || [ ! -f "$lab" ]; then fail "random/$name" "status $rc: not found within $labs labs" "$scratch/log"; return; fi
	n=$(grep -vc '^#\|^$' "$lab")
	(cd "$dir" && timeout 120 ./pktwalk verify -q "$lab" >"$scratch/log" 2>&1)
	rc=$?
	if [ $rc != 1 ]; then fail "random/$name" "verify of what was found: status $rc" "$lab"; return; fi
	if [ "$n" -gt "$most" ]; then fail "random/$name" "$n commands are left, more than $most" "$lab"; return; fi
	timeout 120 "$bin" verify --json "$lab" >"$scratch/log" 2>&1 # its status is the commands' too: a ping that fails
	if grep -qE '"verdict":"(agrees|not certain)"' "$scratch/log"; then ok "random/$name"
	else fail "random/$name" "the right model does not agree" "$scratch/log"; fi
}
broken broken-ttl sim/ip.c 's/h->ttl--;/;/' 60 24
broken broken-arp sim/arp.c '/it asked/s/NUD_STALE_/NUD_REACHABLE_/' 30 12

# ---- a model that crashes is a finding too ----
broken_crash() {
	local dir=$scratch/broken lab
	rm -rf "$dir" && mkdir -p "$dir" && cp -rp Makefile model sim kernel "$dir/"
	sed -i '0,/^	mark(c, COVER_OP, op->kind);/s//	mark(c, COVER_OP, op->kind);\n	if (op->kind == OP_NEIGH_SHOW) bug("on purpose");/' "$dir/sim/fuzz_cover.c"
	mkdir -p "$dir/build" && cp -rp build/rel "$dir/build/" && touch "$dir/sim/fuzz_cover.c"
	make -s -C "$dir" CFLAGS="-O1 -w" pktwalk >"$scratch/log" 2>&1 || { fail random/crash "does not build" "$scratch/log"; return; }
	(cd "$dir" && timeout 300 ./pktwalk fuzz --model --seed 5 --labs 30 --findings 1 --keep found >"$scratch/log" 2>&1 </dev/null)
	lab=$dir/$(grep -o 'found/[0-9]*\.sh' "$scratch/log" | head -1) # the first, which was made small
	if [ -f "$lab" ] && grep -q '^# crashed: crashed in the model.*on purpose' "$lab" && [ "$(grep -vc '^#\|^$' "$lab")" = 1 ]; then ok random/crash
	else fail random/crash "not found, or not made small" "$scratch/log"; fi
}
broken_crash

# ---- kill -9 of the driver ----
left_behind() {
	local pid ns i pids
	"$bin" fuzz --seed 6 --labs 400 --jobs 12 >/dev/null 2>&1 </dev/null &
	pid=$!
	for i in $(seq 100); do [ "$(pgrep -P $pid | wc -l)" -ge 6 ] && break; sleep 0.1; done
	sleep 1
	pids=$(pgrep -P $pid | tr '\n' ' ')
	ns=$(for i in $pids; do readlink "/proc/$i/ns/pid_for_children"; done | grep -v "$(readlink /proc/self/ns/pid)" | sort -u)
	kill -9 $pid
	wait $pid 2>/dev/null
	if [ -z "$ns" ]; then fail random/kill-9 "nothing ran"; return; fi
	for i in $(seq 100); do
		ls -l /proc/[0-9]*/ns/pid 2>/dev/null | grep -qF "$ns" || { ok random/kill-9; return; }
		sleep 0.1
	done
	fail random/kill-9 "processes are left in $(echo $ns)"
}
left_behind
# ---- stopped by the user: what ran is gone at once, and the summary says that it is not the whole ----
"$bin" fuzz --seed 6 --labs 400 >"$scratch/log" 2>&1 </dev/null &
pid=$!
sleep 2
kill -TERM $pid
wait $pid
rc=$?
if [ $rc = 2 ] && grep -q 'stopped before the end' "$scratch/log"; then ok random/stopped; else fail random/stopped "status $rc" "$scratch/log"; fi
exit 0
