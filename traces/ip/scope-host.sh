#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A route of scope host is not one to this host: its next hop is nowhere all the same, and a unicast route by it is
# answered for nobody. A route of type broadcast is found as such.

ip netns add gw
ip netns add out
ip link add eth0 netns gw type veth peer eth0 netns out
ip -n out addr add 192.168.16.2/24 dev eth0
ip -n gw link set eth0 up
ip -n out link set eth0 up
ip netns exec gw sysctl -qw net.ipv4.ip_forward=1
ip -n gw route add 192.168.16.0/24 dev eth0 scope host
ip netns exec out ping -n -c 1 -W 0.2 192.168.16.1 #: expect fail
ip -n gw route add broadcast 192.168.16.9 dev eth0 table local
ip -n out neigh add 192.168.16.9 lladdr ff:ff:ff:ff:ff:ff dev eth0 nud permanent
ip netns exec out ping -n -c 1 -W 0.2 192.168.16.9 #: expect fail
