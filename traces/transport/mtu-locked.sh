#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A link of MTU 68, which is less than TCP's least segments need, and less than min_pmtu: the first segment is thrown
# away, and so is its second try when all data is there; then the path's MTU is known, and locked: packets go without
# DF, in fragments. A probe brings the first segment, the acknowledgement the others.

ip netns add a
ip netns add b
ip link add eth0 address 02:00:00:00:00:0a netns a type veth peer name eth0 address 02:00:00:00:00:0b netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set lo up
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a link set eth0 mtu 68
ip netns exec b nc -l -p 5000 >/dev/null &
sleep 0.3
ip netns exec a nc 10.0.0.2 5000 <<X >/dev/null &
this is far more than thirty-six bytes, and it is cut into three segments: two large ones, a small one
X
sleep 0.6
ip netns exec a ping -n -c 1 -W 0.5 -s 30 10.0.0.2
ip netns exec a ping -n -c 1 -W 0.5 -s 100 -M do 10.0.0.2   #: expect fail
kill $!
