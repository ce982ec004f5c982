#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bridge learns where a MAC address is from the source of each frame. What it does not know yet goes to all ports
# but the one that it came from; broadcasts always do. So c hears the question for b, and nothing of what follows.

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

# Nothing is learned yet: only the addresses of the ports themselves are there.
bridge fdb show br br0
ip netns exec a ping -n -c 1 10.0.0.2
bridge fdb show br br0 brport va
bridge fdb show br br0 brport vb
bridge fdb show br br0 brport vc

# A unicast to an address that is not in the table is flooded: c gets it too, and throws it away.
bridge fdb flush dev br0 brport vb dynamic
ip netns exec a ping -n -c 1 10.0.0.2
bridge fdb show br br0 brport vb
