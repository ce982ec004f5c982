#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Packets to one's own addresses never leave: they go over lo, whatever device has the address, even one that is
# down. Without lo they go nowhere.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip netns exec a ping -n -c 1 10.0.0.1
ip netns exec a ping -n -c 1 127.0.0.1
ip netns exec a ping -n -c 1 127.9.9.9
ip -n a route get 10.0.0.1

# Any address of b answers on any of its devices.
ip -n b addr add 10.9.0.1/32 dev lo
ip -n a route add 10.9.0.1 via 10.0.0.2
ip netns exec a ping -n -c 1 10.9.0.1

ip -n a link set eth0 down
ip netns exec a ping -n -c 1 10.0.0.1
ip -n a link set lo down
ip netns exec a ping -n -c 1 -W 0.5 10.0.0.1   #: expect status 1
ip -n a link set lo up
ip netns exec a ping -n -c 1 10.0.0.1

