#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What waits for a neighbour is thrown away when the namespace goes, by its devices or by the other end of a cable.

ip netns add a
ip netns add b
ip link add v0 type veth peer name eth0 netns a
ip link add v1 type veth peer name eth0 netns b
ip link set v0 up
ip link set v1 up
ip -n a link set eth0 up
ip -n b link set eth0 up
ip -n a addr add 10.0.1.1/24 dev eth0
ip addr add 10.0.2.1/24 dev v1
ip netns exec a ping -n -c 1 -W 0.1 10.0.1.2   #: expect fail
ping -n -c 1 -W 0.1 10.0.2.2   #: expect fail
ip netns del a
ip netns del b
