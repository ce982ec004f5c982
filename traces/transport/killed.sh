#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A program that is killed closes its connection, and before the shell comes to its next command the other end has
# seen that: what closes it there passes before the rule is made.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip netns exec b nc -l -p 5000 >/dev/null &
sleep 0.3
ip netns exec a nc 10.0.0.2 5000 >/dev/null <<X &
from the client
X
sleep 0.3
kill $!
ip netns exec b iptables -A OUTPUT -p tcp -j DROP
sleep 0.3
ip netns exec b iptables -vS OUTPUT
