#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A server writes twice, the head of its answer and a page. PSH is set at the end of each, but the head's end still
# waits, since the path's MTU of 68 is being found out, and when the page begins in the same segment that is no end any
# more (tcp_sendmsg_locked()): of its segments the last alone has PSH.

ip link add br0 type bridge mcast_snooping 0
ip netns add a
ip link add v0 type veth peer name eth0 netns a
ip link set v0 master br0
ip addr add 10.0.0.1/24 dev br0
ip -n a addr add 10.0.0.2/24 dev eth0
ip link set lo up
ip link set br0 up
ip link set v0 up
ip -n a link set eth0 up
ip link set br0 mtu 68
python3 -m http.server 80 >/dev/null 2>&1 &
sleep 0.5
ip netns exec a curl -s -o /dev/null -w '%{http_code}\n' http://10.0.0.1/
kill $!
