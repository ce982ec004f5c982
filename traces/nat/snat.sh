#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SNAT names the address, which the router need not even have: then the others must be told the way to it. A range of
# ports keeps a flow's port if it is in there and free.

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
ip -n b route add 10.5.0.0/24 via 10.0.2.1
ip netns exec r iptables -t nat -A POSTROUTING -s 10.0.1.2 -p icmp -j SNAT --to-source 10.5.0.7
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec r iptables -t nat -A POSTROUTING -p udp -j SNAT --to-source 10.5.0.8:4000-4000
ip netns exec b nc -u -l -p 53 >/dev/null &
sleep 0.3
ip netns exec a nc -u -p 5353 -q 0 -w 1 10.0.2.2 53 <<X
hello
X
ip netns exec r iptables -t nat -L POSTROUTING -n -v
kill $!
