#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which source address does a packet get that names none? The one that the route says (src), else one of the outgoing
# device's that is in the subnet of the next hop, else its first.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n a addr add 10.1.0.1/24 dev eth0
ip -n a addr add 10.0.0.11/24 dev eth0
ip -n b addr add 10.1.0.2/24 dev eth0
ip -n b addr add 10.9.0.2/32 dev lo
ip -n b addr add 10.8.0.2/32 dev lo
ip -n b addr add 10.7.0.2/32 dev lo
ip -n a route add 10.9.0.0/16 via 10.0.0.2
ip -n a route add 10.8.0.0/16 via 10.1.0.2
ip -n a route add 10.7.0.0/16 via 10.1.0.2 src 10.0.0.11
for d in 10.0.0.2 10.1.0.2 10.9.0.2 10.8.0.2 10.7.0.2; do
	ip netns exec a ping -n -c 1 $d
	ip -n a route get $d
done
ip netns exec a ping -n -c 1 -I 10.0.0.11 10.8.0.2
ip netns exec a ping -n -c 1 -I 10.0.0.99 10.8.0.2   #: expect status 2, output "Cannot assign requested address"
