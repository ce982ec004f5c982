#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An address that is heard on another port has moved, at once: the bridge believes the last frame. Two hosts with the
# same address take it from each other.

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

ip -n b link set eth0 address 02:00:00:00:00:aa
ip -n c link set eth0 address 02:00:00:00:00:aa
ip netns exec b ping -n -c 1 10.0.0.1
bridge fdb show br br0 brport vb
ip netns exec c ping -n -c 1 10.0.0.1
bridge fdb show br br0 brport vb
bridge fdb show br br0 brport vc

# a's frames for b now go to c.
ip netns exec a ping -n -c 1 -W 1 10.0.0.2   #: expect status 1, output "100% packet loss"
ip netns exec b ping -n -c 1 10.0.0.1
ip netns exec a ping -n -c 1 10.0.0.2
