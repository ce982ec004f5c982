#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two hosts behind one address use the same port. The first keeps it, the second gets another one; the entries tell
# the replies apart.

for n in a b c; do ip netns add $n; done
ip link add br0 type bridge
ip link set br0 up
for n in a b c; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n c addr add 10.0.0.3/24 dev eth0

ip addr add 10.0.0.254/24 dev br0
ip netns add s
ip link add eth0 type veth peer name eth0 netns s
ip link set eth0 up
ip -n s link set eth0 up
ip addr add 10.1.0.1/24 dev eth0
ip -n s addr add 10.1.0.2/24 dev eth0
sysctl -qw net.ipv4.ip_forward=1
for n in a b; do ip -n $n route add default via 10.0.0.254; done
iptables -t nat -A POSTROUTING -o eth0 -j MASQUERADE
ip netns exec a ping -n -e 77 -c 1 10.1.0.2
ip netns exec b ping -n -e 77 -c 1 10.1.0.2
ip netns exec a ping -n -e 77 -c 1 10.1.0.2
