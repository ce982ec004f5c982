#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `ip route get` shows a route's MTU for packets that are passed on, too, and for those to a broadcast route; not for what
# is delivered here, to 255.255.255.255, or to a group behind the default route.

ip netns add a
ip netns add b
ip netns add c
ip link add eth0 netns a type veth peer name eth0 netns b
ip link add eth1 netns a type veth peer name eth0 netns c
for d in lo eth0 eth1; do ip -n a link set $d up; done
ip -n b link set eth0 up
ip -n c link set eth0 up
ip -n a addr add 10.0.1.1/24 dev eth0
ip -n a addr add 10.0.2.1/24 dev eth1
ip netns exec a sysctl -qw net.ipv4.ip_forward=1

ip -n a route add 10.9.0.0/24 via 10.0.2.2 mtu 1400
ip -n a route add 10.9.1.0/24 dev eth1 mtu 1400
ip -n a route add 10.9.2.0/24 via 10.0.1.2 mtu 1400
ip -n a route add local 10.9.3.0/24 dev lo mtu 1400
ip -n a route add broadcast 10.9.4.255 dev eth1 mtu 1400
ip -n a route add default via 10.0.2.2 mtu 1300
for i in 10.9.0.1 10.9.1.1 10.9.2.1 10.9.3.1 10.9.4.255 192.0.2.1 255.255.255.255; do
	ip -n a route get $i
	ip -n a route get $i from 10.0.1.9 iif eth0
done
ip -n a route get 225.1.1.1
ip -n a route add multicast 224.0.0.0/4 dev eth1 mtu 1400
ip -n a route get 225.1.1.1
