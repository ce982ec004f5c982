#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A /31 is a network of two hosts without network and broadcast address (RFC 3021). A /30 beside it: its .0 and .3
# are broadcasts.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n a addr flush dev eth0
ip -n b addr flush dev eth0
ip -n a addr add 10.0.0.0/31 dev eth0
ip -n b addr add 10.0.0.1/31 dev eth0
ip netns exec a ping -n -c 1 10.0.0.1
ip netns exec b ping -n -c 1 10.0.0.0
ip -n a route show table local
ip -n a addr add 10.1.0.1/30 dev eth0
ip -n b addr add 10.1.0.2/30 dev eth0
ip netns exec a ping -n -c 1 10.1.0.2
ip netns exec a ping -n -c 1 -W 0.5 10.1.0.3   #: expect status 2, output "broadcast"
ip -n a route show table local
