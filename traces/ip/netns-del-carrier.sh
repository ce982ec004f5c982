#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A neighbour goes when its device loses the carrier, before the namespace goes too.

ip link set lo up
ip netns add a
ip link add eth0 type veth peer name eth0 netns a
ip link set eth0 up
ip -n a link set eth0 up
ip addr add 10.0.1.1/24 dev eth0
ip -n a addr add 10.0.1.2/24 dev eth0
ip netns exec a ping -n -c 1 10.0.1.1
ip link set eth0 down
ip netns del a
