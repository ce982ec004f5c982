#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# `ip route get` shows what was learned of a destination: a path's MTU, locked when it is below min_pmtu, and another
# gateway; for how long, and for this destination alone.

for n in a r s b; do ip netns add $n; done
ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
for n in a r s; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set lo up
	ip -n $n link set eth0 up
done
ip link add eth1 netns r type veth peer name eth0 netns b
ip -n a addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.1.1/24 dev eth0
ip -n s addr add 10.0.1.3/24 dev eth0
ip -n s addr add 10.9.0.1/32 dev lo
ip -n r addr add 10.0.2.1/24 dev eth1
ip -n b addr add 10.0.2.2/24 dev eth0
ip -n r link set eth1 up
ip -n b link set eth0 up
ip -n a route add default via 10.0.1.1
ip -n b route add default via 10.0.2.1
ip -n r route add 10.9.0.0/16 via 10.0.1.3
ip netns exec r sysctl -qw net.ipv4.ip_forward=1

# a path's MTU
ip -n r link set eth1 mtu 1200
ip -n b link set eth0 mtu 1200
ip netns exec a ping -n -c 1 -W 0.5 -M do -s 1400 10.0.2.2 #: expect fail
sleep 0.5
ip -n a route get 10.0.2.2
ip -n a route get 10.0.2.3

# one below min_pmtu
ip -n r link set eth1 mtu 300
ip -n b link set eth0 mtu 300
ip netns exec a ping -n -c 1 -W 0.5 -M do -s 1100 10.0.2.2 #: expect fail
sleep 0.5
ip -n a route get 10.0.2.2
ip -n a route get 10.0.2.2 from 10.0.1.2
ip netns exec a sysctl -qw net.ipv4.ip_forward=1
ip -n a route get 10.0.2.2 from 10.0.1.9 iif eth0
ip -n a link set eth0 mtu 500
ip -n a route get 10.0.2.2
ip -n a link set eth0 mtu 1500
ip -n a route get 10.0.2.2

# another gateway: the first redirect asks for its MAC address, the second is heeded
ip netns exec a sysctl -qw net.ipv4.ip_forward=0
for i in 1 2; do
	ip netns exec a ping -n -c 1 10.9.0.1
	sleep 0.5
done
ip -n a route get 10.9.0.1
ip -n a route flush cache
ip -n a route get 10.9.0.1
ip -n a route get 10.0.2.2
