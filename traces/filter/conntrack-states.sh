#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What belongs to something that was allowed may pass: replies are ESTABLISHED, errors about it RELATED. What fits
# nothing is INVALID. So a can ask b, and b can not ask a.

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

ip netns exec r iptables -P FORWARD DROP
ip netns exec r iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
ip netns exec r iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
ip netns exec r iptables -A FORWARD -m conntrack --ctstate RELATED -j ACCEPT
ip netns exec r iptables -A FORWARD -i eth0 -m conntrack --ctstate NEW -j ACCEPT
ip netns exec b nc -l -p 80 >/dev/null &
sleep 0.3
ip netns exec a ping -n -c 2 -i 0.2 10.0.2.2
ip netns exec b ping -n -c 1 -W 0.5 10.0.1.2   #: expect status 1
ip netns exec a nc -z -n -w 1 10.0.2.2 80
wait
ip netns exec a nc -z -w 1 10.0.2.2 81   #: expect status 1

# A closed UDP port: b's ICMP error is RELATED.
ip netns exec a nc -u -z -v -n -w 1 10.0.2.2 999   #: expect fail
ip netns exec r iptables -L FORWARD -n
ip netns exec r iptables -D FORWARD 3
ip netns exec r iptables -S FORWARD
