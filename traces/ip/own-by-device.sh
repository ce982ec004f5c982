#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A packet to an own address goes over lo, but for sockets it counts as received by the device that has the address. So
# ping bound to that device hears the answer, bound to another one it does not.

ip netns add a
ip netns add b
for i in 0 1; do
	ip link add eth$i netns a type veth peer name eth$i netns b
	ip -n a link set eth$i up
	ip -n b link set eth$i up
	ip -n a addr add 10.0.$i.1/24 dev eth$i
done
ip -n a link set lo up
ip netns exec a ping -n -c 1 -W 0.5 -I eth0 10.0.0.1
ip netns exec a ping -n -c 1 -W 0.5 -I eth1 10.0.0.1   #: expect fail
ip netns exec a ping -n -c 1 -W 0.5 -I lo 10.0.0.1   #: expect fail
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.1
