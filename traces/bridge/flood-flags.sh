#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each port has three flags for what may be flooded to it: unicasts that the table does not know, multicasts,
# broadcasts. Without broadcasts no ARP question arrives.

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

ip link set vb type bridge_slave bcast_flood off
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1, output "100% packet loss"

# What b asks itself is answered: the answer is a unicast to an address that was learned.
ip netns exec b ping -n -c 1 10.0.0.1

# Multicasts are another flag.
ip link set vb type bridge_slave bcast_flood on mcast_flood off
bridge link set dev vc mcast_flood off
ip netns exec a ping -n -c 1 10.0.0.2
bridge -d link show dev vb

# Broadcasts of the bridge's own host reach a port all the same.
ip addr add 10.0.0.254/24 dev br0
ip link set vc type bridge_slave bcast_flood off
ping -n -c 1 10.0.0.3
