#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# a believes that 10.0.0.0/16 is on the wire, b only 10.0.9.0/24. The request arrives (even ARP is answered), but b has
# no route back: the reply is never made, and nothing counts it.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; done

for n in a b; do ip -n $n addr flush dev eth0; done
ip -n a addr add 10.0.0.1/16 dev eth0
ip -n b addr add 10.0.9.2/24 dev eth0
ip netns exec a ping -n -c 2 -W 3 10.0.9.2   #: expect status 1, output "100% packet loss"

# Mended.
ip -n b route add 10.0.0.0/16 dev eth0
ip netns exec a ping -n -c 1 10.0.9.2
