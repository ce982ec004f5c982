#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Linux is a weak host: an address belongs to the host, not to the device. It is reached by any device, also when the
# one that has it is down.

for n in a b; do ip netns add $n; done
for i in 0 1; do
	ip link add eth$i netns a type veth peer name eth$i netns b
	ip -n a addr add 10.0.$i.1/24 dev eth$i
	ip -n b addr add 10.0.$i.2/24 dev eth$i
done
for n in a b; do ip -n $n link set lo up; ip -n $n link set eth0 up; ip -n $n link set eth1 up; done
ip -n a route add 10.0.1.2 via 10.0.0.2
ip netns exec a ping -n -c 1 10.0.1.2
ip -n b link set eth1 down
ip netns exec a ping -n -c 1 10.0.1.2

# What comes from one of b's own addresses is a martian.
ip -n b link set eth1 up
ip -n a addr add 10.0.1.2/32 dev lo
ip netns exec a ping -n -c 1 -W 0.5 -I 10.0.1.2 10.0.0.2   #: expect status 1, output "100% packet loss"
