#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A gateway must be reachable directly. With onlink the kernel takes the user's word for it, as providers need that
# hand out a /32 and a gateway somewhere else.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n a addr flush dev eth0
ip -n a addr add 10.0.0.1/32 dev eth0
ip -n b route add 10.0.0.1/32 dev eth0
ip -n b addr add 192.168.9.1/32 dev lo
ip -n a route add default via 192.168.9.1   #: expect status 2, output "Nexthop has invalid gateway"
ip -n a route add default via 192.168.9.1 dev eth0   #: expect status 2, output "Nexthop has invalid gateway"
ip -n a route add default via 192.168.9.1 dev eth0 onlink
ip -n a route
ip netns exec a ping -n -c 1 10.0.0.2
ip netns exec a ping -n -c 1 192.168.9.1

# The same without the word: a route to the gateway first.
ip -n a route del default
ip -n a route add 192.168.9.1 dev eth0
ip -n a route add default via 192.168.9.1
ip netns exec a ping -n -c 1 10.0.0.2
