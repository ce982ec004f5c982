#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Two hosts with the same address: both answer, and a believes the last one, but no sooner than a second (locktime)
# after the first.

for n in a b c; do ip netns add $n; done
ip link add br0 type bridge
ip link set br0 up
for n in a b c; do
	ip link add v$n type veth peer name eth0 netns $n
	ip link set v$n master br0
	ip link set v$n up
	ip -n $n link set eth0 up
done
ip -n a addr add 10.0.0.1/24 dev eth0
ip -n b addr add 10.0.0.2/24 dev eth0
ip -n c addr add 10.0.0.3/24 dev eth0

ip -n c addr flush dev eth0
ip -n c addr add 10.0.0.2/24 dev eth0
ip -n b link set eth0 address 02:00:00:00:00:0b
ip -n c link set eth0 address 02:00:00:00:00:0c
ip netns exec a ping -n -c 1 10.0.0.2
ip -n a neigh

# b asks a: a's entry for 10.0.0.2 is younger than a second, or b's already.
sleep 1.2
ip netns exec c ping -n -c 1 10.0.0.1
ip -n a neigh
