#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The router has no route to the destination, and says so.

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

ip netns exec a ping -n -c 2 -W 3 10.0.77.7   #: expect status 1, output "Destination Net Unreachable"

# Mended.
ip -n b addr add 10.0.77.7/32 dev lo
ip -n r route add 10.0.77.0/24 via 10.0.2.2
ip netns exec a ping -n -c 1 10.0.77.7
