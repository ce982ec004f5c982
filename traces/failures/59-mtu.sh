#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A packet that may not be fragmented meets a smaller MTU behind the router. a is told once; from then on it knows the
# path's MTU by itself, and refuses even when the link is mended.

for n in a r b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns r
ip link add eth0 netns b type veth peer name eth1 netns r
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev eth0
ip -n r addr add 10.0.2.1/24 dev eth1
ip -n b addr add 10.0.2.2/24 dev eth0
for n in a r b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n r link set eth1 up
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

ip -n r link set eth1 mtu 1400
ip netns exec a ping -n -c 2 -W 1 -M do -s 1472 10.0.2.2   #: expect status 1, output "mtu = 1400"

# Mended: the link, and what a remembers of it.
ip -n r link set eth1 mtu 1500
ip -n a route flush cache
ip netns exec a ping -n -c 1 -M do -s 1472 10.0.2.2
