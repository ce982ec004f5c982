#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# INCOMPLETE by hand: nobody is asked, and no timer gives up. Packets wait until the neighbour asks something itself.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 up; done
ip -n a neigh add 10.0.0.2 nud incomplete dev eth0

ip netns exec a ping -c 1 -W 0.5 10.0.0.2   #: expect fail
ip -n a neigh   #: expect ok, output "INCOMPLETE"
ip netns exec b ping -c 1 10.0.0.1   #: expect ok
ip -n a neigh   #: expect ok, output "DELAY"
