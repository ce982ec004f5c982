#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The way back leads to a route of type multicast: what ICMP answers with has TTL 1 (mc_ttl), a reply and an error alike.

ip netns add a
ip netns add r
ip link add eth0 netns a type veth peer name eth0 netns r
ip -n a addr add 10.9.0.1/24 dev eth0
ip -n r addr add 10.0.0.1/24 dev eth0
ip -n a link set eth0 up
ip -n r link set eth0 up
ip -n a route add 10.0.0.0/24 dev eth0
ip -n r route add multicast 10.9.0.0/24 dev eth0
ip netns exec r iptables -A INPUT -p udp -j REJECT
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.1
ip netns exec a nc -u -z -v -w 1 10.0.0.1 5000   #: expect fail
