#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The longest prefix that fits wins, whatever its metric; among routes of one prefix the lowest metric, and when that
# goes the next.

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

ip -n b addr add 10.9.0.1/32 dev lo
ip -n b addr add 10.9.1.1/32 dev lo
ip -n r route add 10.9.0.0/16 via 10.0.2.2
ip -n r route add blackhole 10.9.1.0/24 metric 5000
ip netns exec a ping -n -c 1 10.9.0.1
ip netns exec a ping -n -c 1 -W 0.5 10.9.1.1   #: expect status 1
ip -n r route add 10.9.1.1/32 via 10.0.2.2 metric 9000
ip netns exec a ping -n -c 1 10.9.1.1

# Two for one prefix.
ip -n r route add unreachable 10.9.1.1/32 metric 100
ip -n r route show 10.9.1.1
ip netns exec a ping -n -c 1 10.9.1.1   #: expect status 1, output "Destination Host Unreachable"
ip -n r route del 10.9.1.1/32 metric 100
ip netns exec a ping -n -c 1 10.9.1.1
ip -n r route add 10.9.1.1/32 via 10.0.2.2 metric 9000   #: expect status 2, output "File exists"
ip -n r route
