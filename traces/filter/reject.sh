#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# REJECT says no in one of several ways: an ICMP error of choice, or for TCP a reset, which looks as if nobody
# listened. DROP says nothing, and the other side waits.

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

ip netns exec b python3 -m http.server 80 >/dev/null 2>&1 &
sleep 1
ip netns exec r sysctl -qw net.ipv4.icmp_ratelimit=0
for k in icmp-net-unreachable icmp-host-unreachable icmp-proto-unreachable icmp-port-unreachable icmp-net-prohibited \
	icmp-host-prohibited icmp-admin-prohibited; do
	ip netns exec r iptables -F FORWARD
	ip netns exec r iptables -A FORWARD -i eth0 -j REJECT --reject-with $k
	ip netns exec a ping -n -c 1 -W 0.5 10.0.2.2   #: expect status 1
done
ip netns exec a curl -s http://10.0.2.2/   #: expect fail
ip netns exec r iptables -F FORWARD
ip netns exec r iptables -A FORWARD -p tcp -j REJECT --reject-with tcp-reset
ip netns exec a curl -s http://10.0.2.2/   #: expect status 7
ip netns exec r iptables -F FORWARD
ip netns exec r iptables -A FORWARD -p tcp -j DROP
ip netns exec a curl -s -m 0.5 http://10.0.2.2/   #: expect status 28
ip netns exec r iptables -F FORWARD
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2/
ip netns exec r iptables -A FORWARD -j REJECT --reject-with tcp-reset   #: expect fail
