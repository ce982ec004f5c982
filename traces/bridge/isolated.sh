#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Isolated ports do not talk to each other, neither by unicast nor by flooding; to all other ports, and to the bridge
# itself, they do. That is how guests of a hotel are kept apart.

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
bridge link set dev va isolated on
ip link set vb type bridge_slave isolated on

ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1, output "100% packet loss"
ip netns exec a ping -n -c 1 10.0.0.3
ip netns exec b ping -n -c 1 10.0.0.254

# One that is not isolated is enough.
bridge link set dev va isolated off
ip -n a neigh flush dev eth0
ip netns exec a ping -n -c 1 10.0.0.2
