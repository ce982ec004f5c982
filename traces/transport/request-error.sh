#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Which errors end a request, of which the server has not told anybody yet (tcp_req_err()): that the host is
# unreachable, so the SYN ACK is not sent again; not that the port is, so it is.

for n in a b; do ip netns add $n; ip -n $n link set lo up; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip netns exec b nc -l -p 5000 >/dev/null &
sleep 0.3

ip netns exec a iptables -A INPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j REJECT --reject-with icmp-host-unreachable
ip netns exec a nc -z -n 10.0.0.2 5000 &
sleep 0.5
kill $!
sleep 1

ip netns exec a iptables -F INPUT
ip netns exec a iptables -A INPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j REJECT --reject-with icmp-port-unreachable
ip netns exec a nc -z -n 10.0.0.2 5000 &
sleep 0.5
kill $!
sleep 1
