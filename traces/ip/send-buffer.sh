#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# All fragments of a datagram are made before the first one is sent, and each takes a buffer of the socket's room, which
# is far more than its bytes. ping asks for as much room as it estimates for a packet, without thinking of a small MTU:
# 12 fragments have room, 13 have not.

for n in a b; do ip netns add $n; done
ip link add eth0 netns a type veth peer name eth0 netns b
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
for n in a b; do ip -n $n link set eth0 mtu 100 up; done

ip netns exec a ping -c 1 -W 0.5 -s 900 10.0.0.2
ip netns exec a ping -c 1 -W 0.5 -s 1000 10.0.0.2    #: expect fail
