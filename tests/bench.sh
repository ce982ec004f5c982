#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Figures, not tests: what pktwalk needs beside what the kernel and other tools need for like work, measured in one
# run, by turns, several times. Prints a table; every figure goes to build/bench.json. Takes some minutes.
#   tests/bench.sh DIR     DIR: of the built tests/bench/*.c
# ovn-trace and mn are measured when they are there, and never installed.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
dir=$(cd "${1:?usage: tests/bench.sh DIR}" && pwd)
cd "$top" || exit 2
pktwalk=${PKTWALK:-$top/pktwalk}
path=$top/tests/bench/path.sh
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pktwalk-bench.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
figures=$scratch/figures
: >"$figures"
skipped=()
skip() { skipped+=("$1"); }
say() { echo "bench: $SECONDS s: $*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
nothing=$(type -P true) # what starting a process takes
map=$([ "$(id -u)" = 0 ] || echo -r)
# Runs a command in namespaces of its own, with a /run of its own for ip netns.
sandbox() {
	# shellcheck disable=SC2086,SC2016 # no word at all when root; the inner shell expands
	unshare $map -n -m bash -c 'mount -t tmpfs tmpfs /run && mkdir /run/netns && ip link set lo up && exec "$@"' bash "$@"
}
# NAME COMMAND...: how long it took until it ended, in seconds; its output is kept only when it fails.
timed() {
	local name=$1 t=${EPOCHREALTIME/[.,]/}
	shift
	if ! "$@" >"$scratch/out" 2>&1; then
		skip "$name: failed: $(head -n 1 "$scratch/out")"
		return 1
	fi
	t=$((${EPOCHREALTIME/[.,]/} - t))
	printf '%s %d.%06d\n' "$name" $((t / 1000000)) $((t % 1000000)) >>"$figures"
}
# Waits until the kernel has taken down what the runs so far left: namespaces go in the order in which they were left.
settle() {
	sandbox bash -c 'ip netns add x && ip link add v type veth peer name w netns x && ip netns del x
		for ((i = 0; i < 6000; i++)); do ip link show v >/dev/null 2>&1 || exit 0; sleep 0.01; done'
}

# ---- one path, by the kernel and by pktwalk, by turns ----
by_turns() { # in the sandbox
	bash "$path" || return 1
	for _ in 1 2 3 4 5 6 7; do
		ip netns exec a "$dir/bench" kernel 10.0.2.2 20000 || return 1
		"$dir/bench" path "$path" 20000 1 || return 1
		ip netns exec a ping -f -q -c 20000 10.0.2.2 |
			awk -F'[=/ ]+' '/^rtt/ { print "ping_ns", $7 * 1e6 }'
	done
}
paths() {
	say "round trips"
	export dir path
	export -f by_turns
	if [ -n "$real" ] && sandbox bash -c by_turns >"$scratch/path" 2>"$scratch/err"; then
		cat "$scratch/path" >>"$figures"
		return
	fi
	[ -z "$real" ] || skip "the kernel's round trips: $(tail -n 1 "$scratch/err")"
	"$dir/bench" path "$path" 20000 7 >>"$figures"
}

# ---- one trace ----
ten() { for _ in 1 2 3 4 5 6 7 8 9 10; do "$@" || return 1; done; }
traces() {
	say "one trace"
	for _ in 1 2 3 4 5 6 7; do
		"$dir/bench" trace "$path" 101 | sort -n -k 2 | sed -n 51p >>"$figures"
		timed ten_nothing_s ten "$nothing" || return
		timed ten_trace_command_s ten "$pktwalk" run -q "$path" || return
	done
	ovn
	sed -n 's/^ten_//p' "$figures" | awk '{ print $1, $2 / 10 }' >"$scratch/each"
	cat "$scratch/each" >>"$figures"
}

ovn_traces() { # by ovn.sh
	for _ in 1 2 3 4 5 6 7; do
		timed ten_ovn_trace_s ten ovn-trace --db="$SB" s1 "$FLOW" || return
	done
}
ovn() {
	have ovn-trace || { skip "ovn-trace: it is not installed (Debian package ovn-central)"; return; }
	say "ovn-trace"
	mkdir "$scratch/ovn"
	export -f ovn_traces timed ten skip
	export scratch figures
	tests/bench/ovn.sh "$scratch/ovn" bash -c ovn_traces >"$scratch/out" 2>&1 ||
		skip "ovn-trace: failed: $(tail -n 1 "$scratch/out")"
}

# ---- N hosts on a bridge, for real ----
batch_files() { # N DIR: what `ip -batch` reads: the host's part, then one file for each namespace
	"$dir/build" lab "$1" | awk -v dir="$2" '
		/^ip -n / { file = dir "/" $3; $1 = $2 = $3 = ""; sub(/^ */, ""); print >file; if (/link/) close(file); next }
		{ sub(/^ip /, ""); print >(dir "/host") }'
}
run_batch() { # N DIR
	ip -batch "$2/host" || return 1
	for ((i = 0; i < $1; i++)); do ip -n "n$i" -batch "$2/n$i" || return 1; done
}
build_all() { # N REPETITIONS
	local n=$1 files=$scratch/$1
	say "building $n hosts"
	mkdir -p "$files"
	batch_files "$n" "$files"
	"$dir/build" lab "$n" >"$files/lab"
	export -f run_batch
	for ((r = 0; r < $2; r++)); do
		if [ $r -gt 0 ] && [ $SECONDS -gt 480 ]; then
			skip "building $n hosts: only $r of $2 times, as it takes long here"
			return
		fi
		for kind in floor pktwalk; do
			"$dir/build" $kind "$n" >>"$figures" || skip "building $n hosts by $kind"
			settle
		done
		timed "build_batch_${n}_s" sandbox bash -c "run_batch $n $files"
		settle
		if [ "$n" -lt 400 ] || [ $r = 0 ]; then # slow: tens of seconds
			timed "build_ip_${n}_s" sandbox bash -e "$files/lab"
			settle
		fi
		have mn && timed "build_mn_${n}_s" mn --topo "single,$n" --switch lxbr --test none && settle
	done
}
builds() {
	[ -x "$dir/build" ] || { skip "building for real: this pktwalk was made without kernel mode"; return; }
	[ -n "$real" ] || return
	[ "$(id -u)" = 0 ] || { skip "building for real: needs root, as a user namespace changes what is measured"; return; }
	have mn || skip "mn --topo single,N --switch lxbr: mn is not installed (Debian package mininet)"
	build_all 10 9
	build_all 100 5
	build_all 400 3
	build_all 1000 3
}

# ---- loading ----
loads() {
	say "loading"
	for _ in 1 2 3 4 5; do
		for n in 1000 10000; do "$dir/bench" load $n 1 >>"$figures"; done
	done
	awk '/^load_[0-9]*_s/ { split($1, f, "_"); print "load_" f[2] "_each_ns", $2 * 1e9 / f[2] }' "$figures" >"$scratch/each"
	cat "$scratch/each" >>"$figures"
}

# ---- the table ----
build_rows() { # N
	cat <<-ROWS
		building $1 hosts on a bridge (ratio: pktwalk to the floor, others to pktwalk)
		build_floor_$1_s|system calls alone: the floor|s
		build_pktwalk_$1_s|pktwalk|s|build_floor_$1_s|longer|<1.3
		build_batch_$1_s|ip -batch|s|build_pktwalk_$1_s|longer|>2
		build_ip_$1_s|one ip process per command|s|build_pktwalk_$1_s|longer
		build_mn_$1_s|mn --switch lxbr|s|build_pktwalk_$1_s|longer
	ROWS
}
layout() {
	cat <<-'ROWS'
		round trips host - bridge - router with NAT - bridge - host (ratio: to the kernel)
		kernel_ns|kernel, send to receipt|ns
		kernel_calls_ns|kernel, until recv() is back|ns
		ping_ns|kernel, as ping -f says|ns
		path_ns|pktwalk, trace off|ns|kernel_ns|faster|>4
		path_traced_ns|pktwalk, every event|ns|kernel_ns|faster|>1
		one trace of one ping in that lab
		trace_one_ns|in a process that has it|ns|||<20 us
		trace_command_s|pktwalk run -q|s|||<5 ms
		nothing_s|a command that does nothing|s
		ovn_trace_s|ovn-trace, a like topology|s|trace_command_s|longer
	ROWS
	for n in 10 100 400 1000; do build_rows $n; done
	cat <<-'ROWS'
		loading a lab of namespaces with a veth each on one bridge, in the model
		load_1000_s|1,000 (time of the CPU)|s
		load_10000_s|10,000|s|||<1 s
		load_10000_each_ns|each of 10,000 (ratio: 1,000)|ns|load_1000_each_ns|longer|~1
		load_10000_bytes|bytes each, with its commands|B|||<8192
		load_10000_model_bytes|bytes each, the model alone|B
	ROWS
}
quoted() { # the words as JSON strings
	local w sep=
	for w in "$@"; do
		w=${w//\\/\\\\} w=${w//\"/\\\"}
		printf '%s"%s"' "$sep" "${w//[[:cntrl:]]/ }"
		sep=,
	done
}
real=1
for t in ip iptables ping unshare; do have $t || { skip "the kernel's own figures: $t is not installed"; real=; }; done
[ -z "$real" ] || sandbox true 2>/dev/null || { skip "the kernel's own figures: namespaces can not be made here"; real=; }
paths
traces
loads
builds
mkdir -p build
layout >"$scratch/layout"
cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
# shellcheck disable=SC2089 # quotes are JSON's
printf -v about '"time":%s,"kernel":%s,"cpu":%s,"cpus":%d' "$(quoted "$(date -u +%FT%TZ)")" "$(quoted "$(uname -r)")" \
	"$(quoted "$cpu")" "$(nproc)"
left_out=$(quoted ${skipped[@]+"${skipped[@]}"})
# shellcheck disable=SC2090
export about left_out
awk -v json=build/bench.json -f tests/bench/report.awk "$scratch/layout" "$figures"
for s in ${skipped[@]+"${skipped[@]}"}; do echo "skipped: $s"; done
echo "all figures: build/bench.json"
