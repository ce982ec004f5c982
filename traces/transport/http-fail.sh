#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# curl -f takes no page that says that something is wrong. Of a server that ends the connection the page has come by
# then.

ip netns add s
ip link add eth0 type veth peer name eth0 netns s
ip addr add 10.0.0.1/24 dev eth0
ip -n s addr add 10.0.0.2/24 dev eth0
ip link set eth0 up
ip -n s link set eth0 up
ip netns exec s python3 -m http.server 80 >/dev/null 2>&1 &
sleep 0.2
curl -s -S -f http://10.0.0.2:80/none   #: expect fail
kill $!
