#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A ping of 4000 bytes goes as three fragments. Routers pass them on one by one, the destination puts them together;
# without one of them the whole is lost.

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

ip netns exec a ping -n -c 1 -s 4000 10.0.2.2
ip netns exec a ping -n -c 1 -s 1472 10.0.2.2
ip netns exec a ping -n -c 1 -s 1473 10.0.2.2

# A router with a smaller MTU on its way cuts the fragments again.
ip -n r link set eth1 mtu 600
ip -n b link set eth0 mtu 600
ip netns exec a ping -n -c 1 -M dont -s 4000 10.0.2.2

# Not to be fragmented.
ip netns exec a ping -n -c 1 -W 0.5 -M do -s 4000 10.0.2.2   #: expect status 1, output "message too long, mtu=1500"
ip netns exec a ping -n -c 1 -W 0.5 -M do -s 1000 10.0.2.2   #: expect status 1, output "mtu = 600"
ip netns exec a ping -n -c 1 -W 0.5 -M do -s 1000 10.0.2.2   #: expect status 1, output "message too long, mtu=600"

# By default ping's packets must not be fragmented by routers either, but a, who knows now, does it itself.
ip netns exec a ping -n -c 1 -s 1000 10.0.2.2
