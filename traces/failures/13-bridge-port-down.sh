#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The bridge's end of b's cable is down: the port is disabled, and b hears nothing of a's question.

for n in a b; do ip netns add $n; done
ip link set lo up
ip link add br0 type bridge
ip addr add 10.0.0.254/24 dev br0
ip link set br0 up
for n in a b; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set lo up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0

ip link set vb down
ip netns exec a ping -n -c 2 -W 3 10.0.0.2   #: expect status 1, output "Destination Host Unreachable"

# Mended.
ip link set vb up
ip netns exec a ping -n -c 1 10.0.0.2
