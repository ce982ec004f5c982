#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Routes that lead nowhere: blackhole says nothing, unreachable and prohibit answer with an ICMP error each. One's
# own packets fail at once, with an error of their own.

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

ip -n r route add blackhole 10.9.1.0/24
ip -n r route add unreachable 10.9.2.0/24
ip -n r route add prohibit 10.9.3.0/24
ip -n r route
ip netns exec a ping -n -c 1 -W 0.5 10.9.1.1   #: expect status 1, output "100% packet loss"
ip netns exec a ping -n -c 1 10.9.2.1   #: expect status 1, output "Destination Host Unreachable"
ip netns exec a ping -n -c 1 10.9.3.1   #: expect status 1, output "Packet filtered"

# The router's own.
ip netns exec r ping -n -c 1 10.9.1.1   #: expect status 2, output "Invalid argument"
ip netns exec r ping -n -c 1 10.9.2.1   #: expect status 2, output "No route to host"
ip netns exec r ping -n -c 1 10.9.3.1   #: expect fail
ip -n r route get 10.9.2.1   #: expect status 2
