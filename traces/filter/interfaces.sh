#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# -i and -o name devices, with + at the end all whose names begin so. What a host sends itself has no -i, what it
# takes has no -o; over lo a packet meets both.

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

ip netns exec r iptables -A FORWARD -i eth+ -o eth1
ip netns exec r iptables -A FORWARD ! -i eth0 -o eth0
ip netns exec r iptables -A FORWARD -i lo
ip netns exec r iptables -A INPUT -i lo
ip netns exec r iptables -A OUTPUT -o lo
ip netns exec r iptables -A INPUT -i eth0 -p icmp -j DROP
ip netns exec a ping -n -c 1 10.0.2.2
ip netns exec a ping -n -c 1 -W 0.5 10.0.1.1   #: expect status 1

# The address of eth0, but by lo: the rule for eth0 does not see it.
ip netns exec r ping -n -c 1 10.0.1.1
# And the address of eth0 from the other side comes in by eth1.
ip netns exec b ping -n -c 1 10.0.1.1
ip netns exec r iptables -L -n -v
ip netns exec r iptables -A INPUT -o eth0 -j DROP   #: expect fail
