#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The order of chains: raw before tracking, then mangle, nat and filter. A packet that raw drops is seen by none of
# the others; counters show how far each came.

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

for t in raw mangle; do
	for c in PREROUTING OUTPUT; do ip netns exec r iptables -t $t -A $c -p icmp; done
done
for c in INPUT FORWARD POSTROUTING; do ip netns exec r iptables -t mangle -A $c -p icmp; done
for c in PREROUTING INPUT OUTPUT POSTROUTING; do ip netns exec r iptables -t nat -A $c -p icmp; done
for c in INPUT FORWARD OUTPUT; do ip netns exec r iptables -A $c -p icmp; done
ip netns exec a ping -n -c 2 -i 0.2 10.0.2.2
ip netns exec a ping -n -c 2 -i 0.2 10.0.1.1
ip netns exec r ping -n -c 2 -i 0.2 10.0.2.2
for t in raw mangle nat filter; do ip netns exec r iptables -t $t -L -n -v -x; done
ip netns exec r iptables -t raw -I PREROUTING -i eth0 -j DROP
ip netns exec a ping -n -c 1 -W 0.5 10.0.1.1   #: expect status 1
ip netns exec r iptables -t mangle -L PREROUTING -n -v
