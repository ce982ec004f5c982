#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The router's second link has MTU 68, and says so of a segment with DF. What is sent at once again are segments that are
# larger than one may be now, and none is: the least MTU that is believed is 552
# (min_pmtu). So the segment goes again when its timer says so, without DF; by then the link takes it whole.

ip netns add a
ip netns add r
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns r
ip link add eth1 netns r type veth peer name eth0 netns b
ip -n a addr add 10.0.1.1/24 dev eth0
ip -n r addr add 10.0.1.2/24 dev eth0
ip -n r addr add 10.0.2.2/24 dev eth1
ip -n b addr add 10.0.2.1/24 dev eth0
ip -n a link set eth0 up
ip -n r link set eth0 up
ip -n r link set eth1 up
ip -n b link set eth0 up
ip -n a route add default via 10.0.1.2
ip -n b route add default via 10.0.2.2
ip netns exec r sysctl -w net.ipv4.ip_forward=1
ip -n r link set eth1 mtu 68
ip netns exec b nc -l -p 5000 >/dev/null &
sleep 0.3
ip netns exec a nc 10.0.2.1 5000 <<X >/dev/null &
more than a packet of 68 bytes holds
X
sleep 0.1
ip -n r link set eth1 mtu 100
sleep 0.6
ip -n a route get 10.0.2.1
kill $!
