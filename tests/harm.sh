#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Can't be hurt, can't do harm: verify killed at random moments, and on a machine that lacks what it needs, one thing after
# the other. Whatever happens: a message and status 2 (or all is well and agrees), no crash, nothing left behind, and the
# machine's own network as it was.
#   KILLS=1000 tests/harm.sh      as often as that; ALL=1: every limit in small steps
. "$(dirname "$0")/lib.sh"
no_leak_check
cd "$top" || exit 2
[ "${KERNEL:-1}" = 1 ] || { skip harm "built without kernel mode"; exit 0; }
can_unshare || { skip harm "namespaces can not be made here"; exit 0; }
unshare -Ur true 2>/dev/null && userns=1 || userns=
kills=${KILLS:-40}
bin=$scratch/pktwalk
cp -L "$pktwalk" "$bin" && cp tests/harm/*.sh "$scratch/"
${CC:-cc} -std=c11 -D_GNU_SOURCE -O1 -o "$scratch/deny" tests/harm/deny.c || { fail harm/build "tests/harm/deny.c does not build"; exit 0; }
mkdir "$scratch/tmp" && chmod 1777 "$scratch/tmp" && chmod 755 "$bin" "$scratch/deny" "$scratch"/*.sh
cd "$scratch" || exit 2
export TMPDIR=$scratch/tmp TIMEFORMAT=%R
needs=(net=3 mnt=2 pid=2 ipc=1) # namespaces that the lab takes: itself, a, b; unshare --pid --mount-proc

# ---- what is left ----
processes() { # of this test's pktwalk, init and programs included: they have the same executable
	find /proc -maxdepth 2 -name exe -lname "$bin" -printf '%h ' 2>/dev/null
}
nothing_left() { # NAME: no process and no file, after the kernel has had some time
	local i left
	for i in $(seq 100); do
		left=$(processes)
		[ -n "$left" ] || break
		sleep 0.1
	done
	[ -z "$left" ] || { fail "$1" "processes are left: $left"; return 1; }
	left=$(ls -A tmp)
	[ -z "$left" ] || { fail "$1" "files are left: $left"; return 1; }
}
# ---- one run on a machine that lacks something ----
run() { timeout 60 "$@" >out 2>err </dev/null; }
why() { # STATUS, of a run that may fail for the machine's reasons: what is wrong with how it ended; nothing: all right
	case $1 in
	0) grep -q '^The model and the kernel agree' out || echo "status 0, and it does not say that they agree" ;;
	2)
		[ -s err ] || { echo "status 2 without a message"; return; }
		[ "$(wc -l <err)" = 1 ] || { echo "more than one line of message: $(head -c 300 err)"; return; }
		grep -qE '^(pktwalk|[a-z]+\.sh:[0-9]+(:[0-9]+)?): ' err || echo "message: $(head -c 300 err)"
		;;
	*) echo "status $1: $(head -c 300 err) $(grep -m1 DIFFERS out)" ;;
	esac
}
lacking() { # NAME COMMAND...: it may fail, but as it should
	local name=$1 bad
	shift
	run "$@"
	bad=$(why $?)
	if [ -n "$bad" ]; then fail "harm/$name" "$bad"; elif nothing_left "harm/$name"; then ok "harm/$name"; fi
}
refuses() { # NAME REGEX COMMAND...: it must fail, with this message
	local name=$1 re=$2 rc bad
	shift 2
	run "$@"
	rc=$?
	bad=$(why $rc)
	if [ $rc != 2 ]; then fail "harm/$name" "status $rc, not 2: $(head -c 300 err)"
	elif [ -n "$bad" ]; then fail "harm/$name" "$bad"
	elif ! grep -qE -- "$re" err; then fail "harm/$name" "the message is: $(head -c 300 err)"
	elif nothing_left "harm/$name"; then ok "harm/$name"; fi
}
verify=("$bin" verify --color=never lab.sh)

# ---- the machine's own network ----
"$top/tests/state.sh" >before
# once whole, so that the kernel has loaded what it loads by itself when it is first asked
run "${verify[@]}" && ok harm/lab || fail harm/lab "status $?: $(tail -3 out err)"

# ---- killed ----
limits() { # N: each kind of namespace to N times what one run takes; inside of a user namespace
	local n
	for n in "${needs[@]}"; do
		echo $((${n#*=} * $1)) >"/proc/sys/user/max_${n%=*}_namespaces" || return
	done
}
# Namespaces that are left would use up the limit: at the end it is just what one run needs.
kill_them() { # SIGNAL HOW-MANY
	local pid dead=0 ended=0 refused=0
	limits 8 2>/dev/null
	while [ $dead -lt "$2" ] && [ $((ended + refused)) -lt $(($2 * 5)) ]; do
		# a shell's children in the background ignore SIGINT
		env --default-signal=INT "${verify[@]}" >out 2>err </dev/null &
		pid=$!
		sleep "0.$(printf %03d $((RANDOM % 250)))"
		kill "-$1" $pid 2>/dev/null
		wait $pid 2>/dev/null
		case $? in
		0) ended=$((ended + 1)) ;;
		2) refused=$((refused + 1)) && sleep 0.05 ;; # the kernel has not taken the last namespaces down yet
		*) dead=$((dead + 1)) ;;
		esac
	done
	echo "$dead killed, $ended had ended, $refused could not begin"
	[ $dead -ge "$2" ] || return 1
	limits 1 2>/dev/null || return 0
	for i in $(seq 100); do
		"${verify[@]}" >out 2>err </dev/null && return 0
		sleep 0.2
	done
	cat err
	return 1
}
killed() { # NAME SIGNAL HOW-MANY PREFIX...: in a user namespace or as a plain user
	local name=harm/$1 sig=$2 n=$3 said
	shift 3
	export -f kill_them limits
	said=$(ARGS="${verify[*]}" NEEDS="${needs[*]}" "$@" bash -c 'verify=($ARGS) needs=($NEEDS); kill_them '"$sig $n") || {
		fail "$name" "namespaces are left, or too few were killed in time: $said"
		return
	}
	if nothing_left "$name"; then ok "$name ($said)"; fi
}
chmod 666 out err
if [ -n "$userns" ]; then
	killed kill-9 9 $((kills / 2)) unshare -Ur
	killed sigint INT $((kills / 8)) unshare -Ur
	killed sigterm TERM $((kills / 8)) unshare -Ur
else
	skip harm/kill-in-userns "user namespaces can not be made here"
fi
if as_plain_user unshare -Ur true 2>/dev/null; then killed kill-9-plain 9 $((kills / 4)) as_plain_user; else skip harm/kill-9-plain "a plain user may not make user namespaces here"; fi
# its parent ends: it goes on to its end, and that is all
{ bash -c '"$@" >out 2>err </dev/null & kill -9 $$' bash "${verify[@]}"; } 2>/dev/null
nothing_left harm/parent-dies && grep -q 'kernel agree' out && ok harm/parent-dies || fail harm/parent-dies "$(tail -3 out err)"

# ---- memory, descriptors, processes ----
steps() { seq "$1" "$2" "$3"; } # FROM STEP TO
if [ "${SAN:-0}" = 1 ]; then
	skip harm/memory "the sanitizers need terabytes of addresses"
else
	kib=$([ -n "${ALL:-}" ] && steps 3500 40 17000 || steps 3600 1300 16900)
	for n in $kib; do lacking "memory-$n" prlimit --as=$((n * 1024)) "${verify[@]}"; done
	refuses memory 'out of memory|cannot map|mmap|map segment' prlimit --as=9000000 "${verify[@]}"
fi
for n in $(seq 4 $([ -n "${ALL:-}" ] && echo 1 || echo 4) 40); do lacking "descriptors-$n" prlimit --nofile="$n" "${verify[@]}"; done
refuses descriptors 'Too many open files' prlimit --nofile=9 "${verify[@]}"
if [ "$(id -u)" = 0 ] && as_plain_user unshare -Ur true 2>/dev/null; then
	uid=$((70000 + RANDOM)) # of nobody, so that only its own processes count
	for n in 1 2 3 4 5; do
		lacking "processes-$n" setpriv --reuid $uid --regid $uid --clear-groups prlimit --nproc=$n "${verify[@]}"
	done
	refuses processes 'can not be started.*Resource temporarily unavailable' \
		setpriv --reuid $uid --regid $uid --clear-groups prlimit --nproc=1 "${verify[@]}"
else
	skip harm/processes "not run as root, or no user namespaces for plain users"
fi

# ---- namespaces ----
if [ -n "$userns" ]; then
	for n in "${needs[@]}"; do
		kind=${n%=*}
		for i in $(seq 0 $((${n#*=} - 1))); do
			refuses "max-$kind-$i" 'No space left on device.*max_|unshare: No space left' unshare -Ur sh -c \
				'echo $1 >/proc/sys/user/max_$0_namespaces; shift; exec "$@"' "$kind" "$i" "${verify[@]}"
		done
	done
	refuses no-userns 'user namespaces can not be made here.*max_' unshare -U --map-user=1000 --keep-caps sh -c \
		'echo 0 >/proc/sys/user/max_user_namespaces; exec "$@"' sh "${verify[@]}"
else
	skip harm/namespaces "user namespaces can not be made here"
fi

# ---- system calls that the kernel does not have, or a filter refuses ----
for call in $(./deny | grep -v unshare-user); do
	[ -n "${ALL:-}" ] && errs="1 12 38 95" || errs=1
	for e in $errs; do lacking "no-$call-$e" ./deny "$e" "$call" "${verify[@]}"; done
done
refuses no-packet 'capture on' ./deny 1 packet "${verify[@]}"
refuses no-netfilter 'nftables rules: Protocol not supported' ./deny 93 netlink-netfilter "${verify[@]}"
refuses no-netlink 'netlink: Protocol not supported' ./deny 93 netlink-route "${verify[@]}"
refuses no-sockets 'this machine refuses a socket: Operation not permitted' ./deny 1 inet-raw "${verify[@]}"
refuses no-namespaces 'namespaces can not be made here: unshare: Operation not permitted' ./deny 1 unshare "${verify[@]}"
if as_plain_user unshare -Ur true 2>/dev/null; then
	plain=()
	[ "$(id -u)" != 0 ] || plain=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	refuses no-userns-plain 'user namespaces can not be made here, and this is not root' "${plain[@]}" ./deny 1 unshare-user "${verify[@]}"
fi

# ---- parts of /proc that are not there ----
without() { # SHELL-COMMANDS COMMAND...: what is mounted stays in a mount namespace
	local how=$1
	shift
	unshare -m sh -c "$how; exec \"\$@\"" sh "$@"
}
export -f without
hiding() { # what it is (SHELL-COMMANDS): the words to put before a command
	words=(bash -c "without \"\$@\"" bash "$1")
}
if [ "$(id -u)" = 0 ]; then
	hiding 'mount -t tmpfs none /proc'
	refuses no-proc '/proc/thread-self' "${words[@]}" "${verify[@]}"
	hiding 'mount --bind /proc/sys /proc/sys; mount -o remount,ro,bind /proc/sys'
	refuses read-only-sysctls '/proc/sys/net/.*Read-only file system' "${words[@]}" "${verify[@]}"
	# /proc/sys/net shows the namespace of whoever looks, through symbolic links too
	mkdir real
	some='mount --bind /proc/sys/net real && mount -t tmpfs none /proc/sys/net && for d in real/*; do ln -s $PWD/$d /proc/sys/net/; done; rm /proc/sys/net/'
	hiding "${some}ipv6"
	run "${words[@]}" "${verify[@]}"
	[ $? = 0 ] && nothing_left harm/no-ipv6 && ok harm/no-ipv6 || fail harm/no-ipv6 "$(tail -3 out err)"
	hiding "${some}ipv4"
	refuses no-ipv4-sysctls 'this machine refuses /proc/sys/net/ipv4/ip_forward: No such file' "${words[@]}" "${verify[@]}"
	if [ -d /proc/sys/net/bridge ]; then
		hiding "${some}bridge"
		printf 'modprobe br_netfilter\n' >brnf.sh
		refuses no-br-netfilter 'br_netfilter is not loaded' "${words[@]}" "$bin" verify --color=never brnf.sh
	fi
else
	skip harm/proc "not run as root"
fi

# ---- full disks, closed pipes ----
if [ -n "$userns" ]; then
	for k in 4 8 16; do
		refuses "disk-${k}k" 'No space left on device' unshare -Urm sh -c \
			"mkdir -p disk; mount -t tmpfs -o size=${k}k none disk && \"\$@\"; rc=\$?; find disk -size 0 -o -name '*.pcapng' -size -20c; exit \$rc" \
			sh "$bin" verify --save disk/saved lab.sh
		[ ! -s out ] || fail "harm/disk-${k}k-partial" "half a file is left: $(head -3 out)"
		[ "$(ls -A disk)" = '' ] || fail "harm/disk-${k}k-files" "files are left"
	done
fi
for what in "--pcapng /dev/full lab.sh" "--save /dev/full/x lab.sh" "--save /proc/none lab.sh"; do
	# shellcheck disable=SC2086
	refuses "write ${what% *}" 'No space left|Not a directory|No such file' "$bin" verify $what
done
[ -c /dev/full ] && ok harm/dev-full-is-there || fail harm/dev-full-is-there "/dev/full is no device any more"
for mode in run verify; do
	"$bin" $mode lab.sh >/dev/full 2>err </dev/null
	rc=$?
	if [ $rc = 2 ] && grep -q 'standard output: No space left' err; then ok "harm/stdout-full-$mode"; else fail "harm/stdout-full-$mode" "status $rc: $(head -c 300 err)"; fi
	(trap '' PIPE; "$bin" $mode -vv lab.sh 2>err </dev/null; echo $? >rc) | true
	if [ "$(cat rc)" = 2 ] && grep -q 'standard output: Broken pipe' err; then ok "harm/stdout-closed-$mode"; else fail "harm/stdout-closed-$mode" "status $(cat rc): $(head -c 300 err)"; fi
	(trap - PIPE; "$bin" $mode -vv lab.sh 2>err </dev/null; echo $? >rc) | true
	if [ "$(cat rc)" = 141 ] && [ ! -s err ]; then ok "harm/stdout-sigpipe-$mode"; else fail "harm/stdout-sigpipe-$mode" "status $(cat rc): $(head -c 300 err)"; fi
done
nothing_left harm/full && ok harm/full

# ---- captures that lose frames: the verifier stands still while programs go on sending ----
cat >flood.sh <<'END'
ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip addr add 10.0.0.1/24 dev eth0
ip -n a addr add 10.0.0.2/24 dev eth0
ip link set eth0 up
ip -n a link set eth0 up
ping -q -c 1500 -i 0.002 10.0.0.2
END
"$bin" verify --color=never -q flood.sh >out 2>err </dev/null &
pid=$!
for i in $(seq 200); do
	pgrep -P $pid '^ping$' >/dev/null && break
	sleep 0.02
done
kill -STOP $pid
ping=$(pgrep -P $pid '^ping$')
for i in $(seq 300); do # until it has sent all: its parent does not reap it now
	grep -q '^State:.Z' "/proc/$ping/status" && break
	sleep 0.1
done
kill -CONT $pid
wait $pid
rc=$?
if [ $rc != 3 ]; then fail harm/lost-frames "status $rc, not 3: $(tail -2 out)"
elif ! grep -qE '^Not certain: the captures had no room for [0-9]+ frame' out; then fail harm/lost-frames "does not say that frames were lost: $(tail -2 out)"
elif grep -q 'kernel agree' out; then fail harm/lost-frames "says that they agree"
else ok harm/lost-frames; fi

# ---- and all that has left no trace ----
for i in $(seq 10); do
	"$top/tests/state.sh" >after
	cmp -s before after && break
	sleep 1
done
if nothing_left harm/left && cmp -s before after; then ok harm/machine-untouched; else fail harm/machine-untouched "see below" <(diff before after); fi
exit 0
