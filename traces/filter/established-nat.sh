#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# One router as most homes have it: out all, in only what belongs to it, one port published.

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
ip netns exec r iptables -P INPUT DROP
ip netns exec r iptables -P FORWARD DROP
ip netns exec r iptables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
ip netns exec r iptables -A FORWARD -i eth0 -o eth1 -j ACCEPT
ip netns exec r iptables -t nat -A POSTROUTING -o eth1 -j MASQUERADE
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec b ping -n -c 1 -W 0.5 10.0.2.1   #: expect status 1

ip netns exec a python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1
ip netns exec b curl -s -m 0.5 http://10.0.2.1/   #: expect status 28
ip netns exec r iptables -t nat -A PREROUTING -i eth1 -p tcp --dport 80 -j DNAT --to-destination 10.0.1.2
ip netns exec b curl -s -m 0.5 http://10.0.2.1/   #: expect status 28
ip netns exec r iptables -A FORWARD -i eth1 -m conntrack --ctstate DNAT -j ACCEPT
ip netns exec b curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.1/
ip netns exec r iptables -S
ip netns exec r iptables -t nat -S
