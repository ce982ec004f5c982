#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# a's address was added without a netmask: a /32 brings no connected route, so the destination has none.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

ip -n a addr del 10.0.0.1/24 dev eth0
ip -n a addr add 10.0.0.1 dev eth0
ip netns exec a ping -n -c 2 -W 3 10.0.0.2   #: expect status 2, output "Network is unreachable"

# Mended.
ip -n a addr add 10.0.0.1/24 dev eth0
ip netns exec a ping -n -c 1 10.0.0.2
