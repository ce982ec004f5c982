#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# There and back by different ways: routing does not mind, a stateful firewall does, since it sees half of each
# connection.

for n in a r s b; do ip netns add $n; done
for n in r s; do
	ip link add to-$n netns a type veth peer name eth0 netns $n
	ip link add to-$n netns b type veth peer name eth1 netns $n
	ip netns exec $n sysctl -qw net.ipv4.ip_forward=1
	ip -n a link set to-$n up
	ip -n b link set to-$n up
	ip -n $n link set eth0 up
	ip -n $n link set eth1 up
done
ip -n a addr add 10.1.1.1/24 dev to-r; ip -n r addr add 10.1.1.2/24 dev eth0
ip -n b addr add 10.1.2.1/24 dev to-r; ip -n r addr add 10.1.2.2/24 dev eth1
ip -n a addr add 10.2.1.1/24 dev to-s; ip -n s addr add 10.2.1.2/24 dev eth0
ip -n b addr add 10.2.2.1/24 dev to-s; ip -n s addr add 10.2.2.2/24 dev eth1
ip -n a route add 10.1.2.0/24 via 10.1.1.2
ip -n b route add 10.1.1.0/24 via 10.2.2.2
ip -n s route add 10.1.1.0/24 via 10.2.1.1
ip netns exec a ping -n -c 1 10.1.2.1

# s sees replies without a question.
ip netns exec s iptables -A FORWARD -m conntrack --ctstate INVALID -j DROP
ip netns exec a ping -n -c 1 -W 0.5 10.1.2.1   #: expect status 1
ip netns exec s iptables -L FORWARD -n -v
ip netns exec s iptables -F

# And a's own reverse path filter.
ip netns exec a sysctl -qw net.ipv4.conf.to-s.rp_filter=1
ip netns exec a ping -n -c 1 -W 0.5 10.1.2.1   #: expect status 1
ip netns exec a sysctl -qw net.ipv4.conf.to-s.rp_filter=2
ip netns exec a ping -n -c 1 10.1.2.1
