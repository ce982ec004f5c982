#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Path MTU: the router's error tells a how large a packet may be, and a remembers it for that destination only. Where
# the errors are dropped, a sends for nothing: the black hole.

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

ip -n r link set eth1 mtu 1200
ip -n b link set eth0 mtu 1200
ip netns exec a ping -n -c 1 -W 0.5 -M do -s 1400 10.0.2.2   #: expect status 1, output "mtu = 1200"
ip netns exec a ping -n -c 1 -s 1400 10.0.2.2   #: expect ok
ip -n a route flush cache

# A firewall that takes ICMP for an attack.
ip netns exec r iptables -A OUTPUT -p icmp --icmp-type fragmentation-needed -j DROP
ip netns exec a ping -n -c 2 -i 0.2 -W 0.5 -M do -s 1400 10.0.2.2   #: expect status 1, output "100% packet loss"

# An MTU by hand for one route.
ip -n a route add 10.0.2.0/24 via 10.0.1.1 mtu 1200
ip netns exec a ping -n -c 1 -s 1400 10.0.2.2
ip -n a route show 10.0.2.0/24
