#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# r tells a that the server is on a's own wire (it is not). The redirect comes back while connect() still has the
# socket, and is as good as lost; the one that answers the second SYN, which a timer sends, is heeded: a asks for the
# new gateway's MAC address.

for n in a r; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns r
for n in a r; do ip -n $n link set eth0 up; done
ip netns exec r sysctl -q net.ipv4.ip_forward=1
ip -n a addr add 172.16.0.1/24 dev eth0
ip -n r addr add 172.16.0.2/24 dev eth0
ip -n r addr add 192.168.16.1/24 dev eth0
ip -n a route add default via 172.16.0.2

ip netns exec a nc -N 192.168.16.66 5000 </dev/null &
sleep 1.5
kill $!
