#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Times of neighbours may be negative. With a delay before the first probe that is, an entry is probed at the next tick,
# and nothing confirms it; with a locktime of less than nothing the second of two answers at once counts. A proxy's delay
# is drawn from numbers without a sign: it answers some time in the next 198 days.

for n in a b c; do ip netns add $n; done
ip link add br0 type bridge
ip link set br0 up
for n in a b c; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n b link set eth0 address 02:00:00:00:00:0b
ip -n c link set eth0 address 02:00:00:00:00:0c
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n c addr add 10.0.0.2/24 dev eth0
ip netns exec a sysctl -w net.ipv4.neigh.eth0.locktime=-1
ip netns exec a sysctl net.ipv4.neigh.eth0.locktime
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh
ip -n c addr del 10.0.0.2/24 dev eth0
ip -n a neigh replace 10.0.0.2 lladdr 02:00:00:00:00:0b nud stale dev eth0
ip netns exec a sysctl -w net.ipv4.neigh.eth0.delay_first_probe_time=-5
ip netns exec a ping -n -c 1 10.0.0.2
sleep 0.1
ip -n a neigh
ip netns exec b sysctl -qw net.ipv4.conf.all.forwarding=1 net.ipv4.conf.eth0.proxy_arp=1 net.ipv4.neigh.eth0.proxy_delay=-3
ip -n b link set lo up
ip -n b link add x0 type veth peer name x1
ip -n b link set x0 up
ip -n b link set x1 up
ip -n b addr add 10.0.9.1/24 dev x0
ip -n a route add 10.0.9.0/24 dev eth0
ip netns exec a ping -n -c 1 -W 0.3 10.0.9.7   #: expect fail
