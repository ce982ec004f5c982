#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# 4. A published port. A web server in blue, 192.168.15.2, is to be reached from the LAN at the host's 192.168.1.2.

ip netns add pc
ip link add eth0 type veth peer name eth0 netns pc
ip addr add 192.168.1.2/24 dev eth0
ip link set eth0 up
ip -n pc addr add 192.168.1.3/24 dev eth0
ip -n pc link set eth0 up

ip link add v-net-0 type bridge
ip link set v-net-0 up
ip addr add 192.168.15.5/24 dev v-net-0
ip netns add blue
ip link add veth-blue netns blue type veth peer name veth-blue-br
ip link set veth-blue-br master v-net-0
ip link set veth-blue-br up
ip -n blue addr add 192.168.15.2/24 dev veth-blue
ip -n blue link set veth-blue up
ip -n blue link set lo up
ip -n blue route add default via 192.168.15.5
sysctl -qw net.ipv4.ip_forward=1

ip netns exec blue python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1

# Nobody listens on the host itself.
ip netns exec pc curl -s http://192.168.1.2   #: expect status 7

# As on the slide: --dport belongs to a protocol, and none is named.
iptables -t nat -A PREROUTING --dport 80 --to-destination 192.168.15.2:80 -j DNAT   #: expect status 2, output "unknown option"

# Mended.
iptables -t nat -A PREROUTING -p tcp --dport 80 -j DNAT --to-destination 192.168.15.2:80
iptables -t nat -S PREROUTING
ip netns exec pc curl -s -o /dev/null -w '%{http_code}\n' http://192.168.1.2   #: expect ok, output "200"
kill $!
