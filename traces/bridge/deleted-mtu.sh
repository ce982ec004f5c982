#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A bridge takes the smallest MTU of its ports. When it is deleted its ports go first, of which nothing is told.

ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
ip netns add a
ip link add v0 mtu 1200 type veth peer name eth0 netns a
ip link set v0 master br0
ip link set v0 up
ip -br link show br0
ip addr add 10.0.0.254/24 dev br0
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n a link set eth0 up
ip netns exec a ping -n -c 1 10.0.0.254
ip link del br0
ip -br link
