#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Each way in which a rule can end, on one path: it says nothing and the next one has its turn; jump goes into a chain
# and comes back at RETURN or at the end; goto goes into a chain whose end is the end of its caller too, so that the
# policy decides; ACCEPT, DROP and REJECT end it all.

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

ip netns exec r iptables -N known
ip netns exec r iptables -N requests
ip netns exec r iptables -A FORWARD -p icmp
ip netns exec r iptables -A FORWARD -j known
ip netns exec r iptables -A FORWARD -g requests
ip netns exec r iptables -A FORWARD -j ACCEPT
ip netns exec r iptables -A known -s 10.0.1.2 -d 10.0.2.2 -j RETURN
ip netns exec r iptables -A known -d 10.0.2.0/24 -j DROP
ip netns exec r iptables -A known
ip netns exec r iptables -A requests -p icmp --icmp-type echo-request -j ACCEPT
ip netns exec r iptables -A INPUT -p icmp -j REJECT
ip netns exec r iptables -t mangle -A PREROUTING -j MARK --set-mark 5

ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec a ping -n -c 1 -W 0.2 10.0.2.3   #: expect status 1
ip netns exec a ping -n -c 1 -W 0.2 10.0.1.1   #: expect status 1

ip netns exec r iptables -I known 2 -d 10.0.2.3 -j RETURN
ip netns exec r iptables -R FORWARD 4 -j DROP
ip netns exec r iptables -E known met
ip netns exec r iptables -D FORWARD 1
ip netns exec r iptables -P FORWARD DROP
ip netns exec a ping -n -c 1 -W 0.2 10.0.2.2   #: expect status 1
