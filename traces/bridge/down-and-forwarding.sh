#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bridge that is down has no forwarding ports, but a port may be set to forwarding by hand. What it takes for the
# bridge is received there, though the bridge is down: no capture sees it, ARP and ping answer, and the answer is lost
# on the way out.

for n in a sw; do ip netns add $n; done
ip -n sw link add br0 address 02:00:00:00:00:fe type bridge mcast_snooping 0
ip link add eth0 netns a type veth peer name va netns sw
ip -n sw link set va master br0 up
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n a link set eth0 up
ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:fe dev eth0
ip -n sw addr add 10.0.0.2/24 dev br0
bridge -n sw link set dev va state 3

ip netns exec a ping -c 1 -W 0.5 10.0.0.2    #: expect fail
