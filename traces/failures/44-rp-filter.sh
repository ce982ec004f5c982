#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# b's way back to 10.0.50.1 is through eth1, and the strict reverse path filter of eth0 takes nothing from it there. That
# holds for ARP too: a's question, which bears 10.0.50.1, is not answered.

for n in a b; do ip netns add $n; done
for i in 0 1; do
	ip link add eth$i netns a type veth peer name eth$i netns b
	ip -n a addr add 10.0.$i.1/24 dev eth$i
	ip -n b addr add 10.0.$i.2/24 dev eth$i
done
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; ip -n $n link set eth1 up; done
ip -n a addr add 10.0.50.1/32 dev lo
ip -n b route add 10.0.50.1/32 via 10.0.1.1
ip netns exec b sysctl -qw net.ipv4.conf.eth0.rp_filter=1
ip netns exec a ping -n -c 2 -W 3 -I 10.0.50.1 10.0.0.2   #: expect status 1, output "Destination Host Unreachable"

# Mended.
ip netns exec b sysctl -qw net.ipv4.conf.eth0.rp_filter=0
ip netns exec a ping -n -c 1 -I 10.0.50.1 10.0.0.2
