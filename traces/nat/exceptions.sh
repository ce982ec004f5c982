#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Exceptions before the rule: RETURN and ACCEPT in the nat table mean no translation. What goes to the other private
# network keeps its address, all else gets the router's.

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

ip netns add c
ip link add eth0 netns c type veth peer name eth2 netns r
ip -n c link set eth0 up
ip -n r link set eth2 up
ip -n r addr add 10.0.3.1/24 dev eth2
ip -n c addr add 10.0.3.2/24 dev eth0
ip -n b route del default
ip netns exec r iptables -t nat -A POSTROUTING -s 10.0.1.0/24 -d 10.0.3.0/24 -j RETURN
ip netns exec r iptables -t nat -A POSTROUTING -p udp -j ACCEPT
ip netns exec r iptables -t nat -A POSTROUTING -s 10.0.1.0/24 -j MASQUERADE
ip netns exec a ping -n -c 1 10.0.2.2

# c sees a itself, and has no way to it.
ip netns exec a ping -n -c 1 -W 0.5 10.0.3.2   #: expect status 1
ip -n c route add default via 10.0.3.1
ip netns exec a ping -n -c 1 10.0.3.2
ip netns exec r iptables -t nat -L POSTROUTING -n -v
ip netns exec r iptables -t nat -Z
ip netns exec r iptables -t nat -D POSTROUTING 1
ip netns exec a ping -n -c 1 10.0.3.2
ip netns exec r iptables -t nat -L POSTROUTING -n -v
