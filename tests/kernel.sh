#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every lab in traces/ on the real kernel, as root and as a plain user: pktwalk verify must agree.
# Labs mostly wait for timers, so several run at once, each in namespaces of its own.
. "$(dirname "$0")/lib.sh"
no_leak_check
cd "$top" || exit 2
bin=$scratch/pktwalk
cp -L "$pktwalk" "$bin" && chmod 755 "$bin"
mkdir "$scratch/labs" && cp -r traces "$scratch/labs/" && chmod -R a+rX "$scratch/labs"
cd "$scratch/labs" || exit 2
once() { # USER LAB
	if [ "$1" = root ]; then
		timeout 300 "$bin" verify --color=never -q "$2" 2>&1
	else
		as_plain_user timeout 300 "$bin" verify --color=never -q "$2" 2>&1
	fi
}
verify() { # USER LAB: a run that was not certain (3) proves nothing, and is done again; a difference is one at once
	local out rc try
	for try in 1 2 3; do
		out=$(once "$1" "$2")
		rc=$?
		[ $rc = 3 ] || break
	done
	if [ $rc = 0 ]; then
		echo "ok kernel/$1/$2"
	else
		echo "FAIL kernel/$1/$2: status $rc"
		echo "$out" | tail -n 40 | sed 's/^/    /' >&2
	fi
}
users=
if ! can_unshare; then
	skip kernel "namespaces can not be made here (neither as root nor in a user namespace)"
else
	if [ "$(id -u)" = 0 ]; then users=root; else skip kernel/root "not run as root"; fi
	if as_plain_user unshare -Urn true 2>/dev/null; then users="$users user"; else skip kernel/user "a plain user may not make user namespaces here"; fi
fi
# kill -9 in the middle: no process and no namespace of it is left.
left_behind() {
	local pid ns i
	printf 'ip netns add a\nip -n a link set lo up\nip netns exec a unshare --pid --fork --mount-proc nc -l -p 80 &\nsleep 30\n' >kill.sh
	"$bin" verify -q kill.sh >/dev/null 2>&1 &
	pid=$!
	for i in $(seq 100); do
		[ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ] && pgrep -P $pid >/dev/null && break
		sleep 0.1
	done
	ns=$(readlink /proc/$pid/ns/pid_for_children)
	sleep 0.5
	if ! ls -l /proc/[0-9]*/ns/pid 2>/dev/null | grep -qF "$ns"; then fail kernel/kill-9 "nothing ran in its PID namespace"; kill -9 $pid; return; fi
	kill -9 $pid
	wait $pid 2>/dev/null
	for i in $(seq 50); do
		ls -l /proc/[0-9]*/ns/pid 2>/dev/null | grep -qF "$ns" || { ok kernel/kill-9; return; }
		sleep 0.1
	done
	fail kernel/kill-9 "processes are left in $ns"
}
[ -z "$users" ] || left_behind
for u in $users; do labs | each "$(($(nproc) * 2))" verify "$u"; done
exit 0
