#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A rule takes a packet when all its matches do: address, protocol and port, several ports at once, the type of an
# ICMP message, the type of an address; ! turns one round.

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

ip netns exec b iptables -A INPUT -p tcp -m multiport --dports 80,443,8000:8010 -j REJECT --reject-with tcp-reset
ip netns exec b iptables -A INPUT -p tcp ! --dport 22 -j REJECT
ip netns exec b iptables -A INPUT -p icmp --icmp-type echo-request ! -s 10.0.1.0/24 -j DROP
ip netns exec b iptables -A INPUT -m addrtype --dst-type BROADCAST -j DROP
ip netns exec b iptables -A INPUT -p udp --sport 1000:2000 -j DROP
ip netns exec b iptables -A INPUT -p all -m comment --comment "the rest" -j ACCEPT
ip netns exec a nc -z -w 1 10.0.2.2 443   #: expect status 1
ip netns exec a nc -z -w 1 10.0.2.2 8005   #: expect status 1
ip netns exec a nc -z -w 1 10.0.2.2 8011   #: expect status 1
ip netns exec a nc -z -w 1 10.0.2.2 22   #: expect status 1
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec r ping -n -c 1 -W 0.5 10.0.2.2   #: expect status 1
ip netns exec b iptables -L INPUT -n -v
ip netns exec b iptables -S
ip netns exec b iptables -C INPUT -p tcp ! --dport 22 -j REJECT
ip netns exec b iptables -C INPUT -p tcp ! --dport 23 -j REJECT   #: expect status 1
ip netns exec b iptables -Z INPUT
ip netns exec b iptables -L INPUT -n -v --line-numbers
