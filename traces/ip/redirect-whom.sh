#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A redirect is for the socket that sent. In each round a sends to 10.9.0.1 by r, which tells of s; whether a learns
# of it shows in whether it asks for the MAC address of s.

for n in a r s; do ip netns add $n; done
ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
for n in a r s; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set lo up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n r addr add 10.0.0.2/24 dev eth0
ip -n s addr add 10.0.0.3/24 dev eth0
ip -n s addr add 10.9.0.1/32 dev lo
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip -n r route add 10.9.0.0/16 via 10.0.0.3
ip -n a route add default via 10.0.0.2

# A RST is of no socket: a does not ask.
ip netns exec s nc -z -n -s 10.9.0.1 10.0.0.1 90 #: expect fail
ip -n a neigh show
sleep 0.5

# A SYN ACK is of a request, which has no route yet (tcp_req_err()): a does not ask.
ip netns exec a nc -l -p 5000 >/dev/null &
sleep 0.3
ip netns exec s nc -z -n -s 10.9.0.1 10.0.0.1 5000
ip -n a neigh show
sleep 0.5

# A UDP socket takes it, even within sendto().
ip netns exec a nc -u -n -w 1 10.9.0.1 90 <<X
hello
X
ip -n a neigh show
