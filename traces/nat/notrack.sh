#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What the raw table exempts from tracking (NOTRACK) is not translated either, in no direction: a's private address
# shows at b.

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

ip netns exec r iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE
ip netns exec r iptables -t raw -A PREROUTING -p icmp -j NOTRACK
ip netns exec r iptables -A FORWARD -m conntrack --ctstate UNTRACKED
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec r iptables -L FORWARD -n -v
ip netns exec r iptables -t nat -L POSTROUTING -n -v
ip -n b route del default
ip netns exec a ping -n -c 1 -W 0.5 10.0.2.2   #: expect status 1
ip netns exec r iptables -t raw -F
ip netns exec a ping -n -c 1 10.0.2.2
