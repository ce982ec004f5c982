#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two hosts behind one address send from the same port. The second gets one that is drawn at random, from 1024 on; or
# from the range that the rule gives. Any is as good as any other: answers find their way back.

for n in a b s; do ip netns add $n; done
ip link add eth1 type veth peer name eth0 netns a
ip link add eth2 type veth peer name eth0 netns b
ip link add eth0 type veth peer name eth0 netns s
ip addr add 10.0.1.1/24 dev eth1
ip addr add 10.0.2.1/24 dev eth2
ip addr add 10.1.0.1/24 dev eth0
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n b addr add 10.0.2.2/24 dev eth0
ip -n s addr add 10.1.0.2/24 dev eth0
for d in eth0 eth1 eth2; do ip link set $d up; done
for n in a b s; do ip -n $n link set eth0 up; done
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
sysctl -qw net.ipv4.ip_forward=1
iptables -t nat -A POSTROUTING -o eth0 -p udp --dport 5000 -j MASQUERADE
iptables -t nat -A POSTROUTING -o eth0 -p udp -j SNAT --to-source 10.1.0.1:2000-2999
ip netns exec s nc -u -l -k -p 5000 >/dev/null &
ip netns exec s nc -u -l -k -p 5001 >/dev/null &
sleep 0.2
for n in a b; do
	for port in 5000 5001; do
		ip netns exec $n nc -u -p 40000 10.1.0.2 $port <<X >/dev/null &
from $n
X
		sleep 0.2
		kill $!
	done
done
