#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A port that moves to another namespace leaves its bridge first, and takes what was learned behind it along.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip netns add a
ip link add v0 type veth peer name eth0 netns a
ip link set v0 master br0
ip link set v0 up
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n a link set eth0 up
ip netns exec a ping -n -c 1 10.0.0.254
bridge fdb show br br0
ip netns add b
ip link set v0 netns b
bridge fdb show br br0
ip -n b link show v0
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.254       #: expect fail
