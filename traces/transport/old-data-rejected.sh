#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Data that came before is thrown away first, and acknowledged then; the reset that REJECT answers that acknowledgement
# with is of the same flow as the data, and lo is down.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a link set lo up
ip -n a addr add 10.1.0.1/16 dev eth0
ip -n b addr add 10.1.0.2/16 dev eth0
ip -n a link set dev eth0 up
ip -n b link set eth0 up
ip netns exec a ping -n -c 1 -W 0.5 10.1.0.2
ip netns exec b iptables -A OUTPUT -p tcp --tcp-flags ALL ACK -j REJECT --reject-with tcp-reset
ip netns exec b nc -l -p 5005 >/dev/null &
sleep 0.3
ip netns exec a nc 10.1.0.2 5005 <<Y >/dev/null &
once more
Y
sleep 0.3
kill $!
sleep 0.3
