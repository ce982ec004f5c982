#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Where br_netfilter throws a bridged packet away: one that is too large for the port and may not be fragmented,
# and one that is translated to an address to which there is no way.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 address 02:00:00:00:00:99
ip link set br0 up
for n in a b; do
	ip netns add $n
	ip link add v$n address 02:00:00:00:01:0$n type veth peer name eth0 address 02:00:00:00:00:0$n netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
modprobe br_netfilter
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2
ip link set vb mtu 1000
ip netns exec a ping -n -c 1 -W 0.5 -s 1200 -M do 10.0.0.2      #: expect fail
iptables -t nat -A PREROUTING -d 10.0.0.2 -j DNAT --to-destination 127.0.0.1
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.2      #: expect fail
