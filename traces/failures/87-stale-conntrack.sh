#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The flow was tracked before there was a rule: the nat table is asked for the first packet of a flow only, and ping with
# a fixed id goes on with the old one for the 30 seconds that its entry lives.

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

ip -n b route del default
ip netns exec r iptables -A FORWARD -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT
ip netns exec a ping -q -e 77 -c 1 -W 1 10.0.2.2 >/dev/null   #: expect status 1
ip netns exec r iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE
ip netns exec a ping -n -e 77 -c 2 -W 1 10.0.2.2   #: expect status 1, output "100% packet loss"

# Mended: a flow that is new.
ip netns exec a ping -n -e 78 -c 1 10.0.2.2
