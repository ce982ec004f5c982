#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The other end goes down and comes up again: a notices that there was no carrier, and has forgotten its neighbours.
# Without the second in between, linkwatch may find the carrier back before it has noticed.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done
ip netns exec a ping -n -c 1 10.0.0.2
ip -n b link set eth0 down
sleep 1.2
ip -n b link set eth0 up
ip -n a neigh   #: expect ok, no output "10.0.0.2"
ip netns exec a ping -n -c 1 10.0.0.2
