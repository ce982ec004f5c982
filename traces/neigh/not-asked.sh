#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# With mcast_solicit=0 a neighbour may not be asked for: it FAILED at once, at each packet, and each packet is dropped.
# What it answers itself is learned as ever, and it may be asked for as long as its old address is known. It FAILED
# where the kernel has no tracepoint: the next one about it tells, and of the last neighbour here there is none.

for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.mcast_solicit=0

ip netns exec a ping -n -c 2 -i 0.1 -W 0.2 10.0.0.2   #: expect status 1
ip netns exec b ping -n -c 1 -W 0.5 10.0.0.1
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2
ip netns exec a ping -n -c 1 -W 0.2 10.0.0.9   #: expect status 1
ip -n a neigh
