#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A lab ends while a connection is open: what closing it would send is no part of the lab, and connection tracking has
# it as established.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done
ip netns exec a iptables -A OUTPUT -m conntrack --ctstate NEW,ESTABLISHED -j ACCEPT

ip netns exec b nc -l -p 5000 >/dev/null &
sleep 0.3
ip netns exec a nc 10.0.0.2 5000 >/dev/null &
sleep 0.5
