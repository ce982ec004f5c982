#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ICMP packet that goes round between two routers, of which one translates addresses: each time that it comes by its
# id is taken, and another one is tried, from 0 on (nf_nat_l4proto_unique_tuple()). So the ids of the pings themselves
# matter, which are PIDs and as large as on a machine.
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.1.1/24 dev eth0
ip -n b addr add 10.0.1.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip netns exec b ping -c 1 10.0.1.1
ip netns exec a iptables -t nat -A POSTROUTING -p icmp -j SNAT --to-source 10.0.2.1
ip -n a route add 10.0.3.0/24 via 10.0.1.2
ip -n b route add 10.0.3.0/24 via 10.0.1.1
ip netns exec a sysctl -qw net.ipv4.ip_forward=1
ip netns exec b sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
#: expect fail
ip netns exec a ping -c 1 -W 0.5 -t 12 10.0.3.1
