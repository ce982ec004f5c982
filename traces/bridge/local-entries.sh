#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The addresses of the ports and of the bridge are local entries: frames to them are for the host. But only the
# bridge's own address, the lowest of its ports', is one that IP listens to.

for n in a b; do ip netns add $n; done
ip link add br0 type bridge
ip link add va address 02:00:00:00:00:10 type veth peer name eth0 netns a
ip link add vb address 02:00:00:00:00:05 type veth peer name eth0 netns b
ip link set br0 up
ip addr add 10.0.0.254/24 dev br0
for n in a b; do
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
	ip link show dev br0
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec a ping -n -c 1 10.0.0.254
bridge fdb show br br0

# To the address of port va, from b: the host gets it, and IP takes it for somebody else's. On va itself it is taken.
ip -n b neigh replace 10.0.0.254 lladdr 02:00:00:00:00:10 dev eth0
ip netns exec b ping -n -c 1 -W 1 10.0.0.254   #: expect status 1, output "100% packet loss"
ip -n a neigh replace 10.0.0.254 lladdr 02:00:00:00:00:10 dev eth0
ip netns exec a ping -n -c 1 10.0.0.254

# vb leaves, and the bridge takes the next address.
ip link set vb nomaster
ip link show dev br0
bridge fdb show br br0
