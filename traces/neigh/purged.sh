#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The error about a packet that waited for a neighbour in vain goes to that same neighbour: it begins a new round, and
# waits itself, until the end of the old round empties the queue.

ip netns add a
ip link add eth0 type veth peer name eth0 netns a
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.neigh.eth0.retrans_time_ms=60 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.eth0.send_redirects=0
ip addr add 10.0.0.1/24 dev eth0
ip link set eth0 address 02:00:00:00:00:01 up
ip -n a addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 arp off up
ip -n a neigh replace 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0
ip -n a route add 10.9.0.0/24 via 10.0.0.1
ip route add 10.9.0.0/24 via 10.0.0.2
ip netns exec a ping -n -c 1 -W 0.5 10.9.0.1   #: expect status 1
