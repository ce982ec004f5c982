#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A route of type multicast makes any destination a multicast one: TTL 1 unless the program says otherwise.
ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a route replace multicast 10.9.0.0/24 dev eth0
ip netns exec a ping -n -c 1 -W 0.5 10.9.0.1         #: expect fail
ip netns exec a ping -n -c 1 -W 0.5 -t 9 10.9.0.1    #: expect fail
