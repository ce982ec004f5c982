#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A router that tracks connections sends a redirect about a connection's first segment, ahead of the segment itself. The
# redirect belongs to the connection, which is not confirmed yet: nothing is told of it, and nothing forgotten.

ip netns add gw
ip netns exec gw sysctl -w net.ipv4.ip_forward=1
ip netns add out
ip link add eth0 netns gw type veth peer eth0 netns out
ip -n gw addr add 10.80.0.5/30 dev eth0
ip -n out addr add 10.80.0.6/30 dev eth0
ip -n gw link set eth0 up
ip -n out link set eth0 up
ip -n out route add default via 10.80.0.5
ip -n gw route append 10.0.1.1 dev eth0
ip netns exec gw iptables -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j RETURN
ip netns exec out nc -z 10.0.1.1 5000 &
sleep 0.4
kill $!
