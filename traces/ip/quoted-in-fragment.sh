#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# An ICMP error to the host's own address, as which a's SYN left, is on its way back translated, and does not fit there
# (MTU 68): its second fragment is the quoted SYN's options, of which the time stamp is the kernel's own choice.

sysctl -qw net.ipv4.ip_forward=1
ip netns add a
ip netns add b
ip link add v0 type veth peer name eth0 netns a
ip link add v1 type veth peer name eth0 netns b
sysctl -qw net.ipv4.neigh.v1.retrans_time_ms=60 net.ipv4.neigh.v1.mcast_solicit=1
ip addr add 10.0.1.1/24 dev v0
ip -n a addr add 10.0.1.2/24 dev eth0
ip addr add 10.0.2.1/24 dev v1
ip link set v0 mtu 68
ip link set v0 up
ip link set v1 up
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a route add default via 10.0.1.1
iptables -t nat -A POSTROUTING -o v1 -j MASQUERADE
ip netns exec a nc -z -w 2 10.0.2.2 5000   #: expect fail
