#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# pktwalk compare: a lab run by bash with the real tools and captured by tcpdump; the captures fit the prediction, and one
# with a byte changed does not. verify --save: both files are there, and tshark reads as many frames as were predicted.
. "$(dirname "$0")/lib.sh"
no_leak_check
cd "$scratch" || exit 2
[ "${KERNEL:-1}" = 1 ] || { skip compare "built without kernel mode"; exit 0; }
can_unshare || { skip compare "namespaces can not be made here"; exit 0; }
cat >setup.sh <<'END'
ip netns add a; ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0; ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done
END
echo 'ip netns exec a ping -c 2 -i 0.2 10.0.0.2' >probe.sh
cat setup.sh probe.sh >lab.sh
cat >real.sh <<'END'
mount -t tmpfs tmpfs /run && mkdir -p /run/netns
. ./setup.sh
for n in a b; do ip netns exec $n tcpdump -Z root -U -i eth0 -w $n.pcap arp or icmp 2>/dev/null & done
for n in a b; do for i in $(seq 100); do [ -s $n.pcap ] && break; sleep 0.1; done; done
. ./probe.sh
for i in $(seq 50); do [ "$(tcpdump -r b.pcap 2>/dev/null | wc -l)" -ge 6 ] && break; sleep 0.1; done
kill %1 %2; wait
END
if command -v tcpdump >/dev/null && command -v ping >/dev/null; then
	as=
	[ "$(id -u)" = 0 ] || as="-U -r"
	unshare $as -n -m -p -f --mount-proc --kill-child bash ./real.sh >real.out 2>&1
	if "$pktwalk" compare --color=never lab.sh --capture a:eth0=a.pcap --capture b:eth0=b.pcap >out 2>&1; then ok compare/tcpdump
	else fail compare/tcpdump "status $?" out 60; fi
	grep -q '12 of 12 agree' out && ok compare/every-frame || fail compare/every-frame "not all 12 frames were compared" out 60
	python3 -c 'd = bytearray(open("b.pcap", "rb").read()); d[-70] ^= 1; open("b.pcap", "wb").write(d)'
	"$pktwalk" compare --color=never lab.sh --capture b:eth0=b.pcap >out 2>&1
	rc=$?
	if [ $rc = 1 ] && grep -q 'DIFFERS.*b/eth0' out; then ok compare/changed
	else fail compare/changed "status $rc" out; fi
else
	skip compare/tcpdump "no tcpdump or no ping"
fi
if "$pktwalk" verify -q --save saved lab.sh >out 2>&1 && [ -s saved/predicted.pcapng ] && [ -s saved/captured.pcapng ]; then
	ok compare/save
	if command -v tshark >/dev/null; then
		p=$(tshark -n -r saved/predicted.pcapng 2>/dev/null | wc -l)
		c=$(tshark -n -r saved/captured.pcapng 2>/dev/null | wc -l)
		[ "$p" = "$c" ] && [ "$p" -gt 0 ] && ok compare/save-frames || fail compare/save-frames "$p frames predicted, $c captured"
	else
		skip compare/save-frames "no tshark"
	fi
else
	fail compare/save "status $?" out
fi
exit 0
