#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Three chains, three ways: INPUT for what is for this host, OUTPUT for what it sends itself, FORWARD for what passes
# through. A policy says what happens to what no rule took.

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

ip netns exec r iptables -P INPUT DROP
ip netns exec a ping -n -c 1 -W 0.5 10.0.1.1   #: expect status 1
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec r iptables -A INPUT -i eth0 -p icmp -j ACCEPT
ip netns exec a ping -n -c 1 10.0.1.1
ip netns exec b ping -n -c 1 -W 0.5 10.0.2.1   #: expect status 1

ip netns exec r iptables -P FORWARD DROP
ip netns exec a ping -n -c 1 -W 0.5 10.0.2.2   #: expect status 1
ip netns exec r iptables -A FORWARD -i eth0 -o eth1 -j ACCEPT
ip netns exec a ping -n -c 1 -W 0.5 10.0.2.2   #: expect status 1
ip netns exec r iptables -A FORWARD -i eth1 -o eth0 -j ACCEPT
ip netns exec a ping -n -c 1 10.0.2.2

ip netns exec r iptables -P OUTPUT DROP
ip netns exec r ping -n -c 1 -W 0.5 10.0.2.2   #: expect fail
ip netns exec a ping -n -c 1 -W 0.5 10.0.1.1   #: expect status 1
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec r iptables -S
ip netns exec r iptables -L -n -v
