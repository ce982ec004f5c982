#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two cables, both in one subnet. b answers on whichever it is asked (weak host), so that a may take the one for the
# other; with arp_filter only where its way back to the asker leads.

for n in a b; do ip netns add $n; done
for i in 0 1; do
	ip link add eth$i netns a type veth peer name eth$i netns b
	ip -n a link set eth$i up
	ip -n b link set eth$i up
done
for n in a b; do ip -n $n link set lo up; done
ip -n a addr add 10.0.0.1/24 dev eth1
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n b addr add 10.0.0.3/24 dev eth1
ip netns exec a sysctl -qw net.ipv4.neigh.eth1.retrans_time_ms=100

# a asks on eth1 for the address of b's eth0, and b answers there; its echo reply comes by eth0.
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh
ip -n b neigh
ip netns exec b sysctl -qw net.ipv4.conf.eth1.arp_filter=1
ip -n a neigh flush dev eth1
ip netns exec a ping -n -c 1 -W 2 10.0.0.2   #: expect status 1, output "Destination Host Unreachable"

# b's way to a is eth0; made to be eth1, it answers.
ip -n b route add 10.0.0.1/32 dev eth1
ip netns exec a ping -n -c 1 -W 2 10.0.0.2
