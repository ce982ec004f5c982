#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which address does a name in its question? With arp_announce 0 the source of the packet that waits; with 1 only if
# it is of the subnet that is asked; with 2 always the best one of the device.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n a addr add 10.7.0.1/32 dev lo
ip -n b route add 10.7.0.1/32 dev eth0
ip netns exec a ping -n -c 1 -I 10.7.0.1 10.0.0.2
ip -n b neigh
for i in 1 2; do
	ip -n a neigh flush dev eth0
	ip -n b neigh flush dev eth0
	ip netns exec a sysctl -qw net.ipv4.conf.eth0.arp_announce=$i
	ip netns exec a ping -n -c 1 -I 10.7.0.1 10.0.0.2
	ip -n b neigh
done
