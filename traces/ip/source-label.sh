#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ping warns when the device it is bound to does not have the source address. It goes by the address's label, which is
# what getifaddrs() names it by.

ip netns add a
ip netns add b
ip link add eth0 netns a type veth peer name eth0 netns b
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip -n b addr add 10.0.1.2/24 dev eth0
ip -n a addr add 10.0.1.1/24 label eth0:1 dev eth0
ip netns exec a ping -n -c 1 -W 0.5 -I eth0 10.0.1.2
ip -n a addr add 10.0.2.1/24 dev eth0
ip -n b addr add 10.0.2.2/24 dev eth0
ip netns exec a ping -n -c 1 -W 0.5 -I eth0 10.0.2.2
