#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A service that listens on 127.0.0.1 only, published: the kernel takes no packet to 127.0.0.0/8 from outside for
# good, unless route_localnet lets it.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec b iptables -t nat -A PREROUTING -p icmp -d 10.0.0.2 -j DNAT --to-destination 127.0.0.1
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2   #: expect status 1
ip netns exec b sysctl -qw net.ipv4.conf.eth0.route_localnet=1
ip netns exec a ping -n -c 1 10.0.0.2

# The other direction: what b sends to 127.0.0.1 goes out to a, and needs an address that a can answer.
ip netns exec b iptables -t nat -A OUTPUT -p icmp -d 127.0.0.9 -j DNAT --to-destination 10.0.0.1
ip netns exec b ping -n -c 1 -W 0.5 127.0.0.9   #: expect fail
ip netns exec b iptables -t nat -A POSTROUTING -s 127.0.0.0/8 -o eth0 -j MASQUERADE
ip netns exec b ping -n -c 1 127.0.0.9   #: expect ok, output "from 127.0.0.9"
