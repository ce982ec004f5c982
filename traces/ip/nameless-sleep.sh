#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Whoever is in a namespace keeps it, also one who only sleeps there.

ip netns add d
ip link add v0 type veth peer name eth0 netns d
ip link set v0 up
ip addr add 10.0.1.1/24 dev v0
ip -n d link set eth0 up
ip -n d addr add 10.0.1.2/24 dev eth0
ip netns exec d sleep 100 &
ip netns del d
ping -n -c 1 10.0.1.2
kill $!
sleep 0.3
ping -n -c 1 -W 0.1 10.0.1.2   #: expect fail
ip link show v0   #: expect fail
