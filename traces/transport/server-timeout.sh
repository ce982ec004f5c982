#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# How soon a server sends again what was lost: the round trip of its SYN ACK tells it, after 200 ms and not after the
# second that a connection begins with.

ip netns add a
ip netns add b
ip link add eth0 address 02:00:00:00:00:0a netns a type veth peer name eth0 address 02:00:00:00:00:0b netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip netns exec b nc -l -p 5000 <<X >/dev/null &
an answer
X
sleep 0.3
ip netns exec a iptables -A INPUT -p tcp --tcp-flags PSH PSH -m limit --limit 1/hour --limit-burst 1 -j DROP
ip netns exec a nc 10.0.0.2 5000 </dev/null &
sleep 0.6
kill $!
