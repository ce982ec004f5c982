#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A packet that waits for a neighbour's address keeps its room in the socket's send buffer. ping asks for the room of
# about one packet, gets the least there is, and four packets of 1,000 bytes fill it: the fifth is refused, and goes,
# like the sixth, when the address has been given up and asked for anew.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip netns exec a sysctl -qw net.ipv4.neigh.eth0.retrans_time_ms=100
ip -n a addr add 10.0.0.1/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done

ip netns exec a ping -c 6 -l 6 -i 0.01 -W 0.5 -s 1000 10.0.0.2    #: expect fail
