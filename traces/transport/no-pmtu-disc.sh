#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Without path MTU discovery what a socket sends may be fragmented. A SYN ACK still says that it may not: it is shorter
# than any link's MTU, and gets no IP id. Nor do resets, and what TIME_WAIT acknowledges: the kernel's own socket sends.

ip netns add a
ip netns add b
ip link add eth0 address 02:00:00:00:00:0a netns a type veth peer name eth0 address 02:00:00:00:00:0b netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
for n in a b; do ip netns exec $n sysctl -qw net.ipv4.ip_no_pmtu_disc=1; done

ip netns exec b python3 -m http.server 80 >/dev/null 2>&1 &
sleep 0.3
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.2/
ip netns exec a curl -s -m 0.5 http://10.0.0.2:81/   #: expect fail
ip netns exec a iptables -A INPUT -p tcp --tcp-flags ALL SYN,ACK -j DROP
ip netns exec a curl -s -m 0.5 http://10.0.0.2/      #: expect fail
