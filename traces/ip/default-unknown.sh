#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two default routes of one metric. A gateway that there is no neighbour entry for passes for one that is alive
# (fib_detect_death()), so the first is taken, although only the second one's is known to be. When the first has failed it is
# the second's turn.

ip netns add a
ip netns add r
ip netns add s
ip link add eth0 netns a type veth peer name eth0 netns r
ip link add eth1 netns a type veth peer name eth0 netns s
ip -n a addr add 10.0.1.1/24 dev eth0
ip -n a addr add 10.0.2.1/24 dev eth1
ip -n s addr add 10.0.2.2/24 dev eth0
ip -n a link set eth0 up
ip -n a link set eth1 up
ip -n r link set eth0 up
ip -n s link set eth0 up
ip netns exec a sysctl -w net.ipv4.neigh.eth0.retrans_time_ms=50
ip -n a route add default via 10.0.1.2
ip -n a route append default via 10.0.2.2
ip netns exec a ping -n -c 1 -W 0.5 10.0.2.2
ip netns exec a ping -n -c 1 -W 0.5 10.0.3.1   #: expect fail
ip netns exec a ping -n -c 1 -W 0.5 10.0.3.1   #: expect fail
