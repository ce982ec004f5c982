#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# TCP sees a router's ICMP errors too: a packet whose TTL is used up, a way that does not exist. Errors on the way
# may pass, so that it tries on; what its own host says ends it at once.

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
ip netns exec a sysctl -qw net.ipv4.ip_default_ttl=1
ip netns exec a curl -s -m 0.5 http://10.0.2.2/   #: expect status 7
ip netns exec a sysctl -qw net.ipv4.ip_default_ttl=2
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.2.2/
ip netns exec a curl -s -m 0.5 http://10.7.0.1/   #: expect fail
ip netns exec r ip route add prohibit 10.8.0.0/16
ip netns exec a curl -s -m 0.5 http://10.8.0.1/   #: expect fail
ip -n a route add unreachable 10.9.0.0/16
ip netns exec a curl -s http://10.9.0.1/   #: expect fail
