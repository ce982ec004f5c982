#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ip route get asks the kernel what it would do, without sending anything.

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

ip -n a route get 10.0.1.1
ip -n a route get 10.0.2.2
ip -n a route get 10.0.1.2
ip -n a route get 10.0.1.255
ip -n a route get 127.0.0.1
ip -n a route get 10.0.2.2 from 10.0.1.2
ip -n r route get 10.0.2.2 from 10.0.1.2 iif eth0
ip -n r route get 10.0.1.1 from 10.0.1.2 iif eth0
ip -n r route get 10.9.0.1   #: expect status 2, output "Network is unreachable"
ip -n r route add unreachable 10.8.0.0/16
ip -n r route get 10.8.0.1   #: expect status 2, output "No route to host"
ip netns exec r sysctl -qw net.ipv4.ip_forward=0
ip -n r route get 10.0.2.2 from 10.0.1.2 iif eth0   #: expect status 2, output "No route to host"
